"""Every command has a manual page, and the page tells the options that `--help-all` tells."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from pcmk.cli.manual import SECTION, page, pages
from pcmk.cli.programs import Program, modern
from pcmk.cli.root import pcmk
from pcmk.compat.commands import descriptions
from pcmk.compat.entry import outcome
from pcmk.compat.launched import COMMANDS as LAUNCHED
from pcmk.compat.options import About, option

PAGES = pages()
CHARACTERS = {r"\-": "-", r"\e": "\\", r"\(aq": "'", r"\(ga": "`", r"\(dq": '"', r"\(ha": "^", r"\(ti": "~", r"\&": ""}


def spellings(text: str) -> set[str]:
    """The options in help's text: lines that begin with one."""
    heads = re.findall(r"^  (-\S.*?)(?:  |$)", text, flags=re.MULTILINE)
    return {word for head in heads for word in re.findall(r"(?:^|, )(-[^\s,]+)", head)}


def plain(roff: str) -> str:
    return re.sub(r"\\(\(..|.)", lambda found: CHARACTERS.get(found.group(), ""), re.sub(r"\\f[BIR]", "", roff))


def told(name: str) -> set[str]:
    """The options that a page tells: heads of its items that begin with one."""
    heads = re.findall(r"^\.TP\n(.*)$", PAGES[f"{name}.{SECTION}"], flags=re.MULTILINE)
    return {word for head in map(plain, heads) for word in re.findall(r"(?:^|, )(-[^\s,]+)", head)}


def test_every_command_that_is_installed_is_described():
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    names = {about.name for about in descriptions()} | {"pcmk"}
    assert names == {*project["scripts"], *LAUNCHED} - {"pcmk-command"}
    assert {f"{name}.{SECTION}" for name in names} <= set(PAGES)


@pytest.mark.parametrize("about", descriptions(), ids=lambda about: about.name)
def test_a_page_has_the_options_of_help(about: About, capsys: pytest.CaptureFixture[str]):
    assert outcome(about, lambda given, report: 1, ["--help-all"]) == 0
    options = spellings(capsys.readouterr().out)
    assert {"--help-all", "-V", "--output-as"} <= options
    assert told(about.name) == options


@pytest.mark.parametrize("noun", modern().parts, ids=lambda noun: noun.name)
def test_the_page_of_a_noun_has_the_options_of_its_verbs(noun: Program):
    helps = [CliRunner().invoke(pcmk, [*each.words[1:], "--help"], prog_name="pcmk").output for each in noun.all()]
    texts = [text.partition("\nOptions:")[2] for text in helps]
    assert told("-".join(noun.words)) == set().union(*map(spellings, texts)) >= {"--help"}


@pytest.mark.parametrize("name", PAGES)
def test_pages_have_their_parts_in_order(name: str):
    headings = re.findall(r"^\.S[HS] \"?([^\"\n]*)", PAGES[name], flags=re.MULTILINE)
    assert headings[:2] == ["NAME", "SYNOPSIS"] and headings[-1] == "SEE ALSO"
    assert PAGES[name].startswith(f".TH {name.removesuffix('.8').upper()}".replace("-", r"\-"))
    macros = {line.split()[0] for line in PAGES[name].splitlines() if line.startswith((".", "'"))}
    assert macros <= {".TH", ".SH", ".SS", ".TP", ".PP"}


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff")
@pytest.mark.parametrize("name", PAGES)
def test_formatters_can_read_the_pages(name: str):
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-z"], input=PAGES[name], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff")
def test_all_characters_are_shown_as_they_are():
    text = "'quoted' `so` \\n -- a~b^c \"d\" .e"
    made = page(Program(("x",), text, options=(option("-x --long", "[A]", ". " + text),)))
    shown = subprocess.run(
        ["groff", "-man", "-Tutf8", "-P-cbou"], input=made, capture_output=True, text=True, check=True
    ).stdout
    assert f". {text}\n" in shown.replace("‐", "-")
    assert "-x, --long [A]" in shown
