"""Shadow copies of a CIB in a file."""

from pathlib import Path

import pytest

from pcmk._core import Cib, Element
from pcmk.compat.cib_access import shadow_file
from pcmk.kernel.exitcodes import ExitCode
from tests.unit.compat.conftest import Shell


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CIB_shadow_dir", str(tmp_path / "copies"))
    return tmp_path / "copies"


@pytest.fixture
def copy(shell: Shell, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """An active copy."""
    assert shell.run("crm_shadow --create test --batch").code == ExitCode.OK
    monkeypatch.setenv("CIB_shadow", "test")
    return folder / "shadow.test"


def test_without_a_copy_there_is_nothing_to_show(shell: Shell):
    for task in ("which", "file", "display", "diff", "edit"):
        result = shell.run(f"crm_shadow --{task}")
        assert (result.code, result.stderr) == (
            ExitCode.NOSUCH,
            "crm_shadow: No active shadow configuration defined\n",
        )


def test_a_copy_is_like_the_cib_until_it_is_changed(shell: Shell, copy: Path):
    assert Cib.parse(copy.read_text()) == shell.cib
    assert shell.run("crm_shadow --which").stdout == "test\n"
    assert shell.run("crm_shadow --file").stdout == f"{copy}\n"
    assert shell.run("crm_shadow --diff").code == ExitCode.OK
    shell.run("cibadmin -C -o resources -X", '<primitive id="p" class="ocf" provider="pacemaker" type="Dummy"/>')
    shell.run("cibadmin -D -X", '<rsc_location id="loc-ip"/>')
    assert shell.cib.find("/cib/configuration/resources/primitive[@id='p']") == []
    changed = shell.run("crm_shadow --diff")
    assert changed.code == ExitCode.ERROR
    assert changed.stdout.splitlines() == [
        "Diff: --- 0.7.3 2",
        "Diff: +++ 0.9.0 (no digest)",
        "-- /cib/configuration/constraints/rsc_location[@id='loc-ip']",
        *[line for line in changed.stdout.splitlines() if line.startswith("+  /cib:")],
        '++ /cib/configuration/resources:  <primitive id="p" class="ocf" provider="pacemaker" type="Dummy"/>',
    ]


def test_programs_get_the_patchset(shell: Shell, copy: Path):
    shell.run("cibadmin -D -X", '<rsc_location id="loc-ip"/>')
    shadow = Element.parse(shell.run("crm_shadow --diff --output-as=xml").stdout).children[0]
    assert (shadow.name, shadow.get("instance")) == ("shadow", "test")
    assert Element.parse(shadow.children[0].text).name == "diff"


def test_a_commit_needs_force_and_leaves_the_status(shell: Shell, copy: Path):
    shell.run("cibadmin -D -X", '<rsc_location id="loc-ip"/>')
    shell.run("cibadmin -D -o status -X", '<node_state id="2"/>')
    refused = shell.run("crm_shadow --commit test")
    assert refused.code == ExitCode.USAGE
    assert "--force" in refused.stderr
    assert shell.run("crm_shadow --commit test --force").code == ExitCode.OK
    assert shell.cib.find("/cib/configuration/constraints/*") == []
    assert len(shell.cib.find("/cib/status/node_state")) == 2
    assert shell.run("crm_shadow --commit test --force --all").code == ExitCode.OK
    assert len(shell.cib.find("/cib/status/node_state")) == 1


def test_a_copy_is_not_overwritten_by_accident(shell: Shell, copy: Path):
    shell.run("cibadmin -D -X", '<rsc_location id="loc-ip"/>')
    assert shell.run("crm_shadow --create test --batch").code == ExitCode.CANTCREAT
    assert shell.run("crm_shadow --create-empty test --batch").code == ExitCode.CANTCREAT
    assert shell.run("crm_shadow --reset test").code == ExitCode.USAGE
    assert shell.run("crm_shadow --diff").code == ExitCode.ERROR
    assert shell.run("crm_shadow --reset test --batch").code == ExitCode.OK
    assert shell.run("crm_shadow --diff").code == ExitCode.OK


def test_an_empty_copy_has_the_schema_that_was_asked_for(shell: Shell, folder: Path):
    assert shell.run("crm_shadow --create-empty new --batch --validate-with pacemaker-3.0").code == ExitCode.OK
    cib = Cib.parse((folder / "shadow.new").read_text())
    assert cib.root.get("validate-with") == "pacemaker-3.0"
    assert cib.find("/cib/configuration/resources/*") == []


def test_deleting_says_how_to_end(shell: Shell, copy: Path):
    assert shell.run("crm_shadow --delete test").code == ExitCode.USAGE
    assert copy.exists()
    deleted = shell.run("crm_shadow --delete test --force")
    assert "unset CIB_shadow" in deleted.stdout
    assert not copy.exists()
    gone = shell.run("crm_shadow --switch test --batch")
    assert gone.code == ExitCode.NOSUCH
    assert "'test'" in gone.stderr


def test_a_name_does_not_lead_out_of_the_folder(shell: Shell):
    assert shell.run("crm_shadow --create ../x --batch").code == ExitCode.USAGE


def test_roots_copies_are_where_clients_look_unless_the_node_has_a_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("CIB_shadow_dir", raising=False)
    monkeypatch.delenv("PCMK_STATE_DIR", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert shadow_file("x") == Path("/var/lib/pacemaker/cib/shadow.x")
    monkeypatch.setenv("PCMK_STATE_DIR", str(tmp_path))
    assert shadow_file("x") == tmp_path / "cib" / "shadow.x"
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/home/somebody")
    assert shadow_file("x") == Path("/home/somebody/.cib/shadow.x")


def test_a_file_that_is_not_there_is_a_cluster_that_can_not_be_reached(shell: Shell, copy: Path):
    shell.file.unlink()
    for line in ("crm_shadow --diff", "crm_shadow --commit test --force"):
        result = shell.run(line)
        assert result.code == ExitCode.NOSUCH
        assert result.stderr == "crm_shadow: Could not connect to CIB: No such device or address\n"
