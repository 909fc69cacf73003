"""Builds of another version than this one's."""

import re
import shutil
from pathlib import Path

import pcmk
from pcmk.kernel.versions import FEATURE_SET

NEWER = "3.99.0"


def newer_build(folder: Path) -> Path:
    """A build with the feature set `NEWER`: the folder that `PYTHONPATH` names to have it."""
    package = folder / "pcmk"
    shutil.copytree(Path(pcmk.__file__).parent, package)
    # What is compiled has it as a text of the same length.
    engine = next(package.glob("_core*.so"))
    compiled = engine.read_bytes()
    assert FEATURE_SET.encode() in compiled and len(NEWER) == len(FEATURE_SET)
    engine.write_bytes(compiled.replace(FEATURE_SET.encode(), NEWER.encode()))
    file = package / "kernel" / "versions.py"
    text, count = re.subn(
        f'^FEATURE_SET = "{re.escape(FEATURE_SET)}"$', f'FEATURE_SET = "{NEWER}"', file.read_text(), flags=re.M
    )
    assert count == 1
    file.write_text(text)
    return folder
