"""The tiny cluster with its copies in files, on disks that lose what was not synced when the power goes."""

from pathlib import Path

import pytest
from based_world import Node, World
from faulty_disk import FaultyDisk, Killed

from pcmk.based.disk import Image, MarkCommitted, Persist, Persisted
from pcmk.based.store import Store


class StoredWorld(World):
    """As `World`; a crash comes at any call that a write makes."""

    def __init__(self, size: int, seed: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.disks = {
            f"n{number}": FaultyDisk(folder / f"n{number}", 100 * seed + number, monkeypatch)
            for number in range(1, size + 1)
        }
        self.stores: dict[str, Store] = {}
        super().__init__(size, seed)

    def start(self, name: str, *, fresh: bool) -> None:
        node, store = self.nodes[name], Store(self.disks[name].root)
        image = store.load()
        assert not image.reports, f"{name}: {image.reports}"
        self.stores[name] = store
        node.image, node.mark = Image(image.base, image.records), image.committed
        super().start(name, fresh=fresh)

    def carry_out(self, node: Node, effect: object) -> None:
        if isinstance(effect, MarkCommitted):
            self.stores[node.name].mark(effect.position)
        else:
            super().carry_out(node, effect)

    def write(self, name: str) -> None:
        node = self.nodes[name]
        if node.disk_full:
            super().write(name)
            return
        persist = node.disk.popleft()
        self._store(name, persist)
        self.give(name, Persisted(persist.id))

    def _store(self, name: str, persist: Persist) -> None:
        self.stores[name].write(persist.base, persist.records)
        if persist.base is not None:
            self.stores[name].retire()

    def crash(self, name: str) -> None:
        node, disk = self.nodes[name], self.disks[name]
        disk.calls_left = disk.random.randint(0, 25)
        try:
            for persist in node.disk:
                self._store(name, persist)
        except Killed:
            pass
        node.disk.clear()
        disk.restart(power_lost=False)
        super().crash(name)

    def power_off(self, name: str) -> None:
        super().power_off(name)
        self.disks[name].restart(power_lost=True)
