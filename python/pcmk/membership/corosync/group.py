"""Corosync's process groups: on which nodes daemons of the cluster run, in step with the ring."""

import ctypes
from collections.abc import Callable
from typing import Any

from pcmk.membership.corosync.library import OK, RingId, Service
from pcmk.membership.corosync.views import Ring

GROUP = b"pcmk"

_MODEL_V1 = 1
_INITIAL_RING = 1
_LONGEST_NAME = 128
_AGREED = 2
_NODE_DOWN, _NODE_UP = 3, 4


class _Name(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint32), ("value", ctypes.c_char * _LONGEST_NAME)]


class _Buffer(ctypes.Structure):
    _fields_ = [("start", ctypes.c_char_p), ("length", ctypes.c_size_t)]


class _Process(ctypes.Structure):
    _fields_ = [("nodeid", ctypes.c_uint32), ("pid", ctypes.c_uint32), ("reason", ctypes.c_uint32)]


_OnMessage = ctypes.CFUNCTYPE(
    None,
    ctypes.c_uint64,
    ctypes.POINTER(_Name),
    ctypes.c_uint32,
    ctypes.c_uint32,
    ctypes.c_void_p,
    ctypes.c_size_t,
)
_Processes = ctypes.POINTER(_Process)
_OnMembers = ctypes.CFUNCTYPE(
    None,
    ctypes.c_uint64,
    ctypes.POINTER(_Name),
    _Processes,
    ctypes.c_size_t,
    _Processes,
    ctypes.c_size_t,
    _Processes,
    ctypes.c_size_t,
)
_OnRing = ctypes.CFUNCTYPE(None, ctypes.c_uint64, RingId, ctypes.c_uint32, ctypes.POINTER(ctypes.c_uint32))


class _Model(ctypes.Structure):
    _fields_ = [
        ("model", ctypes.c_int),
        ("on_message", _OnMessage),
        ("on_members", _OnMembers),
        ("on_ring", _OnRing),
        ("flags", ctypes.c_uint),
    ]


class Group(Service):
    """This process's membership in the group of all daemons of the cluster, until it is closed.

    In `dispatch`, `members(node_ids, by_ring)` is called with the nodes on which a process is in the group; `by_ring`
    says that the ring is changing and `ring` is going to be called. `ring(id)` closes such a change. `heard(text)` is
    called with what any process of the group has said, in one order for all of the ring.
    """

    name = "process group"
    library = "libcpg.so.4"
    prefix = "cpg"

    def __init__(
        self,
        members: Callable[[frozenset[int], bool], None],
        ring: Callable[[Ring], None],
        heard: Callable[[bytes], None],
    ) -> None:
        super().__init__()
        self._members = members
        self._ring = ring
        self._heard = heard
        self._model = _Model(
            _MODEL_V1,
            _OnMessage(self._on_message),
            _OnMembers(self._on_members),
            _OnRing(self._on_ring),
            _INITIAL_RING,
        )
        self._check(
            self._function("model_initialize")(ctypes.byref(self._handle), _MODEL_V1, ctypes.byref(self._model), None)
        )
        name = _Name(len(GROUP), GROUP)
        self._begin(lambda: self._function("join")(self._handle, ctypes.byref(name)))

    def say(self, text: bytes) -> bool:
        """Say something to all processes of the group, this one too; false if a ring is just being formed."""
        buffer = _Buffer(text, len(text))
        return self._function("mcast_joined")(self._handle, _AGREED, ctypes.byref(buffer), 1) == OK

    def _on_message(self, _handle: int, _name: Any, _node: int, _pid: int, text: int, length: int) -> None:
        said = ctypes.string_at(text, length)
        self._guard(lambda: self._heard(said))

    def _on_members(
        self,
        _handle: int,
        _name: Any,
        members: Any,
        members_count: int,
        left: Any,
        left_count: int,
        joined: Any,
        joined_count: int,
    ) -> None:
        nodes = frozenset(members[i].nodeid for i in range(members_count))
        reasons = {left[i].reason for i in range(left_count)} | {joined[i].reason for i in range(joined_count)}
        by_ring = bool(reasons & {_NODE_DOWN, _NODE_UP})
        self._guard(lambda: self._members(nodes, by_ring))

    def _on_ring(self, _handle: int, ring: RingId, _count: int, _members: Any) -> None:
        id = Ring(ring.seq, ring.nodeid)
        self._guard(lambda: self._ring(id))
