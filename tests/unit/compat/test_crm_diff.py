"""Patchsets made and applied by the command."""

from pathlib import Path

import pytest

from pcmk._core import Cib, Element
from pcmk.kernel.exitcodes import ExitCode
from tests.unit.compat.conftest import Shell


@pytest.fixture
def new(shell: Shell, tmp_path: Path) -> Path:
    """The CIB with another stickiness and version."""
    changed, _ = shell.cib.apply("modify", "nodes", input_xml='<node id="2" uname="gamma"/>')
    path = tmp_path / "new.xml"
    path.write_text(changed.to_xml())
    return path


def test_what_is_made_can_be_applied(shell: Shell, new: Path, tmp_path: Path):
    made = shell.run(f"crm_diff -o {shell.file} -n {new}")
    assert made.code == ExitCode.ERROR
    patch = tmp_path / "patch.xml"
    patch.write_text(made.stdout)
    applied = shell.run(f"crm_diff -o {shell.file} -p {patch}")
    assert applied.code == ExitCode.OK
    assert Cib.parse(applied.stdout) == Cib.parse(new.read_text())
    assert shell.run("crm_diff -O", applied.stdout, "-n", str(new)).code == ExitCode.OK


def test_as_a_cib_it_has_a_digest_and_fits_one_version_only(shell: Shell, new: Path, tmp_path: Path):
    patch = tmp_path / "patch.xml"
    patch.write_text(shell.run(f"crm_diff --cib -o {shell.file} -n {new}").stdout)
    assert Element.parse(patch.read_text()).get("digest") == Cib.parse(new.read_text()).digest()
    assert shell.run(f"crm_diff --cib -o {shell.file} -p {patch}").code == ExitCode.OK
    refused = shell.run(f"crm_diff --cib -o {new} -p {patch}")
    assert refused.code not in (ExitCode.OK, ExitCode.ERROR)
    assert refused.stderr.startswith("crm_diff: Could not apply patch: ")
    told = Element.parse(shell.run(f"crm_diff --output-as=xml --cib -o {new} -p {patch}").stdout).find("//error")
    assert [refused.stderr.startswith(f"{each.text}: ") for each in told] == [True]


def test_without_versions_they_do_not_count(shell: Shell, new: Path):
    made = Element.parse(shell.run(f"crm_diff -u -o {shell.file} -n {new}").stdout)
    assert [change.get("path") for change in made.children] == ["/cib/configuration/nodes/node[@id='2']"]
    assert made.child("version") is None


def test_programs_get_the_patchset_as_text_in_an_element(shell: Shell, new: Path):
    shown = Element.parse(shell.run(f"crm_diff --output-as=xml -o {shell.file} -n {new}").stdout)
    patchset = shown.child("patchset")
    assert patchset is not None
    assert Element.parse(patchset.text).name == "diff"


def test_what_is_missing_or_no_cib_is_named(shell: Shell, tmp_path: Path):
    for line, code, named in (
        (f"crm_diff -o {shell.file}", ExitCode.USAGE, "--new"),
        (f"crm_diff -n {shell.file}", ExitCode.USAGE, "--original"),
        (f"crm_diff -c -u -o {shell.file} -n {shell.file}", ExitCode.USAGE, "--no-version"),
        (f"crm_diff -o {tmp_path}/none -n {shell.file}", ExitCode.DATAERR, f"{tmp_path}/none"),
        (f"crm_diff -O <a -n {shell.file}", ExitCode.DATAERR, "original XML"),
    ):
        result = shell.run(line)
        assert result.code == code, line
        assert named in result.stderr
