"""Which crate may depend on which: the walls of docs/architecture.md, read from `cargo metadata`."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EVERY = {"base", "time", "xml", "cib", "rules", "model", "sched", "graph", "simulate"}
MAY_USE = {
    "base": set(),
    "time": {"base"},
    "xml": {"base"},
    "cib": {"base", "xml", "time", "rules"},
    "rules": {"base", "xml", "time"},
    "model": {"base", "xml", "time", "rules", "cib"},
    "graph": {"base", "xml"},
    "sched": {"base", "time", "xml", "rules", "cib", "graph", "model"},
    "simulate": {"base", "time", "xml", "rules", "cib", "graph", "model", "sched"},
    "call": set(),
    "launcher": set(),
    "testkit": EVERY,
    "py": EVERY | {"call"},
}


@pytest.fixture(scope="module")
def crates() -> dict[str, list[dict[str, str]]]:
    """Dependencies of each of our crates by its short name."""
    text = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--no-deps", "--offline"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    packages = json.loads(text)["packages"]
    return {package["name"].removeprefix("pcmk-"): package["dependencies"] for package in packages}


def test_every_crate_has_its_wall(crates: dict[str, list[dict[str, str]]]) -> None:
    assert set(crates) <= set(MAY_USE), "a new crate needs a line in MAY_USE"


def test_crates_use_only_what_lies_below_them(crates: dict[str, list[dict[str, str]]]) -> None:
    trespasses = [
        f"{crate} uses {used}"
        for crate, dependencies in crates.items()
        for dependency in dependencies
        if dependency["kind"] is None and dependency["name"].startswith("pcmk-")
        if (used := dependency["name"].removeprefix("pcmk-")) not in MAY_USE[crate]
    ]
    assert trespasses == []


def test_only_py_knows_python(crates: dict[str, list[dict[str, str]]]) -> None:
    users = {crate for crate, deps in crates.items() for dep in deps if dep["name"].startswith("pyo3")}
    assert users <= {"py"}


def test_testkit_is_for_development_only(crates: dict[str, list[dict[str, str]]]) -> None:
    users = {
        crate
        for crate, deps in crates.items()
        for dep in deps
        if dep["name"] == "pcmk-testkit" and dep["kind"] != "dev"
    }
    assert users == set()
