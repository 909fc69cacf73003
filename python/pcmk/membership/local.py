"""The `local` backend: reads the views that the node agent of a sandbox node serves on a Unix socket."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from pcmk.kernel.messages.common import View
from pcmk.membership.base import MembershipLost
from pcmk.membership.wire import decode, encode, view_from_json

CONNECT_PATIENCE = 10.0
RETRY_PAUSE = 0.1
PROOF_PATIENCE = 5.0


class LocalBackend:
    """Views of this node, from the agent's socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._writer: asyncio.StreamWriter | None = None
        self._closed = False
        self._proofs: dict[int, asyncio.Future[bool]] = {}
        self._last_proof = 0

    async def views(self) -> AsyncIterator[View]:
        """See `Backend.views`."""
        reader = await self._connect()
        try:
            while not self._closed:
                line = await self._read(reader)
                if not line.endswith(b"\n"):
                    if self._closed:
                        return
                    raise MembershipLost(f"{self._socket}: the node agent closed the connection")
                message = self._parse(line)
                if isinstance(message, View):
                    yield message
                elif (proof := self._proofs.get(message)) is not None and not proof.done():
                    proof.set_result(True)
        finally:
            await self.close()

    async def prove(self) -> bool:
        """See `Backend.prove`. The coordinator answers, by the way that views take."""
        if self._writer is None:
            return False
        self._last_proof += 1
        number = self._last_proof
        proof = self._proofs[number] = asyncio.get_running_loop().create_future()
        self._writer.write(encode({"prove": number}))
        try:
            return await asyncio.wait_for(proof, PROOF_PATIENCE)
        except TimeoutError:
            return False
        finally:
            del self._proofs[number]

    async def close(self) -> None:
        """See `Backend.close`."""
        self._closed = True
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    async def _connect(self) -> asyncio.StreamReader:
        deadline = asyncio.get_running_loop().time() + CONNECT_PATIENCE
        while True:
            try:
                reader, self._writer = await asyncio.open_unix_connection(self._socket, limit=1 << 20)
                return reader
            except OSError as error:
                if asyncio.get_running_loop().time() >= deadline:
                    raise MembershipLost(f"{self._socket}: no node agent answers: {error.strerror}") from error
                await asyncio.sleep(RETRY_PAUSE)

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readline()
        except (OSError, ValueError) as error:
            raise MembershipLost(f"{self._socket}: {error}") from error

    def _parse(self, line: bytes) -> View | int:
        """A view, or the number of a proof."""
        try:
            message = decode(line)
            proven = message.get("proven")
            return proven if isinstance(proven, int) else view_from_json(message.get("view"))
        except ValueError as error:
            raise MembershipLost(f"{self._socket}: the node agent does not speak the protocol: {error}") from error
