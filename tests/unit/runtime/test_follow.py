"""The stream of changes of the CIB: between a client and the daemon, and in a client that loses it."""

import asyncio
import random
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import pytest
from toy_daemon import SECONDS, Make

from pcmk._core import Cib
from pcmk.client import Connection
from pcmk.client.cib_changes import Copy, follow
from pcmk.kernel.core import Reply, Request, RequestGone
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibChanges, CibChangesQuery, CibVersion
from pcmk.kernel.messages.common import Failure
from pcmk.runtime.settings import Settings


async def in_thread(work: Any, *given: Any) -> Any:
    return await asyncio.wait_for(asyncio.to_thread(work, *given), SECONDS)


def told(number: int) -> CibChanges:
    return CibChanges(CibVersion(0, number), str(number))


async def test_each_answer_is_told_and_the_next_one_is_asked_for(make: Make, node: Settings) -> None:
    daemon = make(Daemon.BASED)
    await daemon.start()
    with Connection(node) as connection:
        stream = await in_thread(connection.follow, Daemon.BASED, "Follow", CibChangesQuery("0", "nodes", wait=True))
        for number, waits in ((1, False), (2, True), (3, True)):
            request = await daemon.event()
            assert isinstance(request, Request)
            assert request.body == CibChangesQuery(str(number - 1), "nodes", wait=waits)
            await daemon.do(Reply(request.id, told(number)))
            assert await in_thread(next, stream) == told(number)
        waiting = await daemon.event()
        with stream:
            pass
        assert await daemon.event() == RequestGone(waiting.id)


async def test_a_silent_stream_gives_signs_of_life_that_are_answers_as_well(
    make: Make, node: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pcmk.rpc.options.HEARTBEAT_SECONDS", 0.05)
    daemon = make(Daemon.BASED)
    daemon.decide = lambda event: [] if not _is_asked_now(event) else [Reply(event.id, told(event.id))]
    await daemon.start()
    with Connection(node) as connection:
        with connection.follow(Daemon.BASED, "Follow", CibChangesQuery()) as stream:
            for _ in range(3):
                assert isinstance(await in_thread(next, stream), CibChanges)
        seen = [await daemon.event() for _ in range(7)]
    # Asked now; waiting, given up, asked now: three times.
    assert [type(event) for event in seen[1:7]] == [Request, RequestGone, Request] * 2
    assert [event.body.wait for event in seen if isinstance(event, Request)] == [False, True, False, True, False]
    assert seen[4].body.since == str(seen[3].id)


def _is_asked_now(event: object) -> bool:
    return isinstance(event, Request) and isinstance(event.body, CibChangesQuery) and not event.body.wait


async def test_a_refusal_ends_the_stream_with_its_reason(make: Make, node: Settings) -> None:
    daemon = make(Daemon.BASED)
    daemon.decide = lambda event: (
        [Reply(event.id, Failure(ExitCode.INSUFFICIENT_PRIV, "no"))] if isinstance(event, Request) else []
    )
    await daemon.start()
    with Connection(node) as connection:
        changes = follow(connection)
        with pytest.raises(PcmkError, match="no") as caught:
            await in_thread(next, changes)
    assert caught.value.code == ExitCode.INSUFFICIENT_PRIV


async def test_a_daemon_that_says_nothing_at_all_is_given_up(
    make: Make, node: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = make(Daemon.BASED)
    await daemon.start()
    with Connection(node) as connection:
        stream = connection.follow(Daemon.BASED, "Follow", CibChangesQuery())
        monkeypatch.setattr(stream, "_patience", 0.1)
        with pytest.raises(PcmkError, match="no sign of life") as caught:
            await in_thread(next, stream)
    assert caught.value.code == ExitCode.TIMEOUT


class Unreliable:
    """A connection to a CIB manager that has gone through some CIBs, and forgets and breaks off at random."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.cibs = [Cib.empty("pacemaker-4.0", "3.20.0")]
        self.broken = 0

    def change(self) -> None:
        element = f"<node id='{len(self.cibs)}' uname='n{len(self.cibs)}'/>"
        self.cibs.append(self.cibs[-1].apply("create", "nodes", input_xml=element)[0])

    def follow(self, _daemon: Daemon, _name: str, body: CibChangesQuery) -> "Unreliable":
        self.at = int(body.since) if body.since else None
        self.closed = False
        return self

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> "Unreliable":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closed = True

    def __iter__(self) -> Iterator[Message]:
        return self

    def __next__(self) -> CibChanges:
        assert not self.closed
        if self.random.random() < 0.3:
            self.broken += 1
            raise PcmkError(ExitCode.DISCONNECT, "gone")
        if self.random.random() < 0.7:
            self.change()
        now, version = len(self.cibs) - 1, CibVersion(*self.cibs[-1].version)
        before, self.at = self.at, now
        if before is None or self.random.random() < 0.1:
            reason = "" if before is None else "forgotten"
            return CibChanges(version, str(now), whole=True, xml=self.cibs[now].to_xml(), reason=reason)
        return CibChanges(version, str(now), self.cibs[before].diff(self.cibs[now]))


@pytest.mark.parametrize("seed", range(30))
def test_a_client_has_the_sum_of_what_was_told_however_often_it_lost_the_stream(seed: int) -> None:
    server, copy, pauses = Unreliable(seed), Copy(), list[float]()
    # As several programs that go on where the one before ended.
    for _ in range(3):
        last = copy.cib
        changes = follow(server, copy=copy, pause=pauses.append)  # pyright: ignore[reportArgumentType]
        for _, change in zip(range(20), changes, strict=False):
            assert change.cib == server.cibs[int(change.at)]
            if not change.whole:
                assert last is not None and last.apply_patchset(change.patchset) == change.cib
            assert bool(change.reason) is (change.whole and last is not None)
            last = change.cib
    assert len(pauses) == server.broken > 0


def test_a_copy_that_does_not_fit_is_made_anew() -> None:
    server = Unreliable(1)
    for _ in range(5):
        server.change()
    # Says that it is at the second CIB, and is not.
    copy = Copy(Cib.empty("pacemaker-4.0", "3.20.0"), "2")
    change = next(follow(server, copy=copy, pause=lambda _seconds: None))  # pyright: ignore[reportArgumentType]
    assert change.whole and change.reason and change.cib == server.cibs[int(change.at)]
