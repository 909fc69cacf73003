import pytest

from pcmk.fenced.facts import facts_of
from pcmk.fenced.parameters import Parameters, names_in, seconds


def test_durations() -> None:
    texts = ("5", "5s", "500ms", "2min", "1h", "x", "", None, "-3")
    assert [seconds(text) for text in texts] == [5, 5, 0.5, 120, 3600, None, None, None, None]


@pytest.mark.parametrize("text", ["a,b;c", "a b\tc", "a\nb\nc\n", "a,on\nb,off\nc,", r"a\nb\nc"])
def test_lists_of_hosts(text: str) -> None:
    assert names_in(text) == ("a", "b", "c")


def test_host_list_and_map() -> None:
    params = Parameters({"pcmk_host_list": "N1, n2;n3", "pcmk_host_map": "n4:4;n5=5,6 n1:7"})
    assert params.host_list == {"n1", "n2", "n3", "n4", "n5"}
    assert [params.alias(name) for name in ("N4", "n5", "n2")] == ["4", "5,6", "n2"]


def test_host_check_by_what_is_configured_and_what_the_agent_can() -> None:
    both = frozenset({"list", "status"})
    assert Parameters({"pcmk_host_list": "a"}).host_check(both) == "static-list"
    assert Parameters({"pcmk_host_map": "a:1"}).host_check(both) == "static-list"
    assert Parameters({}).host_check(both) == "dynamic-list"
    assert Parameters({}).host_check(frozenset({"status"})) == "status"
    assert Parameters({}).host_check(frozenset()) == "none"
    assert Parameters({"pcmk_host_list": "a", "pcmk_host_check": "none"}).host_check(both) == "none"


def test_options_for_the_agent() -> None:
    params = Parameters(
        {"ip": "1", "pcmk_off_action": "cut", "pcmk_host_map": "n1:7", "action": "x", "CRM_meta_timeout": "1"}
    )
    assert dict(params.options(params.command("off"), "n1", "plug")) == {
        "ip": "1",
        "action": "cut",
        "nodename": "n1",
        "plug": "7",
    }
    assert "plug" not in dict(params.options("monitor", "", "plug"))
    assert dict(Parameters({"plug": "9"}).options("off", "n1", "plug"))["plug"] == "9"
    assert dict(Parameters({"plug": "dynamic"}).options("off", "n1", "plug"))["plug"] == "n1"
    assert dict(Parameters({"pcmk_host_argument": "uuid"}).options("off", "n1", "plug"))["uuid"] == "n1"
    assert "plug" not in dict(Parameters({"pcmk_host_argument": "none"}).options("off", "n1", "plug"))


def test_limits_tries_timeouts_and_delays() -> None:
    assert [Parameters({"pcmk_action_limit": text}).action_limit for text in ("3", "0", "-1", "x")] == [3, 1, None, 1]
    assert Parameters({}).action_limit == 1
    assert Parameters({}).tries("off") == 2
    assert Parameters({"pcmk_off_retries": "5"}).tries("off") == 5
    assert Parameters({"pcmk_off_timeout": "2min"}).timeout("off") == 120
    delays = Parameters({"pcmk_delay_base": "5", "pcmk_delay_max": "3"})
    assert (delays.delay_base("a"), delays.delay_max("a")) == (3, 3)


def test_facts() -> None:
    facts = facts_of(
        '<resource-agent><parameters><parameter name="port"/></parameters><actions>'
        '<action name="on" on_target="1" automatic="1"/><action name="off"/></actions></resource-agent>'
    )
    assert facts.actions == {"on", "off"}
    assert (facts.on_target, facts.automatic_on, facts.host_argument) == ({"on"}, True, "port")
    with pytest.raises(ValueError):
        facts_of("no xml")
