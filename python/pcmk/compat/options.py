"""Options of a command, in the dialect of the field: short options may be joined (`-1rf`), a value may follow in the
same word (`-Nnode1`, `--node=node1`) or the next, and a value may begin with a dash (`-v -INFINITY`).

Every command imports this. So it does without `typing`, which is more to load than all that is said here.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum, auto

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class Takes(Enum):
    """Whether an option has a value."""

    NOTHING = auto()
    VALUE = auto()
    OPTIONAL = auto()


class Option:
    """One option: `words` are its spellings such as `-Q` and `--query`; the first long one names it.

    `value` is what help calls the value: `NODE`, or `[NODE]` if it may be left out; empty for a flag. `choices` are the
    values that it may have, if they are few. Options without a `text` are old spellings that help does not mention. One
    that `stands_for` another is read as that, with a value.
    """

    __slots__ = ("choices", "stands_for", "text", "value", "words")

    def __init__(
        self,
        words: tuple[str, ...],
        value: str = "",
        text: str = "",
        choices: tuple[str, ...] = (),
        stands_for: tuple[str, str] | None = None,
    ) -> None:
        self.words = words
        self.value = value
        self.text = text
        self.choices = choices
        self.stands_for = stands_for

    @property
    def name(self) -> str:
        """The first long spelling without its dashes."""
        return next(word for word in self.words if word.startswith("--"))[2:]

    @property
    def takes(self) -> Takes:
        """Whether it has a value."""
        if not self.value:
            return Takes.NOTHING
        return Takes.OPTIONAL if self.value.startswith("[") else Takes.VALUE


def option(
    words: str, value: str = "", text: str = "", *, choices: str = "", stands_for: tuple[str, str] | None = None
) -> Option:
    """An option from its spellings and choices, each separated by blanks."""
    return Option(tuple(words.split()), value, text, tuple(choices.split()), stands_for)


COMMON = (
    option("-? --help --help-all", text="show this text and end"),
    option("-$ --version", text="show the version and end"),
    option("-V --verbose", text="tell more (may be repeated)"),
    option("--output-as", "FORMAT", "output format: text (default), xml, json or none", choices="text xml json none"),
    option("--output-to", "FILE", "write the output to a file, `-` for standard output"),
)

PAGE = (
    option("--html-title", "TITLE", "--output-as html: the title of the page"),
    option("--html-stylesheet", "URL", "--output-as html: a stylesheet to link"),
    option("--html-cgi", text="--output-as html: with the header that a web server expects of a program"),
)
"""Further options of commands that can write a page for browsers."""


class Given:
    """What was on the command line: options in order, by name, and the other words."""

    __slots__ = ("options", "words")

    def __init__(self, options: tuple[tuple[str, str], ...], words: tuple[str, ...]) -> None:
        self.options = options
        self.words = words

    def has(self, name: str) -> bool:
        """Whether an option was given."""
        return any(given == name for given, _ in self.options)

    def times(self, name: str) -> int:
        """How often an option was given."""
        return sum(given == name for given, _ in self.options)

    def get(self, name: str) -> str | None:
        """The last value of an option; empty if it was given without one, None if it was not given."""
        return next((value for given, value in reversed(self.options) if given == name), None)

    def all(self, name: str) -> list[str]:
        """The values of an option that may be repeated, in order."""
        return [value for given, value in self.options if given == name]

    def last_of(self, names: Sequence[str]) -> tuple[str, str] | None:
        """The last given of several options that exclude each other, with its value."""
        return next(((name, value) for name, value in reversed(self.options) if name in names), None)


def usage(message: str) -> "NoReturn":
    """Refuse a command line."""
    raise PcmkError(ExitCode.USAGE, message)


def parse(options: Sequence[Option], arguments: Sequence[str], *, task: bool = False) -> Given:
    """Read a command line; raises `PcmkError` (USAGE) for what is not in `options`.

    With `task` the first other word is the command's task, and what comes after that is for the task.
    """
    by_word = {word: each for each in options for word in each.words}
    given: list[tuple[str, str]] = []
    words: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--" or (task and not word.startswith("-")):
            words += rest if word == "--" else (word, *rest)
            break
        if word.startswith("--"):
            given.append(_long(by_word, word, rest))
        elif word.startswith("-") and word != "-":
            given += _short(by_word, word, rest)
        else:
            words.append(word)
    old = {each.name: each.stands_for for each in options if each.stands_for is not None}
    return Given(tuple(old.get(name, (name, value)) for name, value in given), tuple(words))


def given_output(arguments: Sequence[str]) -> Given:
    """The form and the destination of the output, from a command line that can't be read as a whole."""
    found: list[tuple[str, str]] = []
    for place, word in enumerate(arguments):
        spelling, equals, value = word.partition("=")
        if spelling in ("--output-as", "--output-to"):
            found.append((spelling[2:], value if equals else "".join(arguments[place + 1 : place + 2])))
    return Given(tuple(found), ())


