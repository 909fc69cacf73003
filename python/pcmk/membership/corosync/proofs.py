"""Proof that the ring goes round: what is said to the group comes back, twice.

A message comes back when this node's Corosync has had the token. That may be an old one: while Corosync alone stood
still the token waited for it in its socket, the others formed another ring, and then one message more comes back. What
is said after that needs the token once more, and the token has been with all others in between.
"""

import asyncio
import secrets
from collections.abc import Callable

PATIENCE = 5.0
ROUNDS = 2


class Proofs:
    """`say` says a text to the group, this node too, or returns false; `settled` is whether the last view holds if the
    ring goes round."""

    def __init__(self, say: Callable[[bytes], bool], settled: Callable[[], bool]) -> None:
        self._say = say
        self._settled = settled
        self._waiting: dict[bytes, asyncio.Future[bool]] = {}

    def heard(self, text: bytes) -> None:
        """Somebody has said this."""
        waiting = self._waiting.get(text)
        if waiting is not None and not waiting.done():
            # In between two rings it has been said in one, and the view is of the other.
            waiting.set_result(self._settled())

    async def prove(self) -> bool:
        """See `pcmk.membership.base.Backend`."""
        try:
            async with asyncio.timeout(PATIENCE):
                for _ in range(ROUNDS):
                    if not await self._comes_back(secrets.token_bytes(16)):
                        return False
        except TimeoutError:
            return False
        return True

    async def _comes_back(self, text: bytes) -> bool:
        waiting = self._waiting[text] = asyncio.get_running_loop().create_future()
        try:
            return self._say(text) and await waiting
        finally:
            del self._waiting[text]
