"""The tool that keeps protos/ in step never gives a number twice."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[3]


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("protos_tool", ROOT / "tools" / "protos.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_protos_are_in_step_with_the_structs() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "protos.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_new_field_gets_the_next_number() -> None:
    lock = tool().Lock("M a 1 string\nM b 4 string\n")
    assert lock.number("M", "a", "string") == 1
    assert lock.number("M", "c", "string") == 5


def test_a_field_that_went_keeps_its_number_reserved() -> None:
    lock = tool().Lock("M a 1 string\nM b 2 string\n")
    assert [(entry.field, entry.number) for entry in lock.retired("M", {1})] == [("b", 2)]
    assert lock.number("M", "c", "string") == 3


def test_a_field_of_another_type_gets_another_number_and_gets_the_old_one_back_with_its_type() -> None:
    lock = tool().Lock("M a 1 string\n")
    assert lock.number("M", "a", "int64") == 2
    assert lock.number("M", "a", "string") == 1


def test_numbers_that_protobuf_keeps_for_itself_are_left_out() -> None:
    lock = tool().Lock("M a 18999 string\n")
    assert lock.number("M", "b", "string") == 20000
    assert lock.number("M", "c", "string") == 20001


def test_the_lock_is_read_as_it_was_written() -> None:
    text = tool().Lock("M b 2 map<string, string>\nM a 1 repeated string\n").text()
    assert tool().Lock(text).text() == text
    assert "M b 2 map<string, string>\n" in text
