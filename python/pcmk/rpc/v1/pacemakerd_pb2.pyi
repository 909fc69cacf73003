from pcmk.rpc.v1 import common_pb2 as _common_pb2
from pcmk.rpc.v1 import link_pb2 as _link_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SupervisorQuery(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DaemonState(_message.Message):
    __slots__ = ("name", "pid", "state", "respawns")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    RESPAWNS_FIELD_NUMBER: _ClassVar[int]
    name: str
    pid: int
    state: str
    respawns: int
    def __init__(self, name: _Optional[str] = ..., pid: _Optional[int] = ..., state: _Optional[str] = ..., respawns: _Optional[int] = ...) -> None: ...

class SupervisorStatus(_message.Message):
    __slots__ = ("state", "last_progress", "daemons")
    STATE_FIELD_NUMBER: _ClassVar[int]
    LAST_PROGRESS_FIELD_NUMBER: _ClassVar[int]
    DAEMONS_FIELD_NUMBER: _ClassVar[int]
    state: str
    last_progress: int
    daemons: _containers.RepeatedCompositeFieldContainer[DaemonState]
    def __init__(self, state: _Optional[str] = ..., last_progress: _Optional[int] = ..., daemons: _Optional[_Iterable[_Union[DaemonState, _Mapping]]] = ...) -> None: ...

class ShutdownRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SupervisorNotice(_message.Message):
    __slots__ = ("supervisor_status",)
    SUPERVISOR_STATUS_FIELD_NUMBER: _ClassVar[int]
    supervisor_status: SupervisorStatus
    def __init__(self, supervisor_status: _Optional[_Union[SupervisorStatus, _Mapping]] = ...) -> None: ...
