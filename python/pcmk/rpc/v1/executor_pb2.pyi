from pcmk.rpc.v1 import common_pb2 as _common_pb2
from pcmk.rpc.v1 import link_pb2 as _link_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExecuteOp(_message.Message):
    __slots__ = ("resource", "standard", "provider", "type", "action", "interval_ms", "timeout_ms", "start_delay_ms", "params", "user_data")
    class ParamsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    STANDARD_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_MS_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    START_DELAY_MS_FIELD_NUMBER: _ClassVar[int]
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    USER_DATA_FIELD_NUMBER: _ClassVar[int]
    resource: str
    standard: str
    provider: str
    type: str
    action: str
    interval_ms: int
    timeout_ms: int
    start_delay_ms: int
    params: _containers.ScalarMap[str, str]
    user_data: str
    def __init__(self, resource: _Optional[str] = ..., standard: _Optional[str] = ..., provider: _Optional[str] = ..., type: _Optional[str] = ..., action: _Optional[str] = ..., interval_ms: _Optional[int] = ..., timeout_ms: _Optional[int] = ..., start_delay_ms: _Optional[int] = ..., params: _Optional[_Mapping[str, str]] = ..., user_data: _Optional[str] = ...) -> None: ...

class OpAccepted(_message.Message):
    __slots__ = ("call_id",)
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    call_id: int
    def __init__(self, call_id: _Optional[int] = ...) -> None: ...

class CancelOp(_message.Message):
    __slots__ = ("resource", "action", "interval_ms")
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_MS_FIELD_NUMBER: _ClassVar[int]
    resource: str
    action: str
    interval_ms: int
    def __init__(self, resource: _Optional[str] = ..., action: _Optional[str] = ..., interval_ms: _Optional[int] = ...) -> None: ...

class ForgetResource(_message.Message):
    __slots__ = ("resource",)
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    resource: str
    def __init__(self, resource: _Optional[str] = ...) -> None: ...

class ReportAgain(_message.Message):
    __slots__ = ("resource",)
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    resource: str
    def __init__(self, resource: _Optional[str] = ...) -> None: ...

class OpResult(_message.Message):
    __slots__ = ("sequence", "call_id", "resource", "standard", "provider", "type", "action", "interval_ms", "timeout_ms", "rc", "status", "exit_reason", "output", "exec_time_ms", "queue_time_ms", "last_run", "last_rc_change", "params", "user_data", "resource_forgotten")
    class ParamsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    STANDARD_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_MS_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    RC_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    EXIT_REASON_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    EXEC_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    QUEUE_TIME_MS_FIELD_NUMBER: _ClassVar[int]
    LAST_RUN_FIELD_NUMBER: _ClassVar[int]
    LAST_RC_CHANGE_FIELD_NUMBER: _ClassVar[int]
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    USER_DATA_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FORGOTTEN_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    call_id: int
    resource: str
    standard: str
    provider: str
    type: str
    action: str
    interval_ms: int
    timeout_ms: int
    rc: int
    status: int
    exit_reason: str
    output: str
    exec_time_ms: int
    queue_time_ms: int
    last_run: int
    last_rc_change: int
    params: _containers.ScalarMap[str, str]
    user_data: str
    resource_forgotten: bool
    def __init__(self, sequence: _Optional[int] = ..., call_id: _Optional[int] = ..., resource: _Optional[str] = ..., standard: _Optional[str] = ..., provider: _Optional[str] = ..., type: _Optional[str] = ..., action: _Optional[str] = ..., interval_ms: _Optional[int] = ..., timeout_ms: _Optional[int] = ..., rc: _Optional[int] = ..., status: _Optional[int] = ..., exit_reason: _Optional[str] = ..., output: _Optional[str] = ..., exec_time_ms: _Optional[int] = ..., queue_time_ms: _Optional[int] = ..., last_run: _Optional[int] = ..., last_rc_change: _Optional[int] = ..., params: _Optional[_Mapping[str, str]] = ..., user_data: _Optional[str] = ..., resource_forgotten: _Optional[bool] = ...) -> None: ...

