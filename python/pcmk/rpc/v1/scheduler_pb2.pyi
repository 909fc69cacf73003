from pcmk.rpc.v1 import cib_pb2 as _cib_pb2
from pcmk.rpc.v1 import link_pb2 as _link_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Schedule(_message.Message):
    __slots__ = ("transition_id", "version", "now", "root_attributes")
    class RootAttributesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    TRANSITION_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    NOW_FIELD_NUMBER: _ClassVar[int]
    ROOT_ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    transition_id: int
    version: _cib_pb2.CibVersion
    now: int
    root_attributes: _containers.ScalarMap[str, str]
    def __init__(self, transition_id: _Optional[int] = ..., version: _Optional[_Union[_cib_pb2.CibVersion, _Mapping]] = ..., now: _Optional[int] = ..., root_attributes: _Optional[_Mapping[str, str]] = ...) -> None: ...

class Scheduled(_message.Message):
    __slots__ = ("transition_id", "graph_xml", "input_file", "errors", "warnings")
    TRANSITION_ID_FIELD_NUMBER: _ClassVar[int]
    GRAPH_XML_FIELD_NUMBER: _ClassVar[int]
    INPUT_FILE_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    transition_id: int
    graph_xml: str
    input_file: str
    errors: _containers.RepeatedScalarFieldContainer[str]
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, transition_id: _Optional[int] = ..., graph_xml: _Optional[str] = ..., input_file: _Optional[str] = ..., errors: _Optional[_Iterable[str]] = ..., warnings: _Optional[_Iterable[str]] = ...) -> None: ...

class SchedulerNotice(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
