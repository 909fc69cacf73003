import json
from io import BytesIO, TextIOWrapper

import pytest
from click.testing import CliRunner

from pcmk._core import Cib, Element
from pcmk.cli.status import command as status_command
from pcmk.compat.crm_failcount import fail_count
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.fencer import FenceEvent
from pcmk.output.fencing import failures, line, newest_first


def test_fail_counts_are_summed_over_operations(shell):
    assert shell.run("crm_failcount -r ip -N alpha -G").stdout == "scope=status  name=fail-count-ip value=3\n"
    assert shell.run("crm_failcount -r ip -N alpha -G -q -n monitor -I 10s").stdout == "3\n"
    assert shell.run("crm_failcount -r ip -N alpha -G -q -n monitor -I 20s").stdout == "0\n"
    assert shell.run("crm_failcount -r ip -N beta -G -q").stdout == "0\n"


def test_fail_counts_do_not_go_beyond_infinity(shell):
    text = shell.cib.to_xml().replace('value="3"', 'value="INFINITY"')
    text = text.replace("fail-count-ip#monitor", "fail-count-ip#start", 1)
    assert fail_count(Cib.parse(text).find, "alpha", "fail-count-ip", exact=False) == "INFINITY"


def test_a_configuration_is_verified(shell):
    assert shell.run("crm_verify").code == ExitCode.USAGE
    assert shell.run("crm_verify -X", "no XML").code == ExitCode.CONFIG
    assert shell.run("crm_verify -x /nosuch").code == ExitCode.NOSUCH
    result = shell.run("crm_verify -L -V")
    assert result.code == ExitCode.CONFIG
    assert "warning: The name 'stonith-enabled' of option fencing-enabled is deprecated\n" in result.stderr
    assert shell.run("crm_verify -L -q").stderr == ""


def test_a_sound_configuration_is_sound(shell):
    text = shell.file.read_text().replace("stonith-enabled", "fencing-enabled")
    result = shell.run("crm_verify -X", text)
    assert (result.code, result.stderr) == (ExitCode.OK, "")


def test_the_old_language_in_a_pipe_is_as_good_as_the_new(shell, monkeypatch):
    text = shell.file.read_bytes()
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text)))
    piped = shell.run("crm_verify -VV -p")
    assert (piped.code, piped.stderr) == (ExitCode.OK, "")
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.replace(b"ocf", b"none", 1))))
    assert shell.run("crm_verify -VV -p").code == ExitCode.CONFIG


def test_what_was_verified_can_be_saved(shell, tmp_path):
    shell.run(f"crm_verify -L -S {tmp_path}/saved.xml")
    assert Cib.parse((tmp_path / "saved.xml").read_bytes()) == shell.cib


def test_nodes_can_be_listed(shell):
    assert shell.run("crmadmin -N").stdout == "cluster node: alpha (1)\ncluster node: beta (2)\n"
    assert shell.run("crmadmin -N -B").stdout == "export alpha=1\nexport beta=2\n"
    assert [shell.run(f"crmadmin -N -q{more}").stdout for more in ("", " -B")] == ["alpha\nbeta\n"] * 2
    assert shell.run("crmadmin -N remote").stdout == ""
    assert shell.run("crmadmin -N nosuch").code == ExitCode.USAGE


@pytest.mark.parametrize(
    "line",
    [
        "crmadmin -D",
        "crmadmin -S alpha",
        "crm_node -l",
        "attrd_updater -n x -Q",
        "stonith_admin -L",
        "stonith_admin -B x",
    ],
)
def test_without_daemons_nothing_is_connected(shell, monkeypatch, tmp_path, line):
    monkeypatch.setenv("PCMK_RUN_DIR", str(tmp_path))
    result = shell.run(line)
    assert result.code == ExitCode.DISCONNECT
    assert "not running" in result.stderr


@pytest.mark.parametrize(
    "line",
    [
        "attrd_updater -Q",
        "attrd_updater -n x",
        "attrd_updater -n x -B 1",
        "attrd_updater -n x -U 1 -d soon",
        "attrd_updater -n x -U 1 -W never",
        "crm_node",
        "crm_node -l extra",
        "stonith_admin",
        "crmadmin",
        "crm_failcount -G",
    ],
)
def test_incomplete_commands_are_refused(shell, line):
    assert shell.run(line).code == ExitCode.USAGE


def test_a_node_is_only_removed_with_force(shell):
    assert shell.run("crm_node -R beta").code == ExitCode.USAGE


def test_the_status_is_there_for_programs(shell):
    shown = json.loads(CliRunner().invoke(status_command, ["--json"]).stdout)
    assert shown["dc"] == "alpha" and shown["quorate"] is True
    ip = next(each for each in shown["resources"] if each["id"] == "ip")
    assert ip["active_on"] == ["alpha"] and ip["failed"] is True
    assert [node["name"] for node in shown["nodes"] if node["online"]] == ["alpha", "beta"]


def event(state: str, completed: float, action: str = "reboot", origin: str = "alpha") -> FenceEvent:
    return FenceEvent(
        f"{state}{completed}", "beta", action, state, "gamma", origin, "pacemaker-controld", "no", completed
    )


def test_fencing_is_told_pending_first_then_newest_first():
    events = [event("failed", 1.0), event("success", 3.0), event("pending", 0.0)]
    assert [each.state for each in newest_first(events)] == ["pending", "success", "failed"]


def test_a_failure_tells_who_succeeded_later():
    events = [
        event("failed", 1.0),
        event("failed", 2.0),
        event("success", 3.0, origin="gamma"),
        event("failed", 4.0, "off"),
    ]
    assert [(each.completed, later) for each, later in failures(events)] == [(4.0, ""), (2.0, "gamma")]


def test_fencing_is_told_to_people():
    assert line(event("pending", 0.0), last=True) == "reboot of beta for pacemaker-controld@alpha pending"
    told = line(event("failed", 0.0, "off"), last=True, later="gamma")
    assert told.startswith("turning off of beta by gamma for pacemaker-controld@alpha last failed (no) at 19")
    assert told.endswith("(a later attempt from gamma succeeded)")


def test_nodes_of_all_kinds_are_elements_for_programs(shell):
    shell.run("crm_resource -r ip --meta -p remote-node -v guest")
    agent = '<primitive id="far" class="ocf" provider="pacemaker" type="remote"/>'
    shell.run("cibadmin -C -o resources -X", agent)
    document = Element.parse(shell.run("crmadmin -N --output-as xml").stdout)
    assert [tuple(node.attrib.values()) for node in document.children[0].children] == [
        ("cluster", "alpha", "1"),
        ("cluster", "beta", "2"),
        ("guest", "guest", "guest"),
        ("remote", "far", "far"),
    ]
    assert shell.run("crmadmin -N guest,remote").stdout == "guest node: guest (guest)\nremote node: far (far)\n"


def test_programs_are_told_all_that_a_check_finds(shell):
    told = [
        [
            error.text
            for error in Element.parse(shell.run(f"crm_verify -L{more} --output-as xml").stdout).find("//error")
        ]
        for more in ("", " -q")
    ]
    assert told[0] == [*told[1], "Configuration may need attention"]
    assert told[1]


def test_attributes_are_elements_for_programs(shell):
    document = Element.parse(shell.run("crm_attribute -t nodes -N beta -n site -G --output-as xml").stdout)
    assert document.children[0].attrib == {"scope": "nodes", "name": "site", "value": "b"}
