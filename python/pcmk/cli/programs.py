"""What all commands look like from outside, classic ones and `pcmk`: one form for manual pages and completion."""

from collections.abc import Iterator

import click
from msgspec import Struct

from pcmk.compat.commands import descriptions
from pcmk.compat.options import About, Option


class Program(Struct, frozen=True):
    """A command, or a part of one such as `pcmk cib show`.

    `usage` is what follows its name, without options; `details` are further paragraphs. Only options that help mentions
    are here. `choices` are what its argument may be, if that is one of few words.
    """

    words: tuple[str, ...]
    summary: str
    usage: str = ""
    details: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    parts: tuple["Program", ...] = ()
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """All its words."""
        return " ".join(self.words)

    def all(self) -> Iterator["Program"]:
        """It, and all its parts with theirs."""
        yield self
        for part in self.parts:
            yield from part.all()


def classic() -> list[Program]:
    """The classic commands."""
    return [_of_description(about) for about in descriptions()]


def modern() -> Program:
    """The command `pcmk`."""
    from pcmk.cli.root import pcmk

    return _of_click(pcmk, ("pcmk",), None)


def _of_description(about: About) -> Program:
    options = tuple(each for each in about.every_option if each.text)
    parts: list[Program] = []
    for task, text in about.tasks:
        word, _, rest = task.partition(" ")
        parts.append(Program((about.name, word), text, rest))
    usage = "TASK" if parts else about.words
    return Program((about.name,), about.summary, usage, (), options, tuple(parts))


def _of_click(command: click.Command, words: tuple[str, ...], parent: click.Context | None) -> Program:
    context = click.Context(command, info_name=words[-1], parent=parent, **command.context_settings)
    summary, *details = (command.help or "").split("\n\n")
    parameters = command.get_params(context)
    options = tuple(_option(each, context) for each in parameters if isinstance(each, click.Option) and not each.hidden)
    parts: list[Program] = []
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            part = command.get_command(context, name)
            assert part is not None
            parts.append(_of_click(part, (*words, name), context))
    pieces = [piece for each in parameters for piece in each.get_usage_pieces(context)]
    usage = "COMMAND" if parts else " ".join(pieces)
    choices = next((_choices(each) for each in parameters if isinstance(each, click.Argument)), ())
    return Program(words, _line(summary), usage, tuple(map(_line, details)), options, tuple(parts), choices)


def _option(found: click.Option, context: click.Context) -> Option:
    record = found.get_help_record(context)
    assert record is not None
    value = "" if found.is_flag or found.count else found.make_metavar(context)
    return Option((*found.opts, *found.secondary_opts), value, record[1], _choices(found))


def _choices(found: click.Parameter) -> tuple[str, ...]:
    return tuple(map(str, found.type.choices)) if isinstance(found.type, click.Choice) else ()


def _line(text: str) -> str:
    """A paragraph without the breaks that the source has."""
    return " ".join(text.split())
