"""The life of a daemon's process, from its environment to its exit code."""

import asyncio
import resource
import secrets
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from pcmk.kernel.core import Core, Exit, Started, Terminate, ViewChanged
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.runtime.actor import Actor, EffectHandler
from pcmk.runtime.logs import Logger, open_log
from pcmk.runtime.memory import give_back, keep_together
from pcmk.runtime.settings import Settings, from_environment

if TYPE_CHECKING:
    from pcmk.runtime.network import Sockets

Build: TypeAlias = Callable[[Actor], Awaitable[tuple[Core[Any, Any], EffectHandler | None]]]

OPEN_FILES = 16384
# How long a handler may take to release what it holds, and replies to leave the process.
_CLOSE_SECONDS = 2.0
# How often free memory is given back.
_TRIM_SECONDS = 60.0


def run_daemon(
    daemon: Daemon,
    build: Build,
    *,
    links: tuple[Daemon, ...] = (),
    peers: bool = False,
    views: bool = False,
    patience: float | None = None,
    settings: Settings | None = None,
) -> int:
    """Run a daemon until it ends; the exit code is for the caller to end the process with.

    `build(actor)` is awaited once, before any thread or gRPC is started: it reads what is on disk and returns the core
    and the handler of the daemon's own effects (None if there are none). It may raise `PcmkError`, whose code becomes
    the exit code. `links` are the local daemons that the core may `Call`, whose notices are subscribed, and whose state
    is told by `LinkUp` and `LinkDown`; a daemon that makes nothing of most notices has more `patience` than others (see
    `Link`). `peers` connects the same daemon of all members; it needs `views`, which makes the core see `ViewChanged`.
    Call this in the process that is the daemon, after any fork.
    """
    try:
        settings = settings or from_environment()
    except PcmkError as error:
        print(f"{daemon.value}: {error.message}", file=sys.stderr)
        return error.code
    logger = open_log(daemon.value, settings.node_name, settings.log_file, settings.debugs(daemon))
    keep_together()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(_live(daemon, build, links, peers, views, patience, settings, logger))
    except PcmkError as error:
        logger.log("error", error.message)
        return error.code
    except Exception as error:  # noqa: BLE001 - the last place that can report a bug
        logger.log("crit", "".join(traceback.format_exception(error)).rstrip())
        return ExitCode.SOFTWARE
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def _live(
    daemon: Daemon,
    build: Build,
    links: tuple[Daemon, ...],
    peers: bool,
    views: bool,
    patience: float | None,
    settings: Settings,
    logger: Logger,
) -> int:
    from pcmk.rpc.links import PATIENCE
    from pcmk.runtime.network import Sockets

    actor = Actor(settings, secrets.token_hex(16), logger)
    for number in (signal.SIGTERM, signal.SIGINT):
        actor.loop.add_signal_handler(number, actor.post, Terminate())
    sockets = Sockets(daemon, links, peers, actor, PATIENCE if patience is None else patience)
    sockets.claim()
    actor.post(Started())
    core, handler = await build(actor)
    try:
        actor.start(core, handler, sockets)
        _allow_many_files()
        await sockets.open()
        actor.spawn(_stay_small(), "free memory")
        if views:
            actor.spawn(_follow_views(actor, sockets), "membership")
        end = await actor.ended
    finally:
        await _close(actor, sockets, handler)
    actor.log("info" if end.code == ExitCode.OK else "error", f"Exiting with {end.code}: {end.reason}")
    return end.code


def _allow_many_files() -> None:
    """Have enough open files for thousands of clients, each of which takes three; services are given few by default.
    Not as many as the system allows: agents inherit it, and some programs close every file that they could have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < min(OPEN_FILES, hard):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(OPEN_FILES, hard), hard))


async def _stay_small() -> None:
    while True:
        await asyncio.sleep(_TRIM_SECONDS)
        give_back()


async def _follow_views(actor: Actor, sockets: "Sockets") -> None:
    from pcmk.membership import open_backend

    try:
        backend = open_backend(actor.settings, actor.log)
        actor.membership = backend
        async for view in backend.views():
            # First, so that everything of a node that left comes before the view without it.
            sockets.view_changed(view)
            actor.post(ViewChanged(view))
        end = Exit(ExitCode.DISCONNECT, "membership ended")
    except PcmkError as error:
        end = Exit(error.code, f"membership is lost: {error.message}")
    if not actor.ended.done():
        # Without membership nothing that this process knows of other nodes can be trusted.
        actor.ended.set_result(end)


async def _close(actor: Actor, sockets: "Sockets", handler: EffectHandler | None) -> None:
    """Let replies and notices out, then stop everything; what can't be closed in time dies with the process."""
    await sockets.close(_CLOSE_SECONDS)
    if handler is not None:
        try:
            await asyncio.wait_for(handler.close(), _CLOSE_SECONDS)
        except TimeoutError:
            actor.log("warning", "Not everything could be released in time")
    await actor.stop_tasks()
