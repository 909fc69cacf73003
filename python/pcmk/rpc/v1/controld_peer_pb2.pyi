from pcmk.rpc.v1 import cib_pb2 as _cib_pb2
from pcmk.rpc.v1 import executor_pb2 as _executor_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ControllerHello(_message.Message):
    __slots__ = ("feature_set", "started_ms", "dc", "leaving", "jobs", "diskless")
    FEATURE_SET_FIELD_NUMBER: _ClassVar[int]
    STARTED_MS_FIELD_NUMBER: _ClassVar[int]
    DC_FIELD_NUMBER: _ClassVar[int]
    LEAVING_FIELD_NUMBER: _ClassVar[int]
    JOBS_FIELD_NUMBER: _ClassVar[int]
    DISKLESS_FIELD_NUMBER: _ClassVar[int]
    feature_set: str
    started_ms: int
    dc: str
    leaving: bool
    jobs: int
    diskless: bool
    def __init__(self, feature_set: _Optional[str] = ..., started_ms: _Optional[int] = ..., dc: _Optional[str] = ..., leaving: _Optional[bool] = ..., jobs: _Optional[int] = ..., diskless: _Optional[bool] = ...) -> None: ...

class Offer(_message.Message):
    __slots__ = ("feature_set", "leaving")
    FEATURE_SET_FIELD_NUMBER: _ClassVar[int]
    LEAVING_FIELD_NUMBER: _ClassVar[int]
    feature_set: str
    leaving: bool
    def __init__(self, feature_set: _Optional[str] = ..., leaving: _Optional[bool] = ...) -> None: ...

class Accept(_message.Message):
    __slots__ = ("fresh",)
    FRESH_FIELD_NUMBER: _ClassVar[int]
    fresh: bool
    def __init__(self, fresh: _Optional[bool] = ...) -> None: ...

class Refuse(_message.Message):
    __slots__ = ("highest_term", "dc")
    HIGHEST_TERM_FIELD_NUMBER: _ClassVar[int]
    DC_FIELD_NUMBER: _ClassVar[int]
    highest_term: int
    dc: str
    def __init__(self, highest_term: _Optional[int] = ..., dc: _Optional[str] = ...) -> None: ...

class Welcome(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: _cib_pb2.CibVersion
    def __init__(self, version: _Optional[_Union[_cib_pb2.CibVersion, _Mapping]] = ...) -> None: ...

class Joined(_message.Message):
    __slots__ = ("version", "mended")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    MENDED_FIELD_NUMBER: _ClassVar[int]
    version: _cib_pb2.CibVersion
    mended: bool
    def __init__(self, version: _Optional[_Union[_cib_pb2.CibVersion, _Mapping]] = ..., mended: _Optional[bool] = ...) -> None: ...

class Confirmed(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PerformAction(_message.Message):
    __slots__ = ("key", "operation", "operation_key", "on_node", "resource", "standard", "provider", "type", "shutdown_lock", "attributes")
    class AttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    KEY_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    OPERATION_KEY_FIELD_NUMBER: _ClassVar[int]
    ON_NODE_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    STANDARD_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SHUTDOWN_LOCK_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    key: str
    operation: str
    operation_key: str
    on_node: str
    resource: str
    standard: str
    provider: str
    type: str
    shutdown_lock: int
    attributes: _containers.ScalarMap[str, str]
    def __init__(self, key: _Optional[str] = ..., operation: _Optional[str] = ..., operation_key: _Optional[str] = ..., on_node: _Optional[str] = ..., resource: _Optional[str] = ..., standard: _Optional[str] = ..., provider: _Optional[str] = ..., type: _Optional[str] = ..., shutdown_lock: _Optional[int] = ..., attributes: _Optional[_Mapping[str, str]] = ...) -> None: ...

class ActionDone(_message.Message):
    __slots__ = ("key", "rc", "status", "exit_reason")
    KEY_FIELD_NUMBER: _ClassVar[int]
    RC_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    EXIT_REASON_FIELD_NUMBER: _ClassVar[int]
    key: str
    rc: int
    status: int
    exit_reason: str
    def __init__(self, key: _Optional[str] = ..., rc: _Optional[int] = ..., status: _Optional[int] = ..., exit_reason: _Optional[str] = ...) -> None: ...

class LeaveRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class LeavePermitted(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class NodeForgotten(_message.Message):
    __slots__ = ("name",)
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class AskState(_message.Message):
    __slots__ = ("number",)
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    number: int
    def __init__(self, number: _Optional[int] = ...) -> None: ...

class StateAnswer(_message.Message):
    __slots__ = ("number", "state", "dc", "dc_term", "feature_set", "quorate")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DC_FIELD_NUMBER: _ClassVar[int]
    DC_TERM_FIELD_NUMBER: _ClassVar[int]
    FEATURE_SET_FIELD_NUMBER: _ClassVar[int]
    QUORATE_FIELD_NUMBER: _ClassVar[int]
    number: int
    state: str
    dc: str
    dc_term: int
    feature_set: str
    quorate: bool
    def __init__(self, number: _Optional[int] = ..., state: _Optional[str] = ..., dc: _Optional[str] = ..., dc_term: _Optional[int] = ..., feature_set: _Optional[str] = ..., quorate: _Optional[bool] = ...) -> None: ...

class ForgetHistory(_message.Message):
    __slots__ = ("number", "resource")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    number: int
    resource: str
    def __init__(self, number: _Optional[int] = ..., resource: _Optional[str] = ...) -> None: ...

class InjectFailure(_message.Message):
    __slots__ = ("number", "resource")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    number: int
    resource: str
    def __init__(self, number: _Optional[int] = ..., resource: _Optional[str] = ...) -> None: ...

class KeepSecretsHere(_message.Message):
    __slots__ = ("number", "keep")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    KEEP_FIELD_NUMBER: _ClassVar[int]
    number: int
    keep: _executor_pb2.KeepSecrets
    def __init__(self, number: _Optional[int] = ..., keep: _Optional[_Union[_executor_pb2.KeepSecrets, _Mapping]] = ...) -> None: ...

class StoreCorosyncConf(_message.Message):
    __slots__ = ("number", "configuration", "replaces")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    CONFIGURATION_FIELD_NUMBER: _ClassVar[int]
    REPLACES_FIELD_NUMBER: _ClassVar[int]
    number: int
    configuration: str
    replaces: str
    def __init__(self, number: _Optional[int] = ..., configuration: _Optional[str] = ..., replaces: _Optional[str] = ...) -> None: ...

class RelayDone(_message.Message):
    __slots__ = ("number", "code", "message")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    number: int
    code: int
    message: str
    def __init__(self, number: _Optional[int] = ..., code: _Optional[int] = ..., message: _Optional[str] = ...) -> None: ...
