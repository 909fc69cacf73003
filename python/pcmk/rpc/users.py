"""Users of this machine, by its databases."""

import grp
import os
import pwd

from pcmk.kernel.users import CLUSTER_USER


def name_of(uid: int) -> str:
    """The name of a user; the number for one without a name, as in a container."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def is_privileged(uid: int) -> bool:
    """Whether a user is root, the one that this process runs as, or the cluster's own."""
    if uid in (0, os.geteuid()):
        return True
    try:
        return pwd.getpwnam(CLUSTER_USER).pw_uid == uid
    except KeyError:
        return False


def groups_of(user: str) -> tuple[str, ...]:
    """The groups that list a user as a member. The user's primary group is none of them unless it does, too."""
    try:
        primary = pwd.getpwnam(user).pw_gid
    except KeyError:
        return ()
    groups: list[str] = []
    for gid in sorted(os.getgrouplist(user, primary)):
        try:
            group = grp.getgrgid(gid)
        except KeyError:
            continue
        if gid != primary or user in group.gr_mem:
            groups.append(group.gr_name)
    return tuple(groups)
