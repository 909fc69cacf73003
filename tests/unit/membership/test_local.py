import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import Member, View
from pcmk.membership.base import MembershipLost, open_backend
from pcmk.membership.corosync import CorosyncBackend
from pcmk.membership.local import LocalBackend
from pcmk.membership.wire import decode, encode, view_from_json, view_to_json

VIEWS = tuple(
    View(number, tuple(Member(f"node{i}", i, "127.0.0.1", 20000 + 10 * i) for i in range(1, number)), number > 2)
    for number in range(2, 5)
)


@dataclass(frozen=True)
class Settings:
    membership: str
    membership_socket: Path | None = None
    node_name: str = "n1"
    peer_port: int = 3122


async def serve(path: Path, *lines: bytes) -> asyncio.Server:
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.writelines(lines)
        await writer.drain()
        writer.close()

    return await asyncio.start_unix_server(answer, path)


def test_a_view_survives_the_wire() -> None:
    for view in VIEWS:
        assert view_from_json(view_to_json(view)) == view


async def test_views_arrive_in_order_and_a_closed_connection_is_a_loss(tmp_path: Path) -> None:
    socket = tmp_path / "s"
    async with await serve(socket, *(encode({"view": view_to_json(view)}) for view in VIEWS)):
        seen: list[View] = []
        with pytest.raises(MembershipLost, match=str(socket)) as caught:
            async for view in LocalBackend(socket).views():
                seen.append(view)
    assert seen == list(VIEWS)
    assert caught.value.code == ExitCode.DISCONNECT


async def test_closing_ends_the_stream_without_error(tmp_path: Path) -> None:
    socket = tmp_path / "s"
    hold = asyncio.Event()

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(encode({"view": view_to_json(VIEWS[0])}))
        await hold.wait()
        writer.close()

    async with await asyncio.start_unix_server(answer, socket):
        backend = LocalBackend(socket)
        stream = backend.views()
        assert await anext(stream) == VIEWS[0]
        waiting = asyncio.ensure_future(anext(stream, None))
        await asyncio.sleep(0)
        await backend.close()
        assert await asyncio.wait_for(waiting, 5) is None
        hold.set()


@dataclass
class Engine:
    """A node agent that says `lines` for each proof that is wanted."""

    path: Path
    lines: tuple[str, ...]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(encode({"view": view_to_json(VIEWS[0])}))
        while line := await reader.readline():
            number = decode(line)["prove"]
            for said in self.lines:
                writer.write(encode({"proven": number} if said == "proven" else {"view": view_to_json(VIEWS[1])}))
        writer.close()


async def test_a_proof_comes_after_the_views_before_it(tmp_path: Path) -> None:
    engine = Engine(tmp_path / "s", ("view", "proven"))
    backend = LocalBackend(engine.path)
    assert not await backend.prove()
    seen: list[View] = []

    async def follow() -> None:
        async for view in backend.views():
            seen.append(view)
            if view == VIEWS[0]:
                started.set()

    async with await asyncio.start_unix_server(engine.answer, engine.path):
        started = asyncio.Event()
        following = asyncio.ensure_future(follow())
        await started.wait()
        assert await asyncio.gather(backend.prove(), backend.prove()) == [True, True]
        assert seen[:2] == [VIEWS[0], VIEWS[1]]
        await backend.close()
        await following


async def test_without_an_answer_nothing_is_proven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pcmk.membership.local.PROOF_PATIENCE", 0.01)
    engine = Engine(tmp_path / "s", ())
    backend = LocalBackend(engine.path)
    async with await asyncio.start_unix_server(engine.answer, engine.path):
        stream = backend.views()
        await anext(stream)
        assert not await backend.prove()
        await backend.close()


async def test_rubbish_is_refused(tmp_path: Path) -> None:
    socket = tmp_path / "s"
    async with await serve(socket, b'{"view": 3}\n'):
        with pytest.raises(MembershipLost, match="protocol"):
            await anext(LocalBackend(socket).views())


def test_the_backend_is_chosen_by_name() -> None:
    assert isinstance(open_backend(Settings("local", Path("/x")), print), LocalBackend)
    assert isinstance(open_backend(Settings("corosync"), print), CorosyncBackend)
    for settings, text in [
        (Settings("local"), "PCMK_MEMBERSHIP_SOCKET"),
        (Settings("heartbeat"), "unknown"),
    ]:
        with pytest.raises(PcmkError, match=text) as caught:
            open_backend(settings, print)
        assert caught.value.code == ExitCode.CONFIG
