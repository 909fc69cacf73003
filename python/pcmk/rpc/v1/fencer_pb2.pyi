from pcmk.rpc.v1 import common_pb2 as _common_pb2
from pcmk.rpc.v1 import link_pb2 as _link_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Fence(_message.Message):
    __slots__ = ("target", "action", "timeout", "delay", "tolerance", "allow_self", "life")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    DELAY_FIELD_NUMBER: _ClassVar[int]
    TOLERANCE_FIELD_NUMBER: _ClassVar[int]
    ALLOW_SELF_FIELD_NUMBER: _ClassVar[int]
    LIFE_FIELD_NUMBER: _ClassVar[int]
    target: str
    action: str
    timeout: float
    delay: float
    tolerance: float
    allow_self: bool
    life: float
    def __init__(self, target: _Optional[str] = ..., action: _Optional[str] = ..., timeout: _Optional[float] = ..., delay: _Optional[float] = ..., tolerance: _Optional[float] = ..., allow_self: _Optional[bool] = ..., life: _Optional[float] = ...) -> None: ...

class FenceResult(_message.Message):
    __slots__ = ("id", "target", "action", "outcome", "delegate", "origin", "client", "reason", "completed", "no_device")
    ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    DELEGATE_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_FIELD_NUMBER: _ClassVar[int]
    NO_DEVICE_FIELD_NUMBER: _ClassVar[int]
    id: str
    target: str
    action: str
    outcome: str
    delegate: str
    origin: str
    client: str
    reason: str
    completed: float
    no_device: bool
    def __init__(self, id: _Optional[str] = ..., target: _Optional[str] = ..., action: _Optional[str] = ..., outcome: _Optional[str] = ..., delegate: _Optional[str] = ..., origin: _Optional[str] = ..., client: _Optional[str] = ..., reason: _Optional[str] = ..., completed: _Optional[float] = ..., no_device: _Optional[bool] = ...) -> None: ...

class ConfirmFenced(_message.Message):
    __slots__ = ("target",)
    TARGET_FIELD_NUMBER: _ClassVar[int]
    target: str
    def __init__(self, target: _Optional[str] = ...) -> None: ...

class FenceHistoryQuery(_message.Message):
    __slots__ = ("target",)
    TARGET_FIELD_NUMBER: _ClassVar[int]
    target: str
    def __init__(self, target: _Optional[str] = ...) -> None: ...

class FenceEvent(_message.Message):
    __slots__ = ("id", "target", "action", "state", "delegate", "origin", "client", "reason", "completed")
    ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DELEGATE_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_FIELD_NUMBER: _ClassVar[int]
    id: str
    target: str
    action: str
    state: str
    delegate: str
    origin: str
    client: str
    reason: str
    completed: float
    def __init__(self, id: _Optional[str] = ..., target: _Optional[str] = ..., action: _Optional[str] = ..., state: _Optional[str] = ..., delegate: _Optional[str] = ..., origin: _Optional[str] = ..., client: _Optional[str] = ..., reason: _Optional[str] = ..., completed: _Optional[float] = ...) -> None: ...

class FenceHistory(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[FenceEvent]
    def __init__(self, events: _Optional[_Iterable[_Union[FenceEvent, _Mapping]]] = ...) -> None: ...

class FenceHistoryClean(_message.Message):
    __slots__ = ("target",)
    TARGET_FIELD_NUMBER: _ClassVar[int]
    target: str
    def __init__(self, target: _Optional[str] = ...) -> None: ...

class DevicesQuery(_message.Message):
    __slots__ = ("target",)
    TARGET_FIELD_NUMBER: _ClassVar[int]
    target: str
    def __init__(self, target: _Optional[str] = ...) -> None: ...

class Device(_message.Message):
    __slots__ = ("id", "agent", "node")
    ID_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    id: str
    agent: str
    node: str
    def __init__(self, id: _Optional[str] = ..., agent: _Optional[str] = ..., node: _Optional[str] = ...) -> None: ...

class Devices(_message.Message):
    __slots__ = ("devices",)
    DEVICES_FIELD_NUMBER: _ClassVar[int]
    devices: _containers.RepeatedCompositeFieldContainer[Device]
    def __init__(self, devices: _Optional[_Iterable[_Union[Device, _Mapping]]] = ...) -> None: ...

class RegisterDevice(_message.Message):
    __slots__ = ("device", "agent", "params")
    class ParamsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    AGENT_FIELD_NUMBER: _ClassVar[int]
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    device: str
    agent: str
    params: _containers.ScalarMap[str, str]
    def __init__(self, device: _Optional[str] = ..., agent: _Optional[str] = ..., params: _Optional[_Mapping[str, str]] = ...) -> None: ...

class DeregisterDevice(_message.Message):
    __slots__ = ("device",)
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    device: str
    def __init__(self, device: _Optional[str] = ...) -> None: ...

class FencingLevel(_message.Message):
    __slots__ = ("kind", "key", "value", "index", "devices")
    KIND_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    DEVICES_FIELD_NUMBER: _ClassVar[int]
    kind: str
    key: str
    value: str
    index: int
    devices: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, kind: _Optional[str] = ..., key: _Optional[str] = ..., value: _Optional[str] = ..., index: _Optional[int] = ..., devices: _Optional[_Iterable[str]] = ...) -> None: ...

class RegisterLevel(_message.Message):
    __slots__ = ("level",)
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    level: FencingLevel
    def __init__(self, level: _Optional[_Union[FencingLevel, _Mapping]] = ...) -> None: ...

class DeregisterLevel(_message.Message):
    __slots__ = ("level",)
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    level: FencingLevel
    def __init__(self, level: _Optional[_Union[FencingLevel, _Mapping]] = ...) -> None: ...

class DeviceCommand(_message.Message):
    __slots__ = ("device", "action", "target", "timeout")
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    device: str
    action: str
    target: str
    timeout: float
    def __init__(self, device: _Optional[str] = ..., action: _Optional[str] = ..., target: _Optional[str] = ..., timeout: _Optional[float] = ...) -> None: ...

class DeviceAnswer(_message.Message):
    __slots__ = ("rc", "status", "output", "reason")
    RC_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    rc: int
    status: int
    output: str
    reason: str
    def __init__(self, rc: _Optional[int] = ..., status: _Optional[int] = ..., output: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class FencerNotice(_message.Message):
    __slots__ = ("fence_result",)
    FENCE_RESULT_FIELD_NUMBER: _ClassVar[int]
    fence_result: FenceResult
    def __init__(self, fence_result: _Optional[_Union[FenceResult, _Mapping]] = ...) -> None: ...
