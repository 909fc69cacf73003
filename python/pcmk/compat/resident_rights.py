"""Whom the resident works for: who has all the rights that it has, and the same surroundings."""

import os

from msgspec import Struct

_SURROUNDINGS = ("ns/mnt", "ns/net", "ns/pid", "ns/user", "root")


class Standing(Struct, frozen=True):
    """What the kernel lets a process do, and where (proc_pid_status(5), namespaces(7))."""

    users: bytes
    """Real, effective, saved and file system user, as the kernel writes them; so with `groups`."""
    groups: bytes
    more_groups: bytes
    capabilities: int
    filtered: bool
    """Whether there are system calls that it may not make."""
    umask: int
    surroundings: tuple[tuple[int, int], ...]
    label: bytes
    """What a security module calls it; empty without one."""


def standing_of(process: int) -> Standing:
    """The standing of a process. Raises `OSError` if it is gone or may not be looked at."""
    lines = _content(f"/proc/{process}/status").splitlines()
    status = {name: value.strip() for name, _, value in (line.partition(b":") for line in lines)}
    places = (os.stat(f"/proc/{process}/{name}") for name in _SURROUNDINGS)
    try:
        label = _content(f"/proc/{process}/attr/current")
    except OSError:
        label = b""
    return Standing(
        status[b"Uid"],
        status[b"Gid"],
        status.get(b"Groups", b""),
        int(status[b"CapEff"], 16),
        status.get(b"Seccomp", b"0") != b"0",
        int(status[b"Umask"], 8),
        tuple((place.st_dev, place.st_ino) for place in places),
        label,
    )


def may_borrow(theirs: Standing, ours: Standing) -> bool:
    """Whether nothing that a process of our standing does is more than they could do themselves."""
    return (
        (theirs.users, theirs.groups) == (ours.users, ours.groups)
        # They give root no right that it does not have.
        and (theirs.more_groups == ours.more_groups or os.geteuid() == 0)
        and theirs.capabilities & ours.capabilities == ours.capabilities
        and not theirs.filtered
        and theirs.surroundings == ours.surroundings
        and theirs.label == ours.label
    )


def _content(path: str) -> bytes:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(file, 1 << 16)
    finally:
        os.close(file)
