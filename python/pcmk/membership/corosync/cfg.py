"""Corosync's service for its own control: whether it may be shut down."""

import asyncio
import ctypes
from collections.abc import Callable

from pcmk.membership.corosync.library import CorosyncError, Service

_NO = 0
_RETRY_PAUSE = 1.0

_OnShutdown = ctypes.CFUNCTYPE(None, ctypes.c_uint64, ctypes.c_int)


class _Callbacks(ctypes.Structure):
    _fields_ = [("on_shutdown", _OnShutdown)]


class Cfg(Service):
    """A connection; `asked` is called in `dispatch` when somebody wants Corosync to end, which has been refused then.
    Those who force it do not ask."""

    name = "control"
    library = "libcfg.so.7"
    prefix = "corosync_cfg"

    def __init__(self, asked: Callable[[], None]) -> None:
        super().__init__()
        self._asked = asked
        self._callbacks = _Callbacks(_OnShutdown(self._on_shutdown))
        self._check(self._function("initialize")(ctypes.byref(self._handle), ctypes.byref(self._callbacks)))
        self._begin(lambda: self._function("trackstart")(self._handle, 0))

    def _on_shutdown(self, handle: int, _flags: int) -> None:
        self._guard(lambda: self._refuse(handle))

    def _refuse(self, handle: int) -> None:
        self._check(self._function("replyto_shutdown")(ctypes.c_uint64(handle), _NO))
        self._asked()


async def refuse_shutdown(log: Callable[[str, str], None]) -> None:
    """As long as this runs, `corosync-cfgtool -H` fails on this node: what runs here would be fenced.

    It outlives a restart of Corosync. Raises `PcmkError` (CONFIG) where Corosync's library is missing.
    """
    while True:
        try:
            cfg = Cfg(lambda: log("warning", "Corosync is not to be shut down before the cluster is: refused"))
        except CorosyncError:
            await asyncio.sleep(_RETRY_PAUSE)
            continue
        await _follow(cfg)


async def _follow(cfg: Cfg) -> None:
    """Dispatch until the connection breaks."""
    loop = asyncio.get_running_loop()
    broken: asyncio.Future[None] = loop.create_future()

    def dispatch() -> None:
        try:
            cfg.dispatch()
        except CorosyncError:
            loop.remove_reader(descriptor)
            broken.set_result(None)

    descriptor = cfg.descriptor
    loop.add_reader(descriptor, dispatch)
    try:
        await broken
    finally:
        loop.remove_reader(descriptor)
        cfg.close()
