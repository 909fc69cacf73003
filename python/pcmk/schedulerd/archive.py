"""How inputs are kept: which series, which number, and when not at all."""

from collections.abc import Mapping

from msgspec import Struct

from pcmk._core import Cib

SERIES = ("pe-error", "pe-warn", "pe-input")
_DEFAULT_MOST = {"pe-error": -1, "pe-warn": 5000, "pe-input": 4000}


class Slot(Struct, frozen=True):
    """Where an input is kept. `next_number` is what the series' counter file then says."""

    series: str
    number: int
    next_number: int

    @property
    def file_name(self) -> str:
        """Name of the file."""
        return f"{self.series}-{self.number}.bz2"


class Archive:
    """The numbers of the series. `counters` is what the counter files said: the next number of each series."""

    def __init__(self, counters: Mapping[str, int]) -> None:
        self._next = {series: counters.get(series, 0) for series in SERIES}
        self._last: tuple[Cib | None, str] = (None, "")

    def place(self, cib: Cib, *, errors: bool, warnings: bool) -> Slot | str:
        """A slot for an input, or the name of the file that has the same one already ("" if it is not to be kept).

        Inputs with errors, with warnings, and others have series of their own; a series starts over when it has as
        many files as its option allows, and is off if that is 0.
        """
        if cib == self._last[0]:
            return self._last[1]
        series = "pe-error" if errors else "pe-warn" if warnings else "pe-input"
        most = _most(cib, series)
        if most == 0:
            self._last = (cib, "")
            return ""
        number = self._next[series]
        if 0 < most <= number:
            number = 0
        following = number + 1
        if 0 < most <= following:
            following = 0
        self._next[series] = following
        slot = Slot(series, number, following)
        self._last = (cib, slot.file_name)
        return slot


def _most(cib: Cib, series: str) -> int:
    pairs = cib.find(f"/cib/configuration/crm_config/cluster_property_set/nvpair[@name='{series}-series-max']")
    for pair in pairs:
        text = pair.get("value", "")
        if text.lstrip("+-").isdecimal():
            return max(-1, int(text))
    return _DEFAULT_MOST[series]
