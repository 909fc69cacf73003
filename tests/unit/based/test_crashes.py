"""The CIB manager on a disk that fails, is killed and loses power at random points."""

from pathlib import Path

import pytest
from faulty_disk import FaultyDisk, Killed
from stored_node import CLIENT, StoredNode

from pcmk._core import Cib
from pcmk.based.store import KEPT_GENERATIONS
from pcmk.kernel.core import Request
from pcmk.kernel.messages.cib import CibAnswer, CibModified, CibModify, CibOperation, CibOptions
from pcmk.kernel.messages.common import Failure

KEYS = 12
ROUNDS = 1000


class Client:
    """Sets numbered attributes to ever new values, and knows which values each of them may have."""

    def __init__(self) -> None:
        self.possible: dict[int, set[str]] = {key: {""} for key in range(KEYS)}
        self.acknowledged = 0
        self._last = 0

    def write(self, node: StoredNode, key: int) -> None:
        self._last += 1
        value = str(self._last)
        pair = f"<nvpair id='k{key}' name='k{key}' value='{value}'/>"
        xml = f"<crm_config><cluster_property_set id='keys'>{pair}</cluster_property_set></crm_config>"
        operation = CibOperation("modify", "crm_config", input_xml=xml, options=CibOptions(allow_create=True))
        self.possible[key].add(value)
        id = 1_000_000 + self._last
        node.give(Request(id, CLIENT, CibModify((operation,), "client")))
        match node.answers.get(id):
            case CibModified():
                self.possible[key] = {value}
                self.acknowledged += 1
            case Failure(code=code):
                assert code == 74
                self.possible[key].discard(value)
            case None:
                # The disk failed meanwhile; it may still be carried out.
                pass
            case other:
                raise AssertionError(other)

    def check(self, node: StoredNode) -> None:
        """What is read is one of the values possible, and stays from now on."""
        cib = Cib.parse(node.cib().xml)
        for key, possible in self.possible.items():
            found = cib.find(f"//nvpair[@id='k{key}']")
            value = found[0].get("value", "") if found else ""
            assert value in possible, f"k{key} is {value!r}, not one of {possible}"
            self.possible[key] = {value}


@pytest.mark.parametrize("failures", [0.0, 0.02], ids=["sound-disk", "failing-disk"])
def test_whenever_it_is_killed_nothing_acknowledged_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: float
) -> None:
    disk = FaultyDisk(tmp_path / "cib", 42, monkeypatch)
    client = Client()
    power_lost = True
    logs: list[str] = []
    while disk.kills < ROUNDS:
        node = StoredNode(tmp_path / "cib", fresh=power_lost, history_bytes=100_000, compact_weight=2000)
        logs += node.logs
        client.check(node)
        disk.calls_left, disk.failures = disk.random.randint(0, 60), failures
        try:
            while True:
                client.write(node, disk.random.randrange(KEYS))
                node.report(disk.random.randrange(100)) if not failures else node.retry_disk()
        except Killed:
            pass
        power_lost = disk.random.random() < 0.5
        disk.restart(power_lost=power_lost)
    assert client.acknowledged > ROUNDS
    assert not [text for text in logs if "on disk" in text]
    node = StoredNode(tmp_path / "cib", history_bytes=100_000)
    node.create("last")
    node.core.state.rewrite_disk()
    node.report(0)
    journals, snapshots = (len(list((tmp_path / "cib").glob(each))) for each in ("journal-*", "cib-*.xml"))
    assert journals == snapshots <= KEPT_GENERATIONS
    told = [change.version for change in node.history().changes]
    assert len(told) > 50 and told == sorted(set(told), reverse=True)
    for version in told[:: len(told) // 10]:
        assert isinstance(node.at(version), CibAnswer)
