"""Children of a process that speaks gRPC."""

import subprocess
import sys
from pathlib import Path

FORKS = 300
PROGRAM = f"""
import asyncio, os, sys, threading
import pcmk.rpc
import grpc.aio

address, stop = "unix:" + sys.argv[1], threading.Event()

async def speak():
    while not stop.is_set():
        server = grpc.aio.server()
        server.add_insecure_port(address)
        await server.start()
        async with grpc.aio.insecure_channel(address) as channel:
            try:
                await channel.unary_unary("/nobody/answers")(b"")
            except grpc.aio.AioRpcError:
                spoken.set()
        await server.stop(None)

spoken = threading.Event()
speaker = threading.Thread(target=lambda: asyncio.run(speak()))
speaker.start()
spoken.wait()
ends = set()
for _ in range({FORKS}):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    ends.add(os.waitpid(pid, 0)[1])
stop.set()
speaker.join()
print(ends)
"""


def test_what_is_forked_while_grpc_works_lives(tmp_path: Path):
    words = [sys.executable, "-c", PROGRAM, str(tmp_path / "socket")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == ("{0}\n", 0), done.stderr
