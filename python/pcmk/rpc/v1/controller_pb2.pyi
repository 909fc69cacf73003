from pcmk.rpc.v1 import common_pb2 as _common_pb2
from pcmk.rpc.v1 import executor_pb2 as _executor_pb2
from pcmk.rpc.v1 import link_pb2 as _link_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ControllerQuery(_message.Message):
    __slots__ = ("node",)
    NODE_FIELD_NUMBER: _ClassVar[int]
    node: str
    def __init__(self, node: _Optional[str] = ...) -> None: ...

class ControllerStatus(_message.Message):
    __slots__ = ("node", "state", "dc", "term", "feature_set", "quorate")
    NODE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DC_FIELD_NUMBER: _ClassVar[int]
    TERM_FIELD_NUMBER: _ClassVar[int]
    FEATURE_SET_FIELD_NUMBER: _ClassVar[int]
    QUORATE_FIELD_NUMBER: _ClassVar[int]
    node: str
    state: str
    dc: str
    term: int
    feature_set: str
    quorate: bool
    def __init__(self, node: _Optional[str] = ..., state: _Optional[str] = ..., dc: _Optional[str] = ..., term: _Optional[int] = ..., feature_set: _Optional[str] = ..., quorate: _Optional[bool] = ...) -> None: ...

class WatchdogQuery(_message.Message):
    __slots__ = ("bound",)
    BOUND_FIELD_NUMBER: _ClassVar[int]
    bound: bool
    def __init__(self, bound: _Optional[bool] = ...) -> None: ...

class WatchdogAnswer(_message.Message):
    __slots__ = ("bound", "safe")
    BOUND_FIELD_NUMBER: _ClassVar[int]
    SAFE_FIELD_NUMBER: _ClassVar[int]
    bound: bool
    safe: bool
    def __init__(self, bound: _Optional[bool] = ..., safe: _Optional[bool] = ...) -> None: ...

class NodesQuery(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class KnownNode(_message.Message):
    __slots__ = ("name", "id", "state")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    name: str
    id: int
    state: str
    def __init__(self, name: _Optional[str] = ..., id: _Optional[int] = ..., state: _Optional[str] = ...) -> None: ...

class KnownNodes(_message.Message):
    __slots__ = ("nodes",)
    NODES_FIELD_NUMBER: _ClassVar[int]
    nodes: _containers.RepeatedCompositeFieldContainer[KnownNode]
    def __init__(self, nodes: _Optional[_Iterable[_Union[KnownNode, _Mapping]]] = ...) -> None: ...

class RemoveNode(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class ConfigureCorosync(_message.Message):
    __slots__ = ("node", "configuration", "replaces")
    NODE_FIELD_NUMBER: _ClassVar[int]
    CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    REPLACES_FIELD_NUMBER: _ClassVar[int]
    node: str
    configuration: str
    replaces: str
    def __init__(self, node: _Optional[str] = ..., configuration: _Optional[str] = ..., replaces: _Optional[str] = ...) -> None: ...

class RefreshResource(_message.Message):
    __slots__ = ("resource", "node")
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    resource: str
    node: str
    def __init__(self, resource: _Optional[str] = ..., node: _Optional[str] = ...) -> None: ...

class CleanupResource(_message.Message):
    __slots__ = ("resource", "node", "operation", "interval_ms")
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_MS_FIELD_NUMBER: _ClassVar[int]
    resource: str
    node: str
    operation: str
    interval_ms: int
    def __init__(self, resource: _Optional[str] = ..., node: _Optional[str] = ..., operation: _Optional[str] = ..., interval_ms: _Optional[int] = ...) -> None: ...

class FailResource(_message.Message):
    __slots__ = ("resource", "node")
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    resource: str
    node: str
    def __init__(self, resource: _Optional[str] = ..., node: _Optional[str] = ...) -> None: ...

class ShareSecrets(_message.Message):
    __slots__ = ("keep",)
    KEEP_FIELD_NUMBER: _ClassVar[int]
    keep: _executor_pb2.KeepSecrets
    def __init__(self, keep: _Optional[_Union[_executor_pb2.KeepSecrets, _Mapping]] = ...) -> None: ...

class SharedWith(_message.Message):
    __slots__ = ("node", "code", "reason")
    NODE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    node: str
    code: int
    reason: str
    def __init__(self, node: _Optional[str] = ..., code: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class SecretsShared(_message.Message):
    __slots__ = ("nodes",)
    NODES_FIELD_NUMBER: _ClassVar[int]
    nodes: _containers.RepeatedCompositeFieldContainer[SharedWith]
    def __init__(self, nodes: _Optional[_Iterable[_Union[SharedWith, _Mapping]]] = ...) -> None: ...

class ControllerNotice(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
