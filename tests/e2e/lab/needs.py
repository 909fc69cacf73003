"""What tests of the lab need of a machine; where it is missing they are skipped, and say so."""

import os
import shutil
from pathlib import Path

import pytest

LAB = ("corosync", "ip", "nsenter", "unshare", "pkill")
_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"


def needs(untested: str, *programs: str, files: tuple[str, ...] = ()) -> list[pytest.MarkDecorator]:
    """The marks of a test file: end to end, as root, with all of these programs and files. `untested` is what remains
    untested without them."""
    missing = [program for program in (*LAB, *programs) if shutil.which(program, path=_PATH) is None]
    missing += [file for file in files if not Path(file).exists()]
    why = "not root" if os.geteuid() else f"{', '.join(missing)} not installed"
    return [pytest.mark.e2e, pytest.mark.skipif(bool(os.geteuid() or missing), reason=f"{untested}: {why}")]
