"""Fencers of three sandbox nodes, as real processes that kill real nodes."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pcmk.client import Connection
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.fencer import (
    DeviceAnswer,
    DeviceCommand,
    Devices,
    DevicesQuery,
    Fence,
    FenceHistory,
    FenceHistoryQuery,
    FenceResult,
)
from pcmk.runtime.settings import from_environment
from pcmk.sandbox import Sandbox

pytestmark = pytest.mark.e2e

CIB = """<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" admin_epoch="0" epoch="1" num_updates="0">
<configuration><crm_config/><nodes/><resources><primitive id="fencing" class="stonith" type="fence_sandbox">
<instance_attributes id="i"><nvpair id="i1" name="sandbox" value="{folder}"/>
<nvpair id="i2" name="pcmk_host_list" value="node1 node2 node3"/>
<nvpair id="i3" name="pcmk_off_retries" value="1"/></instance_attributes>
</primitive></resources><constraints/></configuration><status/></cib>"""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    # Not pytest's own folder: sockets need a short path.
    with tempfile.TemporaryDirectory(prefix="pcmk-") as name:
        folder = Path(os.path.realpath(name))
        cib = folder / "cib.xml"
        cib.write_text(CIB.format(folder=folder / "s"))
        supervisor = (sys.executable, str(Path(__file__).with_name("fencer_node.py")), str(cib))
        with Sandbox.launch(folder / "s", cib=cib, supervisor=supervisor) as sandbox:
            for node in ("node1", "node2", "node3"):
                sandbox.wait_until(f"{node} knows all", lambda node=node: capable(sandbox, node) == 3)
            yield sandbox


def ask(sandbox: Sandbox, node: str, body: object) -> object:
    with closing(Connection(from_environment(sandbox.environment(node)), "test")) as connection:
        return connection.call(Daemon.FENCED, body)  # type: ignore[arg-type]


def capable(sandbox: Sandbox, node: str) -> int:
    target = "node1" if node != "node1" else "node2"
    try:
        found = ask(sandbox, node, DevicesQuery(target))
    except PcmkError as error:
        assert error.code in (ExitCode.DISCONNECT, ExitCode.TIMEOUT)
        return 0
    assert isinstance(found, Devices)
    return len(found.devices)


def fence(sandbox: Sandbox, at: str, target: str) -> FenceResult:
    result = ask(sandbox, at, Fence(target, "off", 10.0))
    assert isinstance(result, FenceResult)
    return result


def states(sandbox: Sandbox, at: str) -> list[tuple[str, str]]:
    history = ask(sandbox, at, FenceHistoryQuery())
    assert isinstance(history, FenceHistory)
    return [(event.origin, event.state) for event in history.events]


def test_a_node_is_killed_and_all_that_are_left_know(sandbox: Sandbox) -> None:
    assert ask(sandbox, "node2", DeviceCommand("fencing", "monitor")) == DeviceAnswer(0, 0, "", "")
    began = time.monotonic()
    result = fence(sandbox, "node1", "node3")
    assert time.monotonic() - began < 2
    assert (result.outcome, result.delegate) == ("confirmed", "node2"), result
    assert not sandbox.is_alive("node3") and sandbox.is_alive("node1") and sandbox.is_alive("node2")
    history = ask(sandbox, "node2", FenceHistoryQuery())
    assert isinstance(history, FenceHistory)
    assert [(event.id, event.state) for event in history.events] == [(result.id, "success")]
    assert fence(sandbox, "node2", "node3").outcome == "confirmed"


def test_a_node_asks_its_peers_to_fence_itself(sandbox: Sandbox) -> None:
    with pytest.raises(PcmkError):
        fence(sandbox, "node2", "node2")
    sandbox.wait_until("its peers know that it is off", lambda: states(sandbox, "node1") == [("node2", "success")], 5)
    assert not sandbox.is_alive("node2")


def test_failing_device_is_unknown_and_kills_nobody(sandbox: Sandbox) -> None:
    sandbox.fence_mode("node3", "fail")
    result = fence(sandbox, "node1", "node3")
    assert (result.outcome, result.no_device) == ("unknown", False)
    assert "told to fail" in result.reason
    assert sandbox.is_alive("node3")
