"""Settings come from the environment; what is no good is named."""

from pathlib import Path

import pytest

from pcmk.kernel.core import Daemon
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


@pytest.mark.parametrize(
    ("name", "value"), [("PCMK_RUN_DIR", "run"), ("PCMK_MEMBERSHIP", "cman"), ("PCMK_respawned", "maybe")]
)
def test_a_bad_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(PcmkError, match=name) as caught:
        from_environment({name: value})
    assert caught.value.code == ExitCode.CONFIG
