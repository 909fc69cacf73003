"""The versions of the CIB's language."""

Version = tuple[int, int]

PREFIX = "pacemaker-"
UNCHECKED = "none"
"""What `validate-with` says of a CIB that is not to be checked."""
VERSIONS: tuple[Version, ...] = (
    (1, 0),
    *((1, minor) for minor in (2, 3)),
    *((2, minor) for minor in range(11)),
    *((3, minor) for minor in range(11)),
    (4, 0),
)
NEWEST = VERSIONS[-1]


def name_of(version: Version) -> str:
    """What `validate-with` says: `pacemaker-3.10`."""
    return f"{PREFIX}{version[0]}.{version[1]}"


NAMES = tuple(name_of(version) for version in VERSIONS)


def version_of(name: str) -> Version | None:
    """The version of a name; None if there is no such schema."""
    return VERSIONS[NAMES.index(name)] if name in NAMES else None
