"""Recorded patchsets of the reference: each is made as it was made, and leads where it led."""

import json
from pathlib import Path

import pytest

from pcmk._core import Cib, Element

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "patches"

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=f"NO RECORDED PATCHSETS in {FOLDER}: nothing is compared")


def test_every_recorded_patchset_is_made_and_applied() -> None:
    cases = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
    assert len(cases) >= 150
    differing = [name for name, case in cases.items() if not agrees(case["old"], case["new"], case["patch"])]
    assert not differing


def agrees(old_text: str, new_text: str, patch: str) -> bool:
    old, new = Cib.parse(old_text), Cib.parse(new_text)
    made = old.diff(new)
    return (
        old.apply_patchset(patch, check_version=False) == new
        and old.apply_patchset(made, check_version=False) == new
        and Element.parse(made) == Element.parse(patch)
    )
