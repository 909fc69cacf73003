"""When a ring of Corosync is proven to go round."""

import asyncio

import pytest

from pcmk.membership.corosync import proofs as module
from pcmk.membership.corosync.proofs import Proofs


class Ring:
    """Brings back what is said, as often as it has the token."""

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens
        self.busy = False
        self.settled = True
        self.said: list[bytes] = []
        self.proofs = Proofs(self.say, lambda: self.settled)

    def say(self, text: bytes) -> bool:
        self.said.append(text)
        if self.tokens and not self.busy:
            self.tokens -= 1
            asyncio.get_running_loop().call_soon(self.proofs.heard, text)
        return not self.busy


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)


async def test_a_ring_that_goes_round_is_proven() -> None:
    ring = Ring(4)
    assert await asyncio.gather(ring.proofs.prove(), ring.proofs.prove()) == [True, True]
    assert len(set(ring.said)) == 4


@pytest.mark.parametrize("tokens", [0, 1])
async def test_the_token_that_waited_while_corosync_stood_still_proves_nothing(tokens: int) -> None:
    assert not await Ring(tokens).proofs.prove()


async def test_nor_does_a_ring_that_is_just_being_formed() -> None:
    busy, changing = Ring(9), Ring(9)
    busy.busy = True
    changing.settled = False
    assert not await busy.proofs.prove()
    assert not await changing.proofs.prove()


async def test_what_others_say_is_nothing() -> None:
    ring = Ring(0)
    proof = asyncio.ensure_future(ring.proofs.prove())
    await asyncio.sleep(0)
    ring.proofs.heard(b"another")
    assert not await proof
    ring.proofs.heard(ring.said[0])
