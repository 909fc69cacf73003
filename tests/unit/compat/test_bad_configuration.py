"""What cannot be done as configured is named by those who check it, and the rest is planned."""

import pytest

from pcmk.compat import crm_simulate
from pcmk.kernel.exitcodes import ExitCode

CONSTRAINTS = """
<rsc_order id="there" first="ip" then="web"/><rsc_order id="back" first="web" then="ip"/>
<rsc_colocation id="self" rsc="ip" with-rsc="ip" score="INFINITY"/>
<rsc_order id="dangling" first="ip" then="nosuch"/>
"""
CLONES = '<clone id="outer"><clone id="inner"><primitive id="x" class="ocf" type="Dummy"/></clone></clone>'
FOUND = (
    "warning: Constraint there leads back to where it began together with back: nothing in the loop can ever be done",
    "warning: Constraint self says nothing: it is about one resource and itself",
    "error: Constraint dangling is about 'nosuch', and there is no such thing",
    "error: Ignoring resource inner because it may not be in 'outer'",
    "error: Clone 'outer' has nothing to clone",
    "error: Ignoring <clone> resource 'outer' because configuration is invalid",
)


@pytest.fixture
def file(shell):
    text = shell.file.read_text().replace("<constraints>", f"<constraints>{CONSTRAINTS}")
    shell.file.write_text(text.replace("</resources>", f"{CLONES}</resources>"))
    return shell.file


def test_a_check_names_it(shell, file) -> None:
    result = shell.run(f"crm_verify -V -x {file}")
    assert result.code == ExitCode.CONFIG
    assert set(FOUND) <= set(result.stderr.splitlines())


def test_a_simulation_refuses_it(file, capsys) -> None:
    assert crm_simulate.main(["-R", "-x", str(file)]) == ExitCode.CONFIG
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "inner" in printed.err or "clone" in printed.err


def test_a_simulation_of_what_is_not_to_be_checked_names_it_and_plans_the_rest(file, capsys) -> None:
    file.write_text(file.read_text().replace('validate-with="pacemaker-4.0"', 'validate-with="none"'))
    assert crm_simulate.main(["-V", "-R", "-x", str(file)]) == ExitCode.OK
    printed = capsys.readouterr()
    assert set(FOUND) <= set(printed.err.splitlines())
    assert "Start      pinger:0     (" in printed.out


FENCED = '<nvpair id="opts-se" name="fencing-enabled" value="true"/>'


def test_a_check_names_nodes_that_nobody_can_fence(shell) -> None:
    shell.run("cibadmin -M -X", FENCED)
    shell.run("cibadmin -D -X", '<node_state id="2"/>')
    told = shell.run("crm_verify -V -x", str(shell.file)).stderr.splitlines()
    assert "warning: Node beta is unclean but cannot be fenced" in told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("dc-deadtime", "soon", "error: Using the default of option dc-deadtime because 'soon' is not a valid value"),
        ("load-threshold", "80", "error: Using the default of option load-threshold because '80' is not a valid value"),
        ("fencing-max-attempts", "0", "because '0' is not a valid value"),
        ("pe-error-series-max", "all", "because 'all' is not a valid value"),
        ("batch-limit", "many", "because 'many' is not a valid value"),
        ("fence-reaction", "panic", "warning: The name 'fence-reaction' of option fencing-reaction is deprecated"),
        ("concurrent-fencing", "false", "warning: That option concurrent-fencing can be false is deprecated"),
        ("dc-deadtime", "PT1M", ""),
        ("load-threshold", "70%", ""),
        ("fencing-max-attempts", "INFINITY", ""),
        ("enable-acl", "No", ""),
        ("anything", "else", ""),
    ],
)
def test_a_check_looks_at_the_options_of_all_daemons(shell, name: str, value: str, told: str) -> None:
    before = shell.run("crm_verify -V -x", str(shell.file)).stderr.splitlines()
    option = f'<nvpair id="more" name="{name}" value="{value}"/>'
    shell.file.write_text(shell.file.read_text().replace("</cluster_property_set>", f"{option}</cluster_property_set>"))
    found = shell.run("crm_verify -V -x", str(shell.file)).stderr.splitlines()
    news = [line for line in found if line not in before and line.startswith(("error: Using", "warning:"))]
    assert [told in line for line in news] == ([True] if told else [])


OPERATIONS = """<operations>
<op id="m1" name="monitor" interval="10s"/><op id="m2" name="monitor" interval="10000ms"/>
<op id="s" name="stop" interval="5s"/>
</operations>"""


def test_a_check_names_operations_that_cannot_recur(shell) -> None:
    shell.file.write_text(
        shell.file.read_text().replace(
            "</resources>",
            f'<primitive id="twice" class="ocf" provider="p" type="Dummy">{OPERATIONS}</primitive></resources>',
        )
    )
    told = shell.run("crm_verify -V -x", str(shell.file))
    assert told.code == ExitCode.CONFIG
    assert {
        "error: Operation m2 is duplicate of m1 (do not use same name and interval combination more than once per "
        "resource)",
        "error: Ignoring s because stop action cannot be recurring",
    } <= set(told.stderr.splitlines())
