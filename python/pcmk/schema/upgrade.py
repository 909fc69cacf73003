"""Upgrades of a CIB to the newest schema that it conforms to.

What the Rust crate `cib` rewrites from one major version to the next is held against the grammar after each step. As in
the reference, a step that is not needed is not made: what conforms to the next major version as it is, stays as it is.
"""

from pcmk._core import Cib
from pcmk.kernel.exitcodes import ExitCode
from pcmk.schema.check import Problem, conforms, problems_in, told
from pcmk.schema.versions import NEWEST, UNCHECKED, VERSIONS, Version, name_of, version_of


class Upgraded:
    """A CIB of the newest schema, and what got lost on the way there, as sentences."""

    __slots__ = ("cib", "notes")

    def __init__(self, cib: Cib, notes: list[str]) -> None:
        self.cib = cib
        self.notes = notes


class UpgradeError(ValueError):
    """A CIB can't be upgraded. `reached` is the newest version that it conforms to, None if it conforms to none from
    its own on; `problems` are what does not conform to its own, or to the one after `reached`."""

    def __init__(self, message: str, problems: list[Problem], reached: Version | None = None) -> None:
        super().__init__(message)
        self.problems = problems
        self.reached = reached


class UnknownSchemaError(ValueError):
    """A CIB names no schema, or one that is not known."""


def declared(cib: Cib) -> Version | None:
    """The version that a CIB names; None if it is not to be checked. Raises UnknownSchemaError."""
    name = cib.root.get("validate-with")
    if name == UNCHECKED:
        return None
    version = version_of(name or "")
    if version is None:
        raise UnknownSchemaError(f"there is no schema {name}" if name else "the CIB names no schema (validate-with)")
    return version


def upgraded(cib: Cib) -> Upgraded:
    """The CIB in the newest schema; the same object if it is in that already, or not to be checked. Its version is not
    raised.

    One that does not conform to its own schema may do so to a later one. Raises UpgradeError, UnknownSchemaError.
    """
    version = declared(cib)
    if version is None or version == NEWEST:
        return Upgraded(cib, [])
    reached = next((later for later in VERSIONS if later >= version and conforms(cib, later)), None)
    cannot = (
        f"Cannot upgrade configuration (claiming {name_of(version)} schema) to at least {name_of(NEWEST)} because it"
    )
    if reached is None:
        message = f"{cannot} does not validate with any schema from {name_of(version)} to the latest"
        raise UpgradeError(message, problems_in(cib, version))
    notes: list[str] = []
    for major in range(reached[0] + 1, NEWEST[0] + 1):
        before, reached = VERSIONS[VERSIONS.index((major, 0)) - 1], (major, 0)
        if conforms(cib, reached):
            continue
        cib, lost = cib.in_spelling_of(major)
        notes += lost
        found = problems_in(cib, reached)
        if found:
            raise UpgradeError(f"{cannot} would not upgrade past {name_of(before)}", found, before)
    return Upgraded(cib.with_attrs({"validate-with": name_of(NEWEST)}), notes)


def refused(error: ValueError) -> tuple[ExitCode, str]:
    """Exit code and message of a command or daemon for an error of `upgraded`."""
    found = error.problems if isinstance(error, UpgradeError) else []
    return ExitCode.CONFIG, told(str(error), found)
