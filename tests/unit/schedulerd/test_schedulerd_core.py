"""The scheduler daemon: waiting for the CIB, answering, keeping inputs."""

import asyncio
import bz2
import os
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pcmk._core import Cib, Scheduler
from pcmk.kernel.core import Call, CallResult, Client, Instant, LinkUp, Notice, Reply, Request, TimerFired
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages.cib import CibAnswer, CibChanged, CibVersion
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.messages.scheduler import Schedule, Scheduled
from pcmk.schedulerd.archive import Archive, Slot
from pcmk.schedulerd.core import KeepInput, MakePlan, PlanMade, SchedulerdCore
from pcmk.schedulerd.shell import BEHIND, SchedulerdShell, keep, make_plan, read_counters, stand_behind

NOW = Instant(1.0, 1000.0)


def cib(epoch: int = 1, options: str = "") -> Cib:
    return Cib.parse(
        f'<cib crm_feature_set="3.20.5" validate-with="pacemaker-4.0" admin_epoch="0" epoch="{epoch}" num_updates="0">'
        f'<configuration><crm_config><cluster_property_set id="o">{options}</cluster_property_set></crm_config>'
        "<nodes/><resources/><constraints/></configuration><status/></cib>"
    )


def option(name: str, value: str) -> str:
    return f'<nvpair id="{name}" name="{name}" value="{value}"/>'


def started(start: Cib) -> SchedulerdCore:
    core = SchedulerdCore({})
    (call,) = core.handle(LinkUp(Daemon.BASED), NOW)
    assert isinstance(call, Call)
    core.handle(CallResult(call.id, CibAnswer(start.to_xml(), CibVersion(*start.version))), NOW)
    return core


def ask(version: CibVersion, **attributes: str) -> Request:
    return Request(7, Client("controld"), Schedule(3, version, 1234, attributes))


def only(effects: list[Any], kind: type[Any]) -> Any:
    found = [effect for effect in effects if isinstance(effect, kind)]
    assert len(found) == 1, effects
    return found[0]


def test_a_plan_is_made_from_the_cib_with_the_forced_attributes():
    core = started(cib())
    plan = only(core.handle(ask(CibVersion(0, 1, 0), **{"dc-uuid": "2", "have-quorum": "1"}), NOW), MakePlan)
    assert (plan.cib.root.get("dc-uuid"), plan.cib.root.get("have-quorum")) == ("2", "1")
    assert (plan.now, plan.transition_id) == (1234, 3)
    effects = core.handle(PlanMade(7, "<graph/>", warnings=("w",)), NOW)
    assert only(effects, Reply) == Reply(7, Scheduled(3, "<graph/>", "pe-warn-0.bz2", (), ("w",)))
    kept = only(effects, KeepInput)
    assert kept.slot == Slot("pe-warn", 0, 1)
    assert kept.cib.root.get("execution-date") == "1234"
    assert effects.index(only(effects, Reply)) < effects.index(kept)


def test_a_request_waits_for_its_version():
    first, second = cib(1), cib(2)
    core = started(first)
    assert not [effect for effect in core.handle(ask(CibVersion(0, 2, 0)), NOW) if isinstance(effect, MakePlan)]
    change = CibChanged(CibVersion(0, 2, 0), 1, first.diff(second))
    plan = only(core.handle(Notice(Daemon.BASED, change), NOW), MakePlan)
    assert plan.cib.version == (0, 2, 0)


def test_a_version_that_does_not_come_is_a_failure():
    core = started(cib())
    core.handle(ask(CibVersion(0, 9, 0)), NOW)
    reply = only(core.handle(TimerFired("request/7"), NOW), Reply)
    assert isinstance(reply.body, Failure)


def test_a_failing_plan_is_answered_and_not_kept():
    core = started(cib())
    core.handle(ask(CibVersion()), NOW)
    effects = core.handle(PlanMade(7, "", failure="bug"), NOW)
    assert isinstance(only(effects, Reply).body, Failure)
    assert not [effect for effect in effects if isinstance(effect, KeepInput)]


def test_the_same_input_is_kept_once():
    archive = Archive({"pe-input": 5})
    assert archive.place(cib(), errors=False, warnings=False) == Slot("pe-input", 5, 6)
    assert archive.place(cib(), errors=False, warnings=False) == "pe-input-5.bz2"
    assert archive.place(cib(2), errors=True, warnings=True) == Slot("pe-error", 0, 1)
    assert archive.place(cib(3), errors=False, warnings=False) == Slot("pe-input", 6, 7)


def test_a_series_starts_over_ends_or_is_off():
    three = option("pe-input-series-max", "3")
    archive = Archive({})
    slots = [archive.place(cib(n, three), errors=False, warnings=False) for n in range(4)]
    assert [(slot.number, slot.next_number) for slot in slots if isinstance(slot, Slot)] == [
        (0, 1),
        (1, 2),
        (2, 0),
        (0, 1),
    ]
    assert Archive({}).place(cib(1, option("pe-input-series-max", "0")), errors=False, warnings=False) == ""
    shrunk = Archive({"pe-input": 70}).place(cib(1, three), errors=False, warnings=False)
    assert shrunk == Slot("pe-input", 0, 1)
    endless = Archive({"pe-input": 70_000}).place(
        cib(1, option("pe-input-series-max", "-1")), errors=False, warnings=False
    )
    assert endless == Slot("pe-input", 70_000, 70_001)


def test_numbers_survive_a_restart(tmp_path: Path):
    keep(tmp_path, Slot("pe-warn", 4, 5), cib())
    assert bz2.decompress((tmp_path / "pe-warn-4.bz2").read_bytes()).decode() == cib().to_xml(pretty=True)
    assert read_counters(tmp_path) == {"pe-warn": 5}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pe-warn-4.bz2", "pe-warn.last"]


async def test_who_ends_writes_what_it_would_have_kept_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    class Loop:
        loop = asyncio.get_running_loop()

        def spawn(self, work: Coroutine[Any, Any, None], _what: str) -> None:
            self.work = asyncio.ensure_future(work)

    monkeypatch.setattr("pcmk.schedulerd.shell.REST", 3600.0)
    actor = Loop()
    shell = SchedulerdShell(actor, tmp_path)  # pyright: ignore
    shell.carry_out(KeepInput(Slot("pe-input", 0, 1), cib()))
    await asyncio.sleep(0)
    assert os.listdir(tmp_path) == []
    await shell.close()
    await actor.work
    assert sorted(os.listdir(tmp_path)) == ["pe-input-0.bz2", "pe-input.last"]


def test_the_thread_that_keeps_inputs_alone_leaves_the_processor_to_others():
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with ThreadPoolExecutor(1, initializer=stand_behind) as keeper:
        assert keeper.submit(os.getpriority, os.PRIO_PROCESS, 0).result() == BEHIND
    assert os.getpriority(os.PRIO_PROCESS, 0) == before != BEHIND


def test_the_real_scheduler_gives_a_graph():
    made = make_plan(Scheduler(), MakePlan(1, cib(), 1234, 9))
    assert made.failure == ""
    assert 'transition_id="9"' in made.graph_xml
