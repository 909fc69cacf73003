"""Completion of words in shells: each script is a function that never changes and tables made from the programs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pcmk.cli.programs import Program
from pcmk.compat.options import Option, Takes

_BASH = """
_pcmk_complete() {
    local place=${COMP_WORDS[0]##*/} current=${COMP_WORDS[COMP_CWORD]} before= option= word= index
    local -a known=()
    for ((index = 1; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        if [[ $word != '=' ]]; then
            if [[ $word != -* && -z ${_pcmk_values["$place $before"]+set} &&
                " ${_pcmk_parts["$place"]} " == *" $word "* ]]; then
                place+=" $word"
            fi
            before=$word
        fi
    done
    [[ $current == '=' ]] && current=
    if [[ -n ${_pcmk_values["$place $before"]+set} && ( ${COMP_WORDS[COMP_CWORD-1]} == "$before" ||
        ${COMP_WORDS[COMP_CWORD-1]} == '=' ) ]]; then
        read -ra known <<< "${_pcmk_values["$place $before"]}"
    elif [[ $current == -* ]]; then
        read -ra known <<< "${_pcmk_options["$place"]}"
    else
        read -ra known <<< "${_pcmk_parts["$place"]}"
    fi
    COMPREPLY=()
    for word in "${known[@]}"; do
        [[ $word == "$current"* ]] && COMPREPLY+=("$word")
    done
}
"""

_ZSH = """
_pcmk() {
    local place=${words[1]:t} before= word=
    local -a parts options choices
    integer index valued
    for ((index = 2; index < CURRENT; index++)); do
        word=$words[index]
        _pcmk_table $place
        _pcmk_choices "$place $before"
        if [[ $word != -* ]] && ((!valued && ${parts[(I)${word}:*]})); then
            place+=" $word"
        fi
        before=$word
    done
    _pcmk_table $place
    if [[ $words[CURRENT] == --*=* ]]; then
        before=${words[CURRENT]%%=*}
        compset -P '*='
    fi
    _pcmk_choices "$place $before"
    if ((valued)); then
        (($#choices)) && _describe value choices || _files
    elif [[ $words[CURRENT] == -* ]]; then
        _describe -o option options
    elif (($#parts)); then
        _describe command parts
    else
        _files
    fi
}
"""

_FISH = """
function __pcmk_words
    string match --invert --regex '^-' -- (commandline --tokenize --cut-at-cursor --current-process)[2..]
end
function __pcmk_at
    set -l words (__pcmk_words)
    test "$words" = "$argv"
end
function __pcmk_below
    set -l words (__pcmk_words)
    string match --quiet -- "$argv *" "$words "
end
"""


def bash(programs: Sequence[Program]) -> str:
    """The script for bash, from version 4.3 on."""
    every = _every(programs)
    tables = (
        ("parts", {each.name: " ".join((*(part.words[-1] for part in each.parts), *each.choices)) for each in every}),
        ("options", {each.name: " ".join(word for option in each.options for word in option.words) for each in every}),
        ("values", _values(every)),
    )
    lines = [_headline("bash", "#")]
    for name, table in tables:
        lines += [f"declare -gA _pcmk_{name}=(", *(f"[{_quoted(key)}]={_quoted(table[key])}" for key in table), ")"]
    names = " ".join(each.name for each in programs)
    return "\n".join(lines) + f"\n{_BASH}complete -o default -F _pcmk_complete {names}\n"


def zsh(programs: Sequence[Program]) -> str:
    """The script for zsh: to be sourced, or as `_pcmk` in a folder of `fpath`."""
    every = _every(programs)
    names = " ".join(each.name for each in programs)
    lines = [f"#compdef {names}", _headline("zsh", "#"), "_pcmk_table() {", "parts=() options=()", "case $1 in"]
    for each in every:
        words = [(part.words[-1], part.summary) for part in each.parts]
        parts = _described([*words, *((choice, "") for choice in each.choices)])
        options = _described((word, option.text) for option in each.options for word in option.words)
        lines.append(f"({_quoted(each.name)}) parts=({parts}) options=({options}) ;;")
    lines += ["esac", "}", "_pcmk_choices() {", "choices=() valued=1", "case $1 in"]
    lines += [f"({_quoted(key)}) choices=({choices}) ;;" for key, choices in _values(every).items()]
    lines += ["(*) valued=0 ;;", "esac", "}"]
    # As a file of fpath it is the body of the function that it defines, at its first call.
    begin = f'if [[ $funcstack[1] == _pcmk ]]; then _pcmk "$@"; else compdef _pcmk {names}; fi'
    return "\n".join(lines) + f"\n{_ZSH}{begin}\n"


def fish(programs: Sequence[Program]) -> str:
    """The script for fish."""
    return (
        "\n".join([_headline("fish", "#") + _FISH, *(line for each in programs for line in _fish_lines(each))]) + "\n"
    )


SHELLS: Mapping[str, Callable[[Sequence[Program]], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
"""The shells by name, and what makes their scripts."""


def _headline(shell: str, comment: str) -> str:
    return f"{comment} Completion of pcmk and of the cluster's other commands, made by `pcmk completion {shell}`."


def _every(programs: Sequence[Program]) -> list[Program]:
    return [each for program in programs for each in program.all()]


def _values(every: Iterable[Program]) -> dict[str, str]:
    """Choices of each option that takes a value, by the option and where it is."""
    return {
        f"{each.name} {word}": " ".join(option.choices)
        for each in every
        for option in each.options
        if option.takes is not Takes.NOTHING
        for word in option.words
    }


def _described(pairs: Iterable[tuple[str, str]]) -> str:
    return " ".join(_quoted(word.replace(":", r"\:") + f":{text}") for word, text in pairs)


def _fish_lines(program: Program) -> Iterator[str]:
    for each in program.all():
        command, *places = each.words
        at = f" -n '{' '.join(('__pcmk_at', *places))}'"
        below = at.replace("__pcmk_at", "__pcmk_below") if places else ""
        for part in each.parts:
            yield f"complete -c {command}{at} -f -a {part.words[-1]} -d {_fish_quoted(part.summary)}"
        if each.choices:
            yield f"complete -c {command}{at} -f -a {_fish_quoted(' '.join(each.choices))}"
        for option in each.options:
            yield f"complete -c {command}{below} {_fish_option(option)}"


def _fish_option(option: Option) -> str:
    words = [f"-l {word[2:]}" if word.startswith("--") else f"-s {_fish_quoted(word[1:])}" for word in option.words]
    if option.choices:
        words.append(f"-f -a {_fish_quoted(' '.join(option.choices))}")
    if option.takes is Takes.VALUE:
        words.append("-r")
    return " ".join((*words, "-d", _fish_quoted(option.text)))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