class AckResults(_message.Message):
    __slots__ = ("sequence",)
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    def __init__(self, sequence: _Optional[int] = ...) -> None: ...

class ExecStateQuery(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class KnownResource(_message.Message):
    __slots__ = ("resource", "standard", "provider", "type", "start_params", "last_key")
    class StartParamsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    STANDARD_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    START_PARAMS_FIELD_NUMBER: _ClassVar[int]
    LAST_KEY_FIELD_NUMBER: _ClassVar[int]
    resource: str
    standard: str
    provider: str
    type: str
    start_params: _containers.ScalarMap[str, str]
    last_key: str
    def __init__(self, resource: _Optional[str] = ..., standard: _Optional[str] = ..., provider: _Optional[str] = ..., type: _Optional[str] = ..., start_params: _Optional[_Mapping[str, str]] = ..., last_key: _Optional[str] = ...) -> None: ...

class ExecState(_message.Message):
    __slots__ = ("incarnation", "resources", "operations", "unacknowledged")
    INCARNATION_FIELD_NUMBER: _ClassVar[int]
    RESOURCES_FIELD_NUMBER: _ClassVar[int]
    OPERATIONS_FIELD_NUMBER: _ClassVar[int]
    UNACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    incarnation: str
    resources: _containers.RepeatedCompositeFieldContainer[KnownResource]
    operations: _containers.RepeatedCompositeFieldContainer[ExecuteOp]
    unacknowledged: _containers.RepeatedCompositeFieldContainer[OpResult]
    def __init__(self, incarnation: _Optional[str] = ..., resources: _Optional[_Iterable[_Union[KnownResource, _Mapping]]] = ..., operations: _Optional[_Iterable[_Union[ExecuteOp, _Mapping]]] = ..., unacknowledged: _Optional[_Iterable[_Union[OpResult, _Mapping]]] = ...) -> None: ...

class Secret(_message.Message):
    __slots__ = ("resource", "parameter", "value")
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    PARAMETER_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    resource: str
    parameter: str
    value: bytes
    def __init__(self, resource: _Optional[str] = ..., parameter: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...

class KeepSecrets(_message.Message):
    __slots__ = ("secrets", "only")
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    ONLY_FIELD_NUMBER: _ClassVar[int]
    secrets: _containers.RepeatedCompositeFieldContainer[Secret]
    only: bool
    def __init__(self, secrets: _Optional[_Iterable[_Union[Secret, _Mapping]]] = ..., only: _Optional[bool] = ...) -> None: ...

class MetadataQuery(_message.Message):
    __slots__ = ("standard", "provider", "type")
    STANDARD_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    standard: str
    provider: str
    type: str
    def __init__(self, standard: _Optional[str] = ..., provider: _Optional[str] = ..., type: _Optional[str] = ...) -> None: ...

class Metadata(_message.Message):
    __slots__ = ("xml",)
    XML_FIELD_NUMBER: _ClassVar[int]
    xml: str
    def __init__(self, xml: _Optional[str] = ...) -> None: ...

class AgentsQuery(_message.Message):
    __slots__ = ("what", "standard", "provider")
    WHAT_FIELD_NUMBER: _ClassVar[int]
    STANDARD_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    what: str
    standard: str
    provider: str
    def __init__(self, what: _Optional[str] = ..., standard: _Optional[str] = ..., provider: _Optional[str] = ...) -> None: ...

class Agents(_message.Message):
    __slots__ = ("names",)
    NAMES_FIELD_NUMBER: _ClassVar[int]
    names: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, names: _Optional[_Iterable[str]] = ...) -> None: ...

class ExecutorNotice(_message.Message):
    __slots__ = ("op_result",)
    OP_RESULT_FIELD_NUMBER: _ClassVar[int]
    op_result: OpResult
    def __init__(self, op_result: _Optional[_Union[OpResult, _Mapping]] = ...) -> None: ...
