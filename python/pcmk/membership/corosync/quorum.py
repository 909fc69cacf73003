"""Corosync's quorum service: which ring is in force and whether it has quorum."""

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

from pcmk.membership.corosync.library import DISPATCH_ALL, Callbacks, RingId, check, load, patiently
from pcmk.membership.corosync.views import Ring

_MODEL_V1 = 1
_TRACK_CURRENT_AND_CHANGES = 1 | 2

_Ids = ctypes.POINTER(ctypes.c_uint32)
_OnQuorum = ctypes.CFUNCTYPE(None, ctypes.c_uint64, ctypes.c_uint32, RingId, ctypes.c_uint32, _Ids)
_OnNodes = ctypes.CFUNCTYPE(
    None,
    ctypes.c_uint64,
    RingId,
    ctypes.c_uint32,
    _Ids,
    ctypes.c_uint32,
    _Ids,
    ctypes.c_uint32,
    _Ids,
)


class _Model(ctypes.Structure):
    _fields_ = [("model", ctypes.c_int), ("on_quorum", _OnQuorum), ("on_nodes", _OnNodes)]


@cache
def _library() -> Any:
    return load("libquorum.so.5")


class Quorum:
    """A connection; `told(ring, quorate)` is called in `dispatch`, first with the state as it is."""

    def __init__(self, told: Callable[[Ring, bool], None]) -> None:
        self._callbacks = Callbacks()
        self._told = told
        self._handle = ctypes.c_uint64()
        # Which nodes are there is told by the process group service; both functions have to be given.
        self._model = _Model(_MODEL_V1, _OnQuorum(self._on_quorum), _OnNodes(lambda *_: None))
        library, kind = _library(), ctypes.c_uint32()
        check(
            "quorum",
            library.quorum_model_initialize(
                ctypes.byref(self._handle), _MODEL_V1, ctypes.byref(self._model), ctypes.byref(kind), None
            ),
        )
        patiently("quorum", lambda: library.quorum_trackstart(self._handle, _TRACK_CURRENT_AND_CHANGES))

    @property
    def descriptor(self) -> int:
        """Readable when `dispatch` has work."""
        descriptor = ctypes.c_int()
        check("quorum", _library().quorum_fd_get(self._handle, ctypes.byref(descriptor)))
        return descriptor.value

    def dispatch(self) -> None:
        """Call back what has happened; raises `CorosyncError`."""
        check("quorum", _library().quorum_dispatch(self._handle, DISPATCH_ALL))
        self._callbacks.dispatched()

    def close(self) -> None:
        """Give up the connection."""
        _library().quorum_finalize(self._handle)

    def _on_quorum(self, _handle: int, quorate: int, ring: RingId, _count: int, _members: Any) -> None:
        id = Ring(ring.seq, ring.nodeid)
        self._callbacks.guard(lambda: self._told(id, bool(quorate)))
