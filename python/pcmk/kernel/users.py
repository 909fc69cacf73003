"""On whose behalf something is done, and whether ACLs apply to them."""

from pcmk._core import CibUser
from pcmk.kernel.core import Client

CLUSTER_USER = "hacluster"
"""The field's name for the user that a cluster has for itself."""

PRIVILEGED = ("root", CLUSTER_USER)
"""Users to whom ACLs never apply."""


def needs_acls(user: str) -> bool:
    """Whether ACLs apply to a user; not to an empty name, which is the cluster itself."""
    return user not in ("", *PRIVILEGED)


def subject(user: str, groups: tuple[str, ...], wall: float) -> CibUser | None:
    """A user to whom ACLs apply, at a time; None for anybody else."""
    return CibUser(user, groups, int(wall)) if needs_acls(user) else None


def acting(client: Client, user: str, groups: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The user on whose behalf a client acts, and the user's groups. The privileged may name anybody (reference 10,
    chapter 3); others are who they are, whatever they say."""
    if not client.privileged:
        return client.user, client.groups
    if user:
        return user, groups
    return (client.user if client.user in PRIVILEGED else ""), ()
