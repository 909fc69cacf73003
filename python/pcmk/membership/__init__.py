"""Who is a member and whether they have quorum: one ordered stream of views, whatever gives it."""

from pcmk.membership.base import Backend, MembershipLost, open_backend

__all__ = ["Backend", "MembershipLost", "open_backend"]
