from pathlib import Path

from pcmk.execd.memory import Memory


def test_records_survive_and_forgotten_ones_do_not(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "m", fresh=True)
    memory.write([("a", "1"), ("b", "2")])
    memory.write([("a", None), ("b", "3\nx")])
    assert Memory(tmp_path / "m", fresh=False).records == {"b": "3\nx"}


def test_former_life_is_ignored_and_removed(tmp_path: Path) -> None:
    Memory(tmp_path / "m", fresh=True).write([("a", "1")])
    assert Memory(tmp_path / "m", fresh=True).records == {}
    assert Memory(tmp_path / "m", fresh=False).records == {}


def test_torn_line_costs_only_itself(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "m", fresh=True)
    memory.write([("a", "1")])
    with (tmp_path / "m").open("a") as file:
        file.write('["b", "tor\n')
    memory.write([("c", "3")])
    assert Memory(tmp_path / "m", fresh=False).records == {"a": "1", "c": "3"}


def test_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "m", fresh=True)
    for number in range(5000):
        memory.write([("a", str(number))])
    assert (tmp_path / "m").stat().st_size < 100_000
    assert Memory(tmp_path / "m", fresh=False).records == {"a": "4999"}
