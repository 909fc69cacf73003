"""Patchsets and CIB operations held against recorded answers of Pacemaker."""

import json
import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pcmk._core import Cib
from pcmk.kernel.errors import CibError

CASES = Path(__file__).parents[4] / "shared" / "conformance"
PATCHES = sorted((CASES / "patches").glob("*.json"))
COMMANDS = CASES / "commands" / "cases.json"

pytestmark = pytest.mark.skipif(not PATCHES, reason=f"no recorded cases at {CASES}")

BOOKKEEPING = {
    "cib-last-written",
    "update-origin",
    "update-client",
    "update-user",
    "crm_feature_set",
    "validate-with",
    "execution-date",
}


def canonical(text: str) -> str:
    root = ET.fromstring(text)
    for element in root.iter():
        element.text = element.tail = None
    return ET.canonicalize(ET.tostring(root, encoding="unicode"))


def canonical_cib(text: str) -> str:
    root = ET.fromstring(text)
    for name in BOOKKEEPING:
        root.attrib.pop(name, None)
    for element in root.iter():
        element.text = element.tail = None
    return ET.tostring(root, encoding="unicode")


@pytest.mark.parametrize("path", PATCHES, ids=lambda path: path.stem)
def test_patchset(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    old, new = Cib.parse(case["old"]), Cib.parse(case["new"])
    assert canonical(old.apply_patchset(case["patch"], check_version=False).to_xml()) == canonical(case["new"])
    own = old.diff(new, digest=True)
    assert old.apply_patchset(own, check_version=False) == new
    assert canonical(old.diff(new)) == canonical(case["patch"])


OPERATIONS = {"-C": "create", "-M": "modify", "-R": "replace", "-D": "delete", "-d": "delete", "-E": "erase"}
OPERATIONS |= {"-B": "bump", "-u": "upgrade"}


def cibadmin_cases() -> Iterator[Any]:
    if not COMMANDS.exists():
        return
    for number, case in enumerate(json.loads(COMMANDS.read_text(encoding="utf-8"))):
        argv = case["argv"]
        if argv[0] == "cibadmin" and case["exit"] != os.EX_USAGE:
            yield pytest.param(case, id=f"{number}: {' '.join(argv[1:])[:60]}")


def arguments(argv: list[str]) -> dict[str, Any]:
    """What the command asks of the CIB; a query unless it names an operation."""
    asked: dict[str, Any] = {"operation": "query"}
    words = iter(argv[1:])
    for word in words:
        match word:
            case "-o" | "--scope":
                asked["section"] = next(words)
            case "--xpath":
                asked["xpath"] = next(words)
            case "-X":
                asked["input_xml"] = next(words)
            case "--allow-create":
                asked["allow_create"] = True
            case "--score":
                asked["score_update"] = True
            case "--no-children":
                asked["no_children"] = True
            case "-Q" | "--force":
                pass
            case _:
                asked["operation"] = OPERATIONS[word]
                asked |= {"multiple": True} if word == "-d" else {}
    return asked


@pytest.mark.parametrize("case", list(cibadmin_cases()))
def test_cibadmin(case: dict[str, Any]) -> None:
    before = (CASES / "commands" / "cibs" / case["cib"]).read_text(encoding="utf-8")
    cib = Cib.parse(before)
    asked = arguments(case["argv"])
    operation = asked.pop("operation")
    if operation == "query":
        asked.pop("input_xml", None)
        check_query(cib, asked, case)
        return
    if operation == "upgrade":
        asked["input_xml"] = cib.to_xml()
    try:
        new, patchset = cib.apply(operation, **asked)
    except CibError as error:
        assert (case["exit"], case["after"]) == (error.code, None)
        return
    if case["exit"] == 78:
        pytest.skip("the schema refuses it")
    assert case["exit"] == 0
    assert canonical_cib(new.to_xml()) == canonical_cib(case["after"] or before)
    assert (cib.apply_patchset(patchset) if patchset else cib) == new


def check_query(cib: Cib, asked: dict[str, Any], case: dict[str, Any]) -> None:
    try:
        found = cib.query(**asked)
    except CibError as error:
        assert case["exit"] == error.code
        return
    assert case["exit"] == 0
    expected = ET.fromstring(case["stdout"])
    answers = [expected] if len(found) == 1 else list(expected)
    assert [canonical(answer) for answer in found] == [
        canonical(ET.tostring(answer, encoding="unicode")) for answer in answers
    ]
