"""The shells themselves are asked what they would complete."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from pcmk.cli.programs import classic, modern
from pcmk.cli.root import pcmk
from pcmk.cli.shells import SHELLS

CASES = [
    (["crm_mon", "--one"], {"--one-shot"}),
    (["crm_mon", "--nosuch"], set()),
    (["crm_mon", "--output-as", "x"], {"xml"}),
    (["crm_attribute", "-n", "x", "--lifetime", ""], {"reboot", "forever"}),
    (["crm_attribute", "-n", "x", "-l", "r"], {"reboot"}),
    (["pacemaker-based", "m"], {"metadata"}),
    (["pcmk", "s"], {"sandbox", "schema", "status"}),
    (["pcmk", "cib", "h"], {"history"}),
    (["pcmk", "cib", "show", "--a"], {"--at"}),
    (["pcmk", "sandbox", "up", "--cib", "down", "--k"], {"--keep"}),
    (["pcmk", "completion", "z"], {"zsh"}),
]

BASH = """
source "$1"; shift
[[ $(complete -p "$1") == *"-F _pcmk_complete $1" ]] || exit 9
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_pcmk_complete
((${#COMPREPLY[@]})) && printf '%s\\n' "${COMPREPLY[@]}"
"""
# The functions of the completion system are there in an interactive shell alone.
ZSH = """
compdef() { [[ $1 == _pcmk && -n ${(M)@:#$2} ]] || exit 9 }
_files() { : }
_describe() { print -rl -- "${(@P)@[-1]}" }
source $1; shift
words=("$@") CURRENT=$#
_pcmk
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completion")
    for shell in SHELLS:
        (folder / shell).write_text(CliRunner().invoke(pcmk, ["completion", shell]).output)
    return folder


def ask(*command: str) -> set[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) in {(0, ""), (1, "")}
    return set(done.stdout.splitlines())


each_case = pytest.mark.parametrize(("words", "expected"), CASES, ids=[" ".join(words) for words, _ in CASES])


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"no {shell}")


@needs("bash")
@each_case
def test_bash_completes(scripts: Path, words: Sequence[str], expected: set[str]):
    assert ask("bash", "--norc", "-c", BASH, "bash", str(scripts / "bash"), *words) == expected


@needs("bash")
def test_bash_takes_equals_signs_for_words_of_their_own(scripts: Path):
    for words in (["crm_mon", "--output-as", "="], ["crm_mon", "--output-as", "=", "x"]):
        found = ask("bash", "--norc", "-c", BASH, "bash", str(scripts / "bash"), *words)
        assert "xml" in found and ("json" in found) == (words[-1] == "=")


@needs("zsh")
@each_case
def test_zsh_offers(scripts: Path, words: Sequence[str], expected: set[str]):
    offered = {line.split(":", 1)[0] for line in ask("zsh", "-f", "-c", ZSH, "zsh", str(scripts / "zsh"), *words)}
    assert {word for word in offered if word.startswith(words[-1])} == expected


@needs("fish")
@each_case
def test_fish_completes(scripts: Path, words: Sequence[str], expected: set[str]):
    asked = f"source {scripts / 'fish'}; complete -C '{' '.join(words)}'"
    assert {line.split("\t")[0] for line in ask("fish", "--no-config", "-c", asked)} == expected


def test_every_option_of_every_command_is_in_every_script(scripts: Path):
    for program in (*classic(), modern()):
        for each in program.all():
            for word in (word for option in each.options for word in option.words):
                assert f" {word} " in _table((scripts / "bash").read_text(), each.name)


def _table(script: str, name: str) -> str:
    options = script.split("_pcmk_options=(")[1].split("\n)")[0]
    found = re.search(rf"^\['{re.escape(name)}'\]='(.*)'$", options, flags=re.MULTILINE)
    assert found is not None
    return f" {found.group(1)} "
