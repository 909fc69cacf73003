from pcmk.rpc.v1 import attributes_pb2 as _attributes_pb2
from pcmk.rpc.v1 import based_peer_pb2 as _based_peer_pb2
from pcmk.rpc.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Order(_message.Message):
    __slots__ = ("term", "seq")
    TERM_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    term: int
    seq: int
    def __init__(self, term: _Optional[int] = ..., seq: _Optional[int] = ...) -> None: ...

class AttributeKind(_message.Message):
    __slots__ = ("name", "order", "set_type", "set_id", "dampening_ms", "private")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    SET_TYPE_FIELD_NUMBER: _ClassVar[int]
    SET_ID_FIELD_NUMBER: _ClassVar[int]
    DAMPENING_MS_FIELD_NUMBER: _ClassVar[int]
    PRIVATE_FIELD_NUMBER: _ClassVar[int]
    name: str
    order: Order
    set_type: str
    set_id: str
    dampening_ms: int
    private: bool
    def __init__(self, name: _Optional[str] = ..., order: _Optional[_Union[Order, _Mapping]] = ..., set_type: _Optional[str] = ..., set_id: _Optional[str] = ..., dampening_ms: _Optional[int] = ..., private: _Optional[bool] = ...) -> None: ...

class AttributeRow(_message.Message):
    __slots__ = ("name", "node", "value", "order", "remote")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    name: str
    node: str
    value: str
    order: Order
    remote: bool
    def __init__(self, name: _Optional[str] = ..., node: _Optional[str] = ..., value: _Optional[str] = ..., order: _Optional[_Union[Order, _Mapping]] = ..., remote: _Optional[bool] = ...) -> None: ...

class NodeDropped(_message.Message):
    __slots__ = ("node", "order")
    NODE_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    node: str
    order: Order
    def __init__(self, node: _Optional[str] = ..., order: _Optional[_Union[Order, _Mapping]] = ...) -> None: ...

class AttributeTable(_message.Message):
    __slots__ = ("kinds", "rows", "dropped", "done")
    KINDS_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    DROPPED_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    kinds: _containers.RepeatedCompositeFieldContainer[AttributeKind]
    rows: _containers.RepeatedCompositeFieldContainer[AttributeRow]
    dropped: _containers.RepeatedCompositeFieldContainer[NodeDropped]
    done: _containers.RepeatedCompositeFieldContainer[_based_peer_pb2.RequestId]
    def __init__(self, kinds: _Optional[_Iterable[_Union[AttributeKind, _Mapping]]] = ..., rows: _Optional[_Iterable[_Union[AttributeRow, _Mapping]]] = ..., dropped: _Optional[_Iterable[_Union[NodeDropped, _Mapping]]] = ..., done: _Optional[_Iterable[_Union[_based_peer_pb2.RequestId, _Mapping]]] = ...) -> None: ...

class CollectTables(_message.Message):
    __slots__ = ("term",)
    TERM_FIELD_NUMBER: _ClassVar[int]
    term: int
    def __init__(self, term: _Optional[int] = ...) -> None: ...

class TableCollected(_message.Message):
    __slots__ = ("term", "table")
    TERM_FIELD_NUMBER: _ClassVar[int]
    TABLE_FIELD_NUMBER: _ClassVar[int]
    term: int
    table: AttributeTable
    def __init__(self, term: _Optional[int] = ..., table: _Optional[_Union[AttributeTable, _Mapping]] = ...) -> None: ...

class AdoptTable(_message.Message):
    __slots__ = ("order", "table")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    TABLE_FIELD_NUMBER: _ClassVar[int]
    order: Order
    table: AttributeTable
    def __init__(self, order: _Optional[_Union[Order, _Mapping]] = ..., table: _Optional[_Union[AttributeTable, _Mapping]] = ...) -> None: ...

class Ordered(_message.Message):
    __slots__ = ("order", "kinds", "rows", "dropped", "request")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    DROPPED_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    order: Order
    kinds: _containers.RepeatedCompositeFieldContainer[AttributeKind]
    rows: _containers.RepeatedCompositeFieldContainer[AttributeRow]
    dropped: _containers.RepeatedCompositeFieldContainer[NodeDropped]
    request: _based_peer_pb2.RequestId
    def __init__(self, order: _Optional[_Union[Order, _Mapping]] = ..., kinds: _Optional[_Iterable[_Union[AttributeKind, _Mapping]]] = ..., rows: _Optional[_Iterable[_Union[AttributeRow, _Mapping]]] = ..., dropped: _Optional[_Iterable[_Union[NodeDropped, _Mapping]]] = ..., request: _Optional[_Union[_based_peer_pb2.RequestId, _Mapping]] = ...) -> None: ...

class OrderApplied(_message.Message):
    __slots__ = ("order",)
    ORDER_FIELD_NUMBER: _ClassVar[int]
    order: Order
    def __init__(self, order: _Optional[_Union[Order, _Mapping]] = ...) -> None: ...

class NeedTable(_message.Message):
    __slots__ = ("term",)
    TERM_FIELD_NUMBER: _ClassVar[int]
    term: int
    def __init__(self, term: _Optional[int] = ...) -> None: ...

class AttributeForward(_message.Message):
    __slots__ = ("request", "update", "pattern", "purge", "clear")
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    PATTERN_FIELD_NUMBER: _ClassVar[int]
    PURGE_FIELD_NUMBER: _ClassVar[int]
    CLEAR_FIELD_NUMBER: _ClassVar[int]
    request: _based_peer_pb2.RequestId
    update: _attributes_pb2.AttributeUpdate
    pattern: _attributes_pb2.AttributePattern
    purge: _attributes_pb2.AttributePurge
    clear: _attributes_pb2.AttributeClearFailures
    def __init__(self, request: _Optional[_Union[_based_peer_pb2.RequestId, _Mapping]] = ..., update: _Optional[_Union[_attributes_pb2.AttributeUpdate, _Mapping]] = ..., pattern: _Optional[_Union[_attributes_pb2.AttributePattern, _Mapping]] = ..., purge: _Optional[_Union[_attributes_pb2.AttributePurge, _Mapping]] = ..., clear: _Optional[_Union[_attributes_pb2.AttributeClearFailures, _Mapping]] = ...) -> None: ...

class ForwardDone(_message.Message):
    __slots__ = ("number", "incarnation", "order", "failure")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    INCARNATION_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    number: int
    incarnation: str
    order: Order
    failure: _common_pb2.Failure
    def __init__(self, number: _Optional[int] = ..., incarnation: _Optional[str] = ..., order: _Optional[_Union[Order, _Mapping]] = ..., failure: _Optional[_Union[_common_pb2.Failure, _Mapping]] = ...) -> None: ...
