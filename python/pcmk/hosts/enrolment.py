"""An invitation: one node is taken in, once. This is the member's decision; `door.py` has the connections.

The lines between the two are JSON objects: the joining node says `secret`, `node` and `request`; the member answers
with `refused`, or with what makes a member (`Welcome`); the node says `stored`, or `failed` and why; and when the other
members know the node, the member says what is left to be done (`then`).
"""

import hmac
import threading
from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

Log: TypeAlias = Callable[[str, str], None]


class Welcome(Struct, frozen=True):
    """What makes a member: the authority, a certificate for the key of its request, and what Corosync needs."""

    ca: str
    ca_key: str
    certificate: str
    corosync: str
    authkey: str
    """In base64."""


class Outcome(Struct, frozen=True):
    """How an invitation ended: the node is at `host`; `failure` says why it could not store what it was given, and
    `then` what is left to be done."""

    host: str
    failure: str = ""
    then: tuple[str, ...] = ()


class Enrolment:
    """Answers those who knock; from any thread."""

    def __init__(
        self,
        node: str,
        secret: bytes,
        ends: float,
        issue: Callable[[bytes], Welcome],
        clock: Callable[[], float],
        log: Log,
    ) -> None:
        """`issue` makes the welcome for a request (PEM), or raises `PcmkError`. `ends` is a time of `clock`."""
        self._node = node
        self._secret = secret.hex()
        self._ends = ends
        self._issue = issue
        self._clock = clock
        self._log = log
        self._lock = threading.Lock()
        self._used_by = ""

    @property
    def is_used(self) -> bool:
        """Whether a node was let in."""
        with self._lock:
            return bool(self._used_by)

    def answer(self, asked: Mapping[str, object], host: str) -> Welcome:
        """What is answered to a request from a host. Raises `PcmkError` (NOPERM) for a refusal, which is logged."""
        try:
            # One at a time, so that of two who come together one is second.
            with self._lock:
                welcome = self._considered(asked)
                self._used_by = host
        except PcmkError as error:
            self._log("warning", f"Refused to let {host} join as {asked.get('node')!r}: {error.message}")
            raise PcmkError(ExitCode.NOPERM, error.message) from error
        self._log("notice", f"Gave {host} a certificate as {self._node}")
        return welcome

    def _considered(self, asked: Mapping[str, object]) -> Welcome:
        # First, for who does not know it learns nothing else.
        if not hmac.compare_digest(str(asked.get("secret", "")).encode(), self._secret.encode()):
            raise PcmkError(ExitCode.NOPERM, "the token is not that of this invitation")
        if self._used_by:
            raise PcmkError(ExitCode.NOPERM, f"the token was used already, by {self._used_by}")
        if self._clock() >= self._ends:
            raise PcmkError(ExitCode.NOPERM, "the token has expired")
        if asked.get("node") != self._node:
            raise PcmkError(ExitCode.NOPERM, f"the invitation is for {self._node}")
        return self._issue(str(asked.get("request", "")).encode())
