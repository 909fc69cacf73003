"""Corosync's quorum service: which ring is in force and whether it has quorum."""

import ctypes
from collections.abc import Callable
from typing import Any

from pcmk.membership.corosync.library import RingId, Service
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


class Quorum(Service):
    """A connection; `told(ring, quorate)` is called in `dispatch`, first with the state as it is."""

    name = "quorum"
    library = "libquorum.so.5"
    prefix = "quorum"

    def __init__(self, told: Callable[[Ring, bool], None]) -> None:
        super().__init__()
        self._told = told
        # Which nodes are there is told by the process group service; both functions have to be given.
        self._model = _Model(_MODEL_V1, _OnQuorum(self._on_quorum), _OnNodes(lambda *_: None))
        kind = ctypes.c_uint32()
        self._check(
            self._function("model_initialize")(
                ctypes.byref(self._handle), _MODEL_V1, ctypes.byref(self._model), ctypes.byref(kind), None
            )
        )
        self._begin(lambda: self._function("trackstart")(self._handle, _TRACK_CURRENT_AND_CHANGES))

    def _on_quorum(self, _handle: int, quorate: int, ring: RingId, _count: int, _members: Any) -> None:
        id = Ring(ring.seq, ring.nodeid)
        self._guard(lambda: self._told(id, bool(quorate)))
