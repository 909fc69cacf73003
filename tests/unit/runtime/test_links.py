"""A daemon asks another one of its node, hears its notices, and knows whether it is there."""

import asyncio
import os
import pwd
from typing import Any

from toy_daemon import Make, ToyDaemon

from pcmk.kernel.core import Call, CallResult, Client, LinkDown, LinkUp, Notice, Publish, Reply, Request, RequestGone
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibAnswer, CibQuery, CibReady, CibVersion
from pcmk.kernel.messages.common import Done, Failure, SetPrimary

ANSWER = CibAnswer("<cib/>", CibVersion(1, 2, 3))


def answer_queries(event: Any) -> list[Any]:
    if isinstance(event, Request) and isinstance(event.body, CibQuery):
        return [Reply(event.id, ANSWER)]
    return []


async def linked(make: Make) -> tuple[ToyDaemon, ToyDaemon]:
    controld, based = make(Daemon.CONTROLD, Daemon.BASED), make(Daemon.BASED)
    await controld.start()
    await based.start()
    assert await controld.event() == LinkUp(Daemon.BASED)
    return controld, based


async def test_a_call_is_answered(make: Make) -> None:
    controld, based = await linked(make)
    based.decide = answer_queries
    await controld.do(Call(7, Daemon.BASED, CibQuery(section="nodes")))
    assert await controld.event() == CallResult(7, ANSWER)
    request = await based.event()
    assert request.body == CibQuery(section="nodes")
    assert request.client == Client("pacemaker-controld", os.getpid(), os.geteuid(), pwd.getpwuid(os.geteuid()).pw_name)


async def test_calls_arrive_in_the_order_in_which_they_were_made(make: Make) -> None:
    controld, based = await linked(make)
    await controld.do(*[Call(n, Daemon.BASED, SetPrimary(n, "alpha")) for n in range(200)])
    assert [(await based.event()).body.term for _ in range(200)] == list(range(200))


async def test_answers_and_notices_come_in_the_order_in_which_they_were_given(make: Make) -> None:
    controld, based = await linked(make)
    based.decide = lambda event: [Publish(CibReady(1)), Reply(event.id, ANSWER), Publish(CibReady(2))]
    await controld.do(Call(1, Daemon.BASED, CibQuery()))
    got = [await controld.event() for _ in range(3)]
    assert got == [Notice(Daemon.BASED, CibReady(1)), CallResult(1, ANSWER), Notice(Daemon.BASED, CibReady(2))]


async def test_a_refusal_is_a_result(make: Make) -> None:
    controld, based = await linked(make)
    based.decide = lambda event: [Reply(event.id, Failure(ExitCode.NOSUCH, "no such thing"))]
    await controld.do(Call(1, Daemon.BASED, CibQuery()))
    assert await controld.event() == CallResult(1, Failure(ExitCode.NOSUCH, "no such thing"))


async def test_an_answer_of_a_type_that_the_api_does_not_promise_is_a_failure(make: Make) -> None:
    controld, based = await linked(make)
    based.decide = lambda event: [Reply(event.id, Done())]
    await controld.do(Call(1, Daemon.BASED, CibQuery()))
    assert await controld.event() == CallResult(1, Failure(ExitCode.SOFTWARE, "CibQuery was answered by Done"))


async def test_a_late_call_fails_and_the_other_side_learns_that_nobody_waits(make: Make) -> None:
    controld, based = await linked(make)
    await controld.do(Call(1, Daemon.BASED, CibQuery(), timeout=0.02))
    result = await controld.event()
    assert (result.id, result.body.code) == (1, ExitCode.TIMEOUT)
    request = await based.event()
    assert await based.event() == RequestGone(request.id)


async def test_when_a_daemon_ends_open_calls_fail_and_the_link_is_down_until_it_is_back(make: Make) -> None:
    controld, based = await linked(make)
    await controld.do(Call(1, Daemon.BASED, CibQuery()))
    await based.event()
    await based.stop()
    result = await controld.event()
    assert (result.id, result.body.code) == (1, ExitCode.DISCONNECT)
    assert await controld.event() == LinkDown(Daemon.BASED)
    await controld.do(Call(2, Daemon.BASED, CibQuery()))
    result = await controld.event()
    assert (result.id, result.body.code) == (2, ExitCode.DISCONNECT)
    again = make(Daemon.BASED)
    await again.start()
    assert await controld.event() == LinkUp(Daemon.BASED)


async def test_when_the_caller_ends_its_requests_are_gone(make: Make) -> None:
    controld, based = await linked(make)
    await controld.do(Call(1, Daemon.BASED, CibQuery()))
    request = await based.event()
    await controld.stop()
    assert await based.event() == RequestGone(request.id)


async def test_a_notice_reaches_every_daemon_that_has_a_link(make: Make) -> None:
    controld, based = await linked(make)
    attrd = make(Daemon.ATTRD, Daemon.BASED)
    await attrd.start()
    assert await attrd.event() == LinkUp(Daemon.BASED)
    await based.do(Publish(CibReady(5)))
    heard = await asyncio.gather(controld.event(), attrd.event())
    assert heard == [Notice(Daemon.BASED, CibReady(5))] * 2
