"""Agents that act on this machine: `crm_resource --validate` and `--force-*`."""

import pytest

from pcmk._core import Element
from pcmk.compat.agent_action import Agent, carry_out
from pcmk.kernel.exitcodes import ExitCode

BY_HAND = "--validate --class ocf --provider pacemaker --agent Dummy"


@pytest.fixture
def state(shell, tmp_path, monkeypatch):
    """The state file of a resource of our own agent, whatever else the machine has under its name."""
    file = tmp_path / "ip.state"
    monkeypatch.setenv("PCMK_RUN_DIR", str(tmp_path))
    monkeypatch.setenv("OCF_ROOT", str(tmp_path))
    assert shell.run(f"crm_resource -r ip -p state -v {file}").code == ExitCode.OK
    return file


def test_a_resource_is_started_looked_at_and_stopped_behind_the_clusters_back(shell, state):
    assert shell.run("crm_resource -r ip --force-check").code == ExitCode.NOT_RUNNING
    started = shell.run("crm_resource -r ip --force-start")
    assert (started.code, started.stdout.splitlines()[0]) == (
        ExitCode.OK,
        "Operation force-start for ip (ocf:pacemaker:Dummy) returned 0 (OK)",
    )
    assert state.exists()
    assert shell.run("crm_resource -r ip --force-check").code == ExitCode.OK
    assert shell.run("crm_resource -r ip --force-stop").code == ExitCode.OK
    assert not state.exists()


def test_given_parameters_go_before_those_that_are_configured(shell, state, tmp_path):
    other = tmp_path / "other"
    told = shell.run(f"crm_resource -r ip --force-start state={other}").stdout
    assert told.startswith(f"Overriding the cluster configuration for 'ip' with 'state' = '{other}'\n")
    assert other.exists() and not state.exists()


def test_parameters_are_checked_without_a_configured_resource(shell, state):
    sound = shell.run(f"crm_resource {BY_HAND}")
    assert (sound.code, sound.stdout) == (ExitCode.OK, "Operation validate (ocf:pacemaker:Dummy) returned 0 (OK)\n")
    unsound = shell.run(f"crm_resource {BY_HAND} --option op_sleep=long")
    assert unsound.code == ExitCode.INVALID_PARAM
    assert "Error performing operation: Invalid parameter" in unsound.stderr


def test_programs_get_what_the_agent_said(shell, state):
    document = Element.parse(shell.run(f"crm_resource {BY_HAND} --option op_sleep=long --output-as xml").stdout)
    action, status = document.children
    assert action.attrib == {"action": "validate", "class": "ocf", "type": "Dummy", "provider": "pacemaker"}
    answer = action.child("agent-status")
    assert answer is not None
    assert {"code": "2", "message": "Invalid parameter", "execution_message": "Done"}.items() <= answer.attrib.items()
    assert status.get("code") == "2"


def test_what_is_active_is_not_started_again(shell, state):
    ping = '<clone id="ping"><meta_attributes id="ping-m"/></clone>'
    shell.run("cibadmin -M -o resources -X", ping)
    shell.run("crm_simulate -L -X")
    assert shell.run("crm_resource -r ping --force-start").code == ExitCode.UNSAFE


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("--force-start", ExitCode.USAGE),
        ("-r nosuch --force-start", ExitCode.NOSUCH),
        ("-r web --force-start", ExitCode.UNIMPLEMENT_FEATURE),
        ("-r ip --force-check=deep", ExitCode.USAGE),
        (f"-r ip {BY_HAND}", ExitCode.USAGE),
        ("--force-start --class ocf --provider pacemaker --agent Dummy", ExitCode.USAGE),
        ("--validate --class ocf --agent Dummy", ExitCode.USAGE),
        (f"{BY_HAND} --option op_sleep", ExitCode.USAGE),
        ("--class ocf --provider pacemaker --agent Dummy -D", ExitCode.USAGE),
        ("--class ocf --provider pacemaker --agent Dummy", ExitCode.USAGE),
        ("--validate --class systemd --agent x", ExitCode.UNIMPLEMENT_FEATURE),
        ("--validate --class ocf --provider pacemaker --agent nosuch", ExitCode.NOT_INSTALLED),
    ],
)
def test_what_can_not_be_done_by_hand(shell, state, line, code):
    assert shell.run(f"crm_resource {line}").code == code


def test_an_agent_that_takes_too_long_is_ended(state, tmp_path):
    parameters = {"state": str(state), "op_sleep": "60"}
    state.touch()
    ended = carry_out(Agent("ocf", "pacemaker", "Dummy"), "monitor", "ip", parameters, 50, "", 0)
    assert (ended.code, ended.status) == (ExitCode.ERROR, 2)


def test_an_agent_that_is_run_by_hand_gets_the_secrets_of_its_resource(shell, state, tmp_path, monkeypatch):
    monkeypatch.setenv("PCMK_STATE_DIR", str(tmp_path / "state"))
    other = tmp_path / "secret-place"
    assert shell.run("crm_resource -r ip -p state -v lrm://").code == ExitCode.OK
    failed = shell.run("crm_resource -r ip --force-start")
    assert failed.code == ExitCode.INVALID_PARAM and "Unable to load CIB secrets: no value in" in failed.stdout
    assert shell.run(f"cibsecret set ip state {other}").code == ExitCode.OK
    assert shell.run("crm_resource -r ip --force-start").code == ExitCode.OK
    assert other.exists() and not state.exists()
