from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Done(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class Failure(_message.Message):
    __slots__ = ("code", "message")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    code: int
    message: str
    def __init__(self, code: _Optional[int] = ..., message: _Optional[str] = ...) -> None: ...

class Member(_message.Message):
    __slots__ = ("name", "id", "host", "port", "more_hosts")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    PORT_FIELD_NUMBER: _ClassVar[int]
    MORE_HOSTS_FIELD_NUMBER: _ClassVar[int]
    name: str
    id: int
    host: str
    port: int
    more_hosts: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., id: _Optional[int] = ..., host: _Optional[str] = ..., port: _Optional[int] = ..., more_hosts: _Optional[_Iterable[str]] = ...) -> None: ...

class View(_message.Message):
    __slots__ = ("id", "members", "quorate", "expected_votes")
    ID_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    QUORATE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_VOTES_FIELD_NUMBER: _ClassVar[int]
    id: int
    members: _containers.RepeatedCompositeFieldContainer[Member]
    quorate: bool
    expected_votes: int
    def __init__(self, id: _Optional[int] = ..., members: _Optional[_Iterable[_Union[Member, _Mapping]]] = ..., quorate: _Optional[bool] = ..., expected_votes: _Optional[int] = ...) -> None: ...

class SetPrimary(_message.Message):
    __slots__ = ("term", "node", "absent")
    TERM_FIELD_NUMBER: _ClassVar[int]
    NODE_FIELD_NUMBER: _ClassVar[int]
    ABSENT_FIELD_NUMBER: _ClassVar[int]
    term: int
    node: str
    absent: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, term: _Optional[int] = ..., node: _Optional[str] = ..., absent: _Optional[_Iterable[str]] = ...) -> None: ...