def _long(by_word: dict[str, Option], word: str, rest: list[str]) -> tuple[str, str]:
    spelling, equals, value = word.partition("=")
    found = by_word.get(spelling)
    if found is None:
        usage(f"Unknown option {spelling}")
    if equals:
        if found.takes is Takes.NOTHING:
            usage(f"Option {spelling} takes no value")
        return found.name, value
    return found.name, _value(found, spelling, rest)


def _short(by_word: dict[str, Option], word: str, rest: list[str]) -> Iterator[tuple[str, str]]:
    for place in range(1, len(word)):
        spelling = f"-{word[place]}"
        found = by_word.get(spelling)
        if found is None:
            usage(f"Unknown option {spelling}")
        joined = word[place + 1 :]
        if found.takes is Takes.VALUE and joined:
            yield found.name, joined
            return
        if found.takes is Takes.OPTIONAL and joined and f"-{joined[0]}" not in by_word:
            yield found.name, joined
            return
        yield found.name, "" if found.takes is Takes.OPTIONAL and joined else _value(found, spelling, rest)


def _value(found: Option, spelling: str, rest: list[str]) -> str:
    match found.takes:
        case Takes.NOTHING:
            return ""
        case Takes.VALUE:
            if not rest:
                usage(f"Missing argument for {spelling}")
            return rest.pop(0)
        case Takes.OPTIONAL:
            return rest.pop(0) if rest and not rest[0].startswith("-") else ""


class About:
    """What a command is: its name, what it is for, its options, and the words that it takes beside them.

    This serves parsing, `--help`, the manual page and the completion of words in shells. `tasks` are the words of which
    the command needs one, each with what comes after it (`set RESOURCE PARAMETER VALUE`) and what it does; options come
    before it.
    """

    __slots__ = ("name", "options", "summary", "tasks", "words")

    def __init__(
        self,
        name: str,
        summary: str,
        options: tuple[Option, ...] = (),
        words: str = "",
        tasks: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.name = name
        self.summary = summary
        self.options = options
        self.words = words
        self.tasks = tasks

    @property
    def every_option(self) -> tuple[Option, ...]:
        """The options of all commands and its own."""
        return (*COMMON, *self.options)

    @property
    def usages(self) -> tuple[str, ...]:
        """How it is called."""
        called = f"{self.name} [OPTION...]"
        return tuple(f"{called} {task}" for task, _ in self.tasks) or (f"{called} {self.words}".rstrip(),)


def help_text(about: About) -> str:
    """The text of `--help`."""
    lines = [f"{about.name} - {about.summary}", "", "Usage:", *(f"  {usage}" for usage in about.usages)]
    if about.tasks:
        lines += ["", "Tasks:", *_columns(about.tasks)]
    lines += ["", "Options:", *_columns([(spelled(each), each.text) for each in about.every_option if each.text])]
    return "\n".join(lines) + "\n"


def spelled(each: Option) -> str:
    """An option as help shows it, such as `-N, --node NODE`."""
    return ", ".join(each.words) + (f" {each.value}" if each.value else "")


def _columns(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = min(34, max((len(first) for first, _ in pairs), default=0))
    return (f"  {first:{width}}  {second}" for first, second in pairs)


Body = Callable[[Given, Report], int]
"""What a command does with its command line, and whom it tells; the result is the exit code."""
