"""Settings come from the environment; what is no good is named."""

from pathlib import Path

import pytest

from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.runtime.settings import from_environment


def test_an_empty_environment_gives_the_usual_places() -> None:
    settings = from_environment({})
    assert settings.state_dir == Path("/var/lib/pcmk")
    assert settings.socket(Daemon.BASED) == Path("/run/pcmk/pacemaker-based.sock")
    assert settings.tls_dir == Path("/etc/pcmk/tls")
    assert settings.membership == "corosync"
    assert settings.node_name
    assert settings.log_file is None
    assert not settings.respawned
    assert (settings.node_start_state, settings.node_action_limit, settings.fail_fast) == ("default", 0, False)
    # Nobody's machine is reset because somebody tries out a daemon.
    assert settings.panic == "exit"
    assert (settings.watchdog_device, settings.watchdog_timeout) == (None, 0.0)


def test_variables_are_taken_over() -> None:
    settings = from_environment(
        {
            "PCMK_NODE_NAME": "n1",
            "PCMK_LOG_FILE": "/tmp/log",
            "PCMK_MEMBERSHIP": "local",
            "PCMK_MEMBERSHIP_SOCKET": "/tmp/m",
            "PCMK_respawned": "true",
        }
    )
    assert (settings.node_name, settings.log_file) == ("n1", Path("/tmp/log"))
    assert (settings.membership, settings.membership_socket) == ("local", Path("/tmp/m"))
    assert settings.respawned


def test_the_fields_names_are_understood() -> None:
    settings = from_environment(
        {
            "PCMK_logfile": "/tmp/log",
            "PCMK_node_start_state": "standby",
            "PCMK_node_action_limit": "7",
            "PCMK_fail_fast": "Yes",
            "PCMK_panic_action": "sync-crash",
        }
    )
    assert settings.log_file == Path("/tmp/log")
    assert (settings.node_start_state, settings.node_action_limit) == ("standby", 7)
    assert (settings.fail_fast, settings.panic) == (True, "sync-crash")
    assert from_environment({"PCMK_logfile": "/dev/null"}).log_file is None


@pytest.mark.parametrize(
    ("text", "debugged"),
    [
        ("", set[Daemon]()),
        ("no", set[Daemon]()),
        ("yes", set(Daemon)),
        ("pacemaker-fenced,pacemaker-based", {Daemon.FENCED, Daemon.BASED}),
    ],
)
def test_debugging_is_for_all_daemons_or_for_some(text: str, debugged: set[Daemon]) -> None:
    settings = from_environment({"PCMK_debug": text})
    assert {daemon for daemon in Daemon if settings.debugs(daemon)} == debugged


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PCMK_RUN_DIR", "run"),
        ("PCMK_MEMBERSHIP", "cman"),
        ("PCMK_respawned", "maybe"),
        ("PCMK_debug", "corosync"),
        ("PCMK_node_start_state", "offline"),
        ("PCMK_node_action_limit", "-1"),
        ("PCMK_panic_action", "shout"),
        ("SBD_WATCHDOG_DEV", "watchdog"),
    ],
)
def test_a_bad_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(PcmkError, match=name) as caught:
        from_environment({name: value})
    assert caught.value.code == ExitCode.CONFIG


@pytest.mark.parametrize(("text", "seconds"), [("", 5.0), ("15", 15.0), ("15s", 15.0)])
def test_a_watchdog_device_has_a_timeout(text: str, seconds: float) -> None:
    environment = {"SBD_WATCHDOG_DEV": "/dev/watchdog", "SBD_WATCHDOG_TIMEOUT": text}
    settings = from_environment(environment)
    assert (settings.watchdog_device, settings.watchdog_timeout) == (Path("/dev/watchdog"), seconds)
    # As sbd has it, that is none.
    settings = from_environment(environment | {"SBD_WATCHDOG_DEV": "/dev/null"})
    assert (settings.watchdog_device, settings.watchdog_timeout) == (None, 0.0)


@pytest.mark.parametrize("text", ["0", "soon", "-5", "1.5"])
def test_a_bad_timeout_of_a_watchdog_device_is_named(text: str) -> None:
    with pytest.raises(PcmkError, match="SBD_WATCHDOG_TIMEOUT must be a number of seconds"):
        from_environment({"SBD_WATCHDOG_DEV": "/dev/watchdog", "SBD_WATCHDOG_TIMEOUT": text})
    # Which is no matter without one.
    assert from_environment({"SBD_WATCHDOG_TIMEOUT": text}).watchdog_timeout == 0


@pytest.mark.parametrize(("text", "size"), [("", 64 << 20), ("0", 0), ("1000", 1000), ("3k", 3 << 10), ("2G", 2 << 30)])
def test_a_size_may_have_a_unit(text: str, size: int) -> None:
    assert from_environment({"PCMK_CIB_HISTORY_SIZE": text}).cib_history_bytes == size


@pytest.mark.parametrize("text", ["M", "-1", "1.5G", "much"])
def test_what_is_no_size_is_named(text: str) -> None:
    with pytest.raises(PcmkError, match="PCMK_CIB_HISTORY_SIZE must be a size such as 64M") as caught:
        from_environment({"PCMK_CIB_HISTORY_SIZE": text})
    assert caught.value.code == ExitCode.CONFIG
