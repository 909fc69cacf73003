"""Which sections a status display shows."""

from collections.abc import Iterable

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

SUMMARY = ("stack", "dc", "times", "counts", "options", "maint-mode")
FENCING = ("fencing-failed", "fencing-succeeded", "fencing-pending")
SECTIONS: tuple[str, ...] = (
    *SUMMARY, "nodes", "resources", "attributes", "operations", "failcounts", "failures", "fencing-failed", "tickets",
    "bans", "fencing-succeeded", "fencing-pending",
)  # fmt: skip
"""Every section, in the order in which they are shown."""

DEFAULT: frozenset[str] = frozenset(
    {"stack", "dc", "times", "counts", "maint-mode", "nodes", "resources", "failures", "fencing-failed",
     "fencing-pending"}
)  # fmt: skip
ALL: frozenset[str] = frozenset(SECTIONS) - {"options"}
GROUPS = {"summary": SUMMARY, "fencing": FENCING}


class Sections:
    """Sections to show, changed by one option after the other; `every` is what `all` stands for."""

    def __init__(self, shown: Iterable[str] = DEFAULT, every: Iterable[str] = ALL) -> None:
        self._shown: set[str] = set(shown)
        self._every = frozenset(every)
        self.ban_prefix = ""

    def include(self, words: str) -> None:
        """Show more: names separated by commas, `all`, `none` (nothing so far) or `default`."""
        for word in words.split(","):
            name, colon, prefix = word.partition(":")
            if word == "all":
                self._shown = set(self._every)
            elif word == "none":
                self._shown.clear()
            elif word == "default":
                self._shown |= DEFAULT
            elif colon and name.lower() == "bans":
                self._shown.add("bans")
                self.ban_prefix = prefix
            else:
                self._shown |= set(_names(word, "--include"))

    def exclude(self, words: str) -> None:
        """Show less: names separated by commas, `all` (nothing) or `none` (all)."""
        for word in words.split(","):
            if word == "all":
                self._shown.clear()
            elif word == "none":
                self._shown = set(self._every)
            else:
                self._shown -= set(_names(word, "--exclude"))

    def add(self, name: str) -> None:
        """Show one more."""
        self._shown.add(name)

    def has(self, name: str) -> bool:
        """Whether a section is shown."""
        return name in self._shown

    @property
    def shown(self) -> list[str]:
        """What is shown, in order."""
        return [name for name in SECTIONS if name in self._shown]


def _names(word: str, option: str) -> tuple[str, ...]:
    name = word.lower()
    if name in GROUPS:
        return GROUPS[name]
    if name in SECTIONS:
        return (name,)
    known = ", ".join(("all", "default", "none", *GROUPS, *SECTIONS))
    raise PcmkError(ExitCode.USAGE, f"{option} does not know the section {word!r}; there are {known}")
