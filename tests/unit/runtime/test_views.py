"""Views reach the sockets first and the core second; without membership the daemon ends."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from toy_daemon import Make

import pcmk.membership
from pcmk.kernel.core import Exit, ViewChanged
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import View
from pcmk.membership.base import MembershipLost
from pcmk.runtime import daemon

FIRST, SECOND = View(1, (), False), View(2, (), True)


class FakeBackend:
    async def views(self) -> AsyncIterator[View]:
        yield FIRST
        yield SECOND
        raise MembershipLost("the engine is gone")


class FakeSockets:
    def __init__(self, told: list[Any]) -> None:
        self._told = told

    def view_changed(self, view: View) -> None:
        self._told.append(view)


async def test_views_are_followed_until_membership_is_lost(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    actor = make(Daemon.CONTROLD).actor
    monkeypatch.setattr(pcmk.membership, "open_backend", lambda _settings, _log: FakeBackend())
    monkeypatch.setattr(actor, "post", told.append)
    await daemon._follow_views(actor, FakeSockets(told))  # pyright: ignore
    assert told == [FIRST, ViewChanged(FIRST), SECOND, ViewChanged(SECOND)]
    assert actor.ended.result() == Exit(ExitCode.DISCONNECT, "membership is lost: the engine is gone")
