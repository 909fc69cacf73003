from pcmk.rpc.v1 import common_pb2 as _common_pb2
from pcmk.rpc.v1 import link_pb2 as _link_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AttributeChange(_message.Message):
    __slots__ = ("name", "value", "node", "set_type", "set_id", "dampening_ms", "private", "set_delay_only", "remote")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    SET_TYPE_FIELD_NUMBER: _ClassVar[int]
    SET_ID_FIELD_NUMBER: _ClassVar[int]
    DAMPENING_MS_FIELD_NUMBER: _ClassVar[int]
    PRIVATE_FIELD_NUMBER: _ClassVar[int]
    SET_DELAY_ONLY_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    node: str
    set_type: str
    set_id: str
    dampening_ms: int
    private: bool
    set_delay_only: bool
    remote: bool
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ..., node: _Optional[str] = ..., set_type: _Optional[str] = ..., set_id: _Optional[str] = ..., dampening_ms: _Optional[int] = ..., private: _Optional[bool] = ..., set_delay_only: _Optional[bool] = ..., remote: _Optional[bool] = ...) -> None: ...

class AttributeUpdate(_message.Message):
    __slots__ = ("changes", "wait")
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    changes: _containers.RepeatedCompositeFieldContainer[AttributeChange]
    wait: str
    def __init__(self, changes: _Optional[_Iterable[_Union[AttributeChange, _Mapping]]] = ..., wait: _Optional[str] = ...) -> None: ...

class AttributePattern(_message.Message):
    __slots__ = ("pattern", "value", "node")
    PATTERN_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    pattern: str
    value: str
    node: str
    def __init__(self, pattern: _Optional[str] = ..., value: _Optional[str] = ..., node: _Optional[str] = ...) -> None: ...

class AttributeQuery(_message.Message):
    __slots__ = ("name", "node")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    name: str
    node: str
    def __init__(self, name: _Optional[str] = ..., node: _Optional[str] = ...) -> None: ...

class AttributeValue(_message.Message):
    __slots__ = ("name", "node", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    node: str
    value: str
    def __init__(self, name: _Optional[str] = ..., node: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class AttributeValues(_message.Message):
    __slots__ = ("known", "values")
    KNOWN_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    known: bool
    values: _containers.RepeatedCompositeFieldContainer[AttributeValue]
    def __init__(self, known: _Optional[bool] = ..., values: _Optional[_Iterable[_Union[AttributeValue, _Mapping]]] = ...) -> None: ...

class AttributePurge(_message.Message):
    __slots__ = ("node",)
    NODE_FIELD_NUMBER: _ClassVar[int]
    node: str
    def __init__(self, node: _Optional[str] = ...) -> None: ...

class AttributeClearFailures(_message.Message):
    __slots__ = ("node", "resource", "operation", "interval_ms")
    NODE_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_MS_FIELD_NUMBER: _ClassVar[int]
    node: str
    resource: str
    operation: str
    interval_ms: int
    def __init__(self, node: _Optional[str] = ..., resource: _Optional[str] = ..., operation: _Optional[str] = ..., interval_ms: _Optional[int] = ...) -> None: ...

class AttributeRefresh(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class AttributesNotice(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
