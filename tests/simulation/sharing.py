"""CIBs are values. The many copies of one that a simulated cluster has are computed once, as long as a simulation runs.

What one process derives from a CIB by a patchset, and what it reads from a text, is kept for the others that do the
same with the same. What comes of it is compared with what is known under its version: two trees with the same content
are one from then on. So every patchset meets the tree that it was not made on once, as on real nodes, and a tree that
came out another is never taken for the one it should be.
"""

import sys
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, ClassVar

from pcmk import _core
from pcmk.kernel import cib_replica

_TEXTS = 64
_VERSIONS = 256


class SharedCib:
    """Stands in for `pcmk._core.Cib`, and does what that does."""

    __slots__ = ("_found", "_patched", "_text", "real", "version")
    _parsed: ClassVar["OrderedDict[Any, SharedCib]"] = OrderedDict()
    _known: ClassVar["OrderedDict[tuple[int, int, int], list[SharedCib]]"] = OrderedDict()

    def __init__(self, real: _core.Cib) -> None:
        self.real = real
        self.version = real.version
        self._patched: dict[str | bytes, SharedCib] = {}
        self._found: dict[str, list[_core.Element]] = {}
        self._text = ""

    @classmethod
    def of(cls, real: _core.Cib) -> "SharedCib":
        """The one with this content; a new one if it is not known."""
        alike = cls._known.get(real.version)
        if alike is None:
            alike = cls._known[real.version] = []
            if len(cls._known) > _VERSIONS:
                cls._known.popitem(last=False)
        for known in alike:
            if known.real == real:
                return known
        made = cls(real)
        alike.append(made)
        return made

    @classmethod
    def forget_all(cls) -> None:
        """End all sharing."""
        cls._parsed.clear()
        cls._known.clear()

    @staticmethod
    def parse(data: str | bytes) -> "SharedCib":
        known = SharedCib._parsed
        found = known.get(data)
        if found is None:
            found = known[data] = SharedCib.of(_core.Cib.parse(data))
            if len(known) > _TEXTS:
                known.popitem(last=False)
        return found

    @staticmethod
    def empty(schema: str, feature_set: str) -> "SharedCib":
        return SharedCib.of(_core.Cib.empty(schema, feature_set))

    def apply_patchset(self, patchset: str | bytes) -> "SharedCib":
        found = self._patched.get(patchset)
        if found is None:
            found = self._patched[patchset] = SharedCib.of(self.real.apply_patchset(patchset))
        return found

    def apply(self, *args: Any, **options: Any) -> "tuple[SharedCib, str]":
        cib, text = self.real.apply(*args, **options)
        return SharedCib.of(cib), text

    def apply_all(self, requests: Sequence[_core.CibRequest], **options: Any) -> "tuple[SharedCib, str]":
        cib, text = self.real.apply_all(requests, **options)
        return SharedCib.of(cib), text

    def with_attrs(self, attributes: Mapping[str, str | None]) -> "SharedCib":
        return SharedCib.of(self.real.with_attrs(attributes))

    def diff(self, new: "SharedCib", **options: Any) -> str:
        return self.real.diff(new.real, **options)

    def alike_to_schema(self, other: "SharedCib") -> bool:
        return self.real.alike_to_schema(other.real)

    def find(self, xpath: str) -> list[_core.Element]:
        found = self._found.get(xpath)
        if found is None:
            found = self._found[xpath] = self.real.find(xpath)
        return found.copy()

    def to_xml(self, *, pretty: bool = False) -> str:
        if pretty:
            return self.real.to_xml(pretty=True)
        if not self._text:
            self._text = self.real.to_xml()
        return self._text

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, SharedCib) and self.real == other.real)

    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@contextmanager
def shared_cibs() -> Iterator[None]:
    """Let all cores share their CIBs until the end of the block."""
    changes = lru_cache(maxsize=64)(cib_replica.patch_changes)
    replaced: list[tuple[Any, str, Any]] = []
    for name, module in list(sys.modules.items()):
        if name.startswith(("pcmk.", "tests.simulation.")) and module not in (_core, sys.modules[__name__]):
            for attribute, old, new in (
                ("Cib", _core.Cib, SharedCib),
                ("patch_changes", cib_replica.patch_changes, changes),
            ):
                if module.__dict__.get(attribute) is old:
                    replaced.append((module, attribute, old))
                    setattr(module, attribute, new)
    try:
        yield
    finally:
        SharedCib.forget_all()
        for module, attribute, old in replaced:
            setattr(module, attribute, old)
