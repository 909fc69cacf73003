"""What is written to a stream, and when."""

import asyncio

import pytest

from pcmk.rpc.outbox import JOINED_BYTES, Outbox, OutboxFullError
from pcmk.rpc.v1 import link_pb2


class Stream:
    """Collects what is written; `written` is set by each write."""

    def __init__(self, outbox: Outbox) -> None:
        self.chunks: list[bytes] = []
        self.written = asyncio.Event()
        self.task = asyncio.create_task(outbox.write_all(self._write))

    async def _write(self, data: bytes) -> None:
        self.chunks.append(data)
        self.written.set()
        await asyncio.sleep(0)

    async def next_write(self) -> None:
        await self.written.wait()
        self.written.clear()


async def test_what_waits_goes_out_as_one_in_its_order() -> None:
    outbox = Outbox(joins=True)
    for part in (b"a", b"b", b"c"):
        outbox.put(part)
    outbox.close()
    stream = Stream(outbox)
    await stream.task
    assert stream.chunks == [b"abc"]


async def test_without_joining_each_thing_is_written_alone() -> None:
    outbox = Outbox()
    for part in (b"a", b"b", b"c"):
        outbox.put(part)
    outbox.close()
    stream = Stream(outbox)
    await stream.task
    assert stream.chunks == [b"a", b"b", b"c"]


async def test_chunks_one_after_the_other_are_one_chunk_with_all_messages() -> None:
    chunks = [link_pb2.LinkCalls(calls=(link_pb2.LinkCall(id=id),)).SerializeToString() for id in (1, 2, 3)]
    assert [call.id for call in link_pb2.LinkCalls.FromString(b"".join(chunks)).calls] == [1, 2, 3]


async def test_joining_has_a_limit_but_for_what_is_larger_by_itself() -> None:
    outbox = Outbox(joins=True)
    half, large = b"x" * (JOINED_BYTES // 2), b"y" * (JOINED_BYTES * 2)
    for part in (half, half, half, large, half):
        outbox.put(part)
    outbox.close()
    stream = Stream(outbox)
    await stream.task
    assert stream.chunks == [half + half, half, large, half]


async def test_what_can_wait_goes_at_once_after_a_silence_and_then_waits_for_company() -> None:
    outbox = Outbox(joins=True, patience=0.2)
    stream = Stream(outbox)
    outbox.put(b"a", can_wait=True)
    await stream.next_write()
    for part in (b"b", b"c"):
        outbox.put(part, can_wait=True)
        for _ in range(10):
            await asyncio.sleep(0)
    await stream.next_write()
    assert stream.chunks == [b"a", b"bc"]
    stream.task.cancel()


async def test_what_can_not_wait_takes_along_what_came_before_it() -> None:
    outbox = Outbox(joins=True, patience=3600.0)
    stream = Stream(outbox)
    outbox.put(b"a", can_wait=True)
    await stream.next_write()
    outbox.put(b"b", can_wait=True)
    outbox.put(b"c")
    await stream.next_write()
    assert stream.chunks == [b"a", b"bc"]
    outbox.put(b"d", can_wait=True)
    outbox.close()
    await stream.task
    assert stream.chunks == [b"a", b"bc", b"d"]


async def test_too_much_breaks_the_stream_however_patient_the_reader_is() -> None:
    outbox = Outbox(3, joins=True, patience=3600.0)
    stream = Stream(outbox)
    outbox.put(b"a", can_wait=True)
    await stream.next_write()
    outbox.put(b"bcde", can_wait=True)
    with pytest.raises(OutboxFullError):
        await stream.task
