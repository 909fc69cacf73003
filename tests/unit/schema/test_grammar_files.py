"""`pcmk schema`: grammars as files, for clients that read them."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from pcmk.cli.schema import command
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.schema.versions import NAMES

CIB = '<cib admin_epoch="0" epoch="0" num_updates="0"><configuration>{}</configuration></cib>'
WHOLE = CIB.format("<crm_config/><nodes/><resources/><constraints/>")


def run(*words: str) -> str:
    return CliRunner().invoke(command, words, catch_exceptions=False).output


def test_grammars_are_written_for_every_name_and_can_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "new" / "folder"
    monkeypatch.setenv("PCMK_schema_directory", str(folder))
    assert run("write") == f"{len(NAMES)} grammars are in {folder}\n"
    assert {file.name for file in folder.iterdir()} == {f"{name}.rng" for name in run("list").split()}
    for file in folder.iterdir():
        schema = etree.RelaxNG(file=str(file))
        assert schema.validate(etree.fromstring(WHOLE))
        assert not schema.validate(etree.fromstring(CIB.format("")))
        assert file.read_text().endswith(run("show", file.name.removesuffix(".rng")))


def test_what_can_not_be_done_is_told(tmp_path: Path) -> None:
    with pytest.raises(PcmkError, match=r"there is no schema 9\.9; there are pacemaker-1\.0") as unknown:
        run("show", "9.9")
    assert unknown.value.code == ExitCode.NOSUCH
    (tmp_path / "file").touch()
    with pytest.raises(PcmkError, match="file: ") as refused:
        run("write", str(tmp_path / "file"))
    assert refused.value.code == ExitCode.CANTCREAT
