from pcmk.rpc.v1 import fencer_pb2 as _fencer_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FenceOp(_message.Message):
    __slots__ = ("id", "target", "action", "timeout", "delay", "allow_self", "client", "origin", "owner")
    ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    DELAY_FIELD_NUMBER: _ClassVar[int]
    ALLOW_SELF_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    id: str
    target: str
    action: str
    timeout: float
    delay: float
    allow_self: bool
    client: str
    origin: str
    owner: str
    def __init__(self, id: _Optional[str] = ..., target: _Optional[str] = ..., action: _Optional[str] = ..., timeout: _Optional[float] = ..., delay: _Optional[float] = ..., allow_self: _Optional[bool] = ..., client: _Optional[str] = ..., origin: _Optional[str] = ..., owner: _Optional[str] = ...) -> None: ...

class FenceQuery(_message.Message):
    __slots__ = ("op",)
    OP_FIELD_NUMBER: _ClassVar[int]
    op: FenceOp
    def __init__(self, op: _Optional[_Union[FenceOp, _Mapping]] = ...) -> None: ...

class DevicesAsked(_message.Message):
    __slots__ = ("id", "target")
    ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    id: str
    target: str
    def __init__(self, id: _Optional[str] = ..., target: _Optional[str] = ...) -> None: ...

class OfferedDevice(_message.Message):
    __slots__ = ("device", "agent", "verified", "timeout", "delay", "required", "on_after_off")
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    DELAY_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    ON_AFTER_OFF_FIELD_NUMBER: _ClassVar[int]
    device: str
    agent: str
    verified: bool
    timeout: float
    delay: float
    required: bool
    on_after_off: bool
    def __init__(self, device: _Optional[str] = ..., agent: _Optional[str] = ..., verified: _Optional[bool] = ..., timeout: _Optional[float] = ..., delay: _Optional[float] = ..., required: _Optional[bool] = ..., on_after_off: _Optional[bool] = ...) -> None: ...

class FenceOffer(_message.Message):
    __slots__ = ("id", "devices")
    ID_FIELD_NUMBER: _ClassVar[int]
    DEVICES_FIELD_NUMBER: _ClassVar[int]
    id: str
    devices: _containers.RepeatedCompositeFieldContainer[OfferedDevice]
    def __init__(self, id: _Optional[str] = ..., devices: _Optional[_Iterable[_Union[OfferedDevice, _Mapping]]] = ...) -> None: ...

class FenceExecute(_message.Message):
    __slots__ = ("id", "attempt", "target", "action", "device", "timeout", "delay", "sole")
    ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    DELAY_FIELD_NUMBER: _ClassVar[int]
    SOLE_FIELD_NUMBER: _ClassVar[int]
    id: str
    attempt: int
    target: str
    action: str
    device: str
    timeout: float
    delay: float
    sole: bool
    def __init__(self, id: _Optional[str] = ..., attempt: _Optional[int] = ..., target: _Optional[str] = ..., action: _Optional[str] = ..., device: _Optional[str] = ..., timeout: _Optional[float] = ..., delay: _Optional[float] = ..., sole: _Optional[bool] = ...) -> None: ...

class FenceExecuted(_message.Message):
    __slots__ = ("id", "attempt", "rc", "status", "reason", "ran")
    ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    RC_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RAN_FIELD_NUMBER: _ClassVar[int]
    id: str
    attempt: int
    rc: int
    status: int
    reason: str
    ran: bool
    def __init__(self, id: _Optional[str] = ..., attempt: _Optional[int] = ..., rc: _Optional[int] = ..., status: _Optional[int] = ..., reason: _Optional[str] = ..., ran: _Optional[bool] = ...) -> None: ...

class FenceFinished(_message.Message):
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: _fencer_pb2.FenceResult
    def __init__(self, result: _Optional[_Union[_fencer_pb2.FenceResult, _Mapping]] = ...) -> None: ...

class FenceRelay(_message.Message):
    __slots__ = ("op",)
    OP_FIELD_NUMBER: _ClassVar[int]
    op: FenceOp
    def __init__(self, op: _Optional[_Union[FenceOp, _Mapping]] = ...) -> None: ...

class KnownFence(_message.Message):
    __slots__ = ("op", "result")
    OP_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    op: FenceOp
    result: _fencer_pb2.FenceResult
    def __init__(self, op: _Optional[_Union[FenceOp, _Mapping]] = ..., result: _Optional[_Union[_fencer_pb2.FenceResult, _Mapping]] = ...) -> None: ...

class FenceHistorySync(_message.Message):
    __slots__ = ("known",)
    KNOWN_FIELD_NUMBER: _ClassVar[int]
    known: _containers.RepeatedCompositeFieldContainer[KnownFence]
    def __init__(self, known: _Optional[_Iterable[_Union[KnownFence, _Mapping]]] = ...) -> None: ...

class NodeWatchdog(_message.Message):
    __slots__ = ("node", "timeout")
    NODE_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    node: str
    timeout: float
    def __init__(self, node: _Optional[str] = ..., timeout: _Optional[float] = ...) -> None: ...

class FenceWatchdog(_message.Message):
    __slots__ = ("timeout", "others")
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    OTHERS_FIELD_NUMBER: _ClassVar[int]
    timeout: float
    others: _containers.RepeatedCompositeFieldContainer[NodeWatchdog]
    def __init__(self, timeout: _Optional[float] = ..., others: _Optional[_Iterable[_Union[NodeWatchdog, _Mapping]]] = ...) -> None: ...

class FenceHistoryForget(_message.Message):
    __slots__ = ("target",)
    TARGET_FIELD_NUMBER: _ClassVar[int]
    target: str
    def __init__(self, target: _Optional[str] = ...) -> None: ...
