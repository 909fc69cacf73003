"""How a core is driven: timers, the order of effects, its own effects, its end, and bugs."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from toy_daemon import Make, Order, ToyDaemon

from pcmk.kernel.core import (
    CancelTimer,
    Client,
    Exit,
    MembershipProven,
    ProveMembership,
    Reply,
    Request,
    SetTimer,
    TimerFired,
)
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Done


@pytest.fixture
async def toy(make: Make) -> ToyDaemon:
    daemon = make(Daemon.SCHEDULERD)
    await daemon.start()
    return daemon


async def test_a_timer_fires_once(toy: ToyDaemon) -> None:
    await toy.do(SetTimer("a", 0.01), SetTimer("b", 0.05))
    assert [await toy.event(), await toy.event()] == [TimerFired("a"), TimerFired("b")]


async def test_a_timer_that_is_set_anew_fires_at_the_new_time_only(toy: ToyDaemon) -> None:
    await toy.do(SetTimer("a", 0.0), SetTimer("a", 0.05), SetTimer("between", 0.02))
    assert [await toy.event(), await toy.event()] == [TimerFired("between"), TimerFired("a")]


async def test_a_timer_that_ran_out_but_was_cancelled_before_its_turn_is_not_seen(toy: ToyDaemon) -> None:
    toy.actor.post(Order((SetTimer("a", 0.0),), asyncio.get_running_loop().create_future()))
    # The timer runs out while these are handled, and its turn comes after the cancellation, which waits already.
    for number in range(200):
        toy.actor.post(TimerFired(str(number)))
    await toy.do(CancelTimer("a"))
    await toy.do(SetTimer("end", 0.0))
    seen = [await toy.event() for _ in range(201)]
    assert seen[-1] == TimerFired("end")
    assert TimerFired("a") not in seen


async def test_a_request_is_answered_once(toy: ToyDaemon) -> None:
    answers: list[Message] = []
    id = toy.actor.request(Client("test"), Done(), answers.append)
    assert await toy.event() == Request(id, Client("test"), Done())
    await toy.do(Reply(id, Done()), Reply(id, Done()))
    assert answers == [Done()]


async def test_a_reply_to_who_is_gone_is_dropped(toy: ToyDaemon) -> None:
    answers: list[Message] = []
    id = toy.actor.request(Client("test"), Done(), answers.append)
    toy.actor.request_gone(id)
    await toy.do(Reply(id, Done()))
    assert answers == []


async def test_a_proof_of_membership_is_the_engines(toy: ToyDaemon) -> None:
    class Engine:
        def __init__(self, *, works: bool) -> None:
            self.works = works

        async def prove(self) -> bool:
            return self.works

    await toy.do(ProveMembership(1))
    assert await toy.event() == MembershipProven(1, False)
    for number, works in enumerate((True, False), 2):
        toy.actor.membership = Engine(works=works)
        await toy.do(ProveMembership(number))
        assert await toy.event() == MembershipProven(number, works)


async def test_effects_before_an_exit_are_carried_out_and_those_after_are_not(toy: ToyDaemon) -> None:
    answers: list[Message] = []
    first = toy.actor.request(Client("test"), Done(), answers.append)
    second = toy.actor.request(Client("test"), Done(), answers.append)
    await toy.do(Reply(first, Done()), Exit(0, "asked to"), Reply(second, Done()))
    assert await toy.end() == Exit(0, "asked to")
    assert answers == [Done()]


async def test_a_core_that_raises_ends_the_process_as_a_bug(toy: ToyDaemon, capfd: pytest.CaptureFixture[str]) -> None:
    def fail(_event: Any) -> list[Any]:
        raise KeyError("lost")

    toy.decide = fail
    toy.actor.post(TimerFired("x"))
    assert (await toy.end()).code == ExitCode.SOFTWARE
    assert "Bug while handling TimerFired" in capfd.readouterr().err


async def test_an_effect_that_nobody_carries_out_is_a_bug(toy: ToyDaemon) -> None:
    await toy.do(object())
    assert "no handler for the effect object" in (await toy.end()).reason


async def test_a_task_that_raises_is_a_bug(toy: ToyDaemon) -> None:
    async def fail() -> None:
        raise ValueError("oops")

    work: Coroutine[Any, Any, None] = fail()
    toy.actor.spawn(work, "some work")
    assert "Bug in some work" in (await toy.end()).reason


async def test_many_events_do_not_starve_other_tasks(toy: ToyDaemon) -> None:
    for number in range(1000):
        toy.actor.post(TimerFired(str(number)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert 0 < toy.core.seen.qsize() < 1000
    for number in range(1000):
        assert await toy.event() == TimerFired(str(number))
