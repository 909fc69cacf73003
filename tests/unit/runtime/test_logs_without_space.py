"""A log on a full disk."""

import os
from pathlib import Path

from pcmk.runtime.logs import open_log


def test_a_full_disk_costs_lines_but_not_the_log(tmp_path: Path) -> None:
    path = tmp_path / "log"
    logger = open_log("daemon", "node1", path)
    (descriptor,) = [int(name) for name in os.listdir("/proc/self/fd") if leads_to(name, path)]
    space = os.dup(descriptor)
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        logger.log("info", "one")
        os.dup2(full, descriptor)
        logger.log("info", "two")
        logger.log("info", "three")
        os.dup2(space, descriptor)
        logger.log("info", "four")
        logger.log("info", "five")
    finally:
        for each in (descriptor, space, full):
            os.close(each)
    logger.log("info", "a closed descriptor disturbs nobody")
    texts = [line.rpartition(": ")[2] for line in path.read_text().splitlines() if line]
    assert texts == ["one", "2 lines could not be written here", "four", "five"]


def leads_to(name: str, path: Path) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{name}") == str(path)
    except FileNotFoundError:
        return False
