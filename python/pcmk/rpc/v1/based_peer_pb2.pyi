from pcmk.rpc.v1 import cib_pb2 as _cib_pb2
from pcmk.rpc.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Ballot(_message.Message):
    __slots__ = ("term", "round", "primary")
    TERM_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_FIELD_NUMBER: _ClassVar[int]
    term: int
    round: int
    primary: str
    def __init__(self, term: _Optional[int] = ..., round: _Optional[int] = ..., primary: _Optional[str] = ...) -> None: ...

class Position(_message.Message):
    __slots__ = ("term", "round", "seq", "primary")
    TERM_FIELD_NUMBER: _ClassVar[int]
    ROUND_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_FIELD_NUMBER: _ClassVar[int]
    term: int
    round: int
    seq: int
    primary: str
    def __init__(self, term: _Optional[int] = ..., round: _Optional[int] = ..., seq: _Optional[int] = ..., primary: _Optional[str] = ...) -> None: ...

class RequestId(_message.Message):
    __slots__ = ("node", "incarnation", "number", "done_below")
    NODE_FIELD_NUMBER: _ClassVar[int]
    INCARNATION_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    DONE_BELOW_FIELD_NUMBER: _ClassVar[int]
    node: str
    incarnation: str
    number: int
    done_below: int
    def __init__(self, node: _Optional[str] = ..., incarnation: _Optional[str] = ..., number: _Optional[int] = ..., done_below: _Optional[int] = ...) -> None: ...

class Entry(_message.Message):
    __slots__ = ("position", "quorate", "version", "patchset", "request", "client", "output", "user", "time")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    QUORATE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PATCHSET_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    position: Position
    quorate: bool
    version: _cib_pb2.CibVersion
    patchset: str
    request: RequestId
    client: str
    output: str
    user: str
    time: float
    def __init__(self, position: _Optional[_Union[Position, _Mapping]] = ..., quorate: _Optional[bool] = ..., version: _Optional[_Union[_cib_pb2.CibVersion, _Mapping]] = ..., patchset: _Optional[str] = ..., request: _Optional[_Union[RequestId, _Mapping]] = ..., client: _Optional[str] = ..., output: _Optional[str] = ..., user: _Optional[str] = ..., time: _Optional[float] = ...) -> None: ...

class Applied(_message.Message):
    __slots__ = ("request", "position", "version", "output")
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    request: RequestId
    position: Position
    version: _cib_pb2.CibVersion
    output: str
    def __init__(self, request: _Optional[_Union[RequestId, _Mapping]] = ..., position: _Optional[_Union[Position, _Mapping]] = ..., version: _Optional[_Union[_cib_pb2.CibVersion, _Mapping]] = ..., output: _Optional[str] = ...) -> None: ...

class KeepsConflicts(_message.Message):
    __slots__ = ("number",)
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    number: int
    def __init__(self, number: _Optional[int] = ...) -> None: ...

class Collect(_message.Message):
    __slots__ = ("ballot",)
    BALLOT_FIELD_NUMBER: _ClassVar[int]
    ballot: Ballot
    def __init__(self, ballot: _Optional[_Union[Ballot, _Mapping]] = ...) -> None: ...

class Refused(_message.Message):
    __slots__ = ("ballot",)
    BALLOT_FIELD_NUMBER: _ClassVar[int]
    ballot: Ballot
    def __init__(self, ballot: _Optional[_Union[Ballot, _Mapping]] = ...) -> None: ...

class Stamp(_message.Message):
    __slots__ = ("ballot", "quorate", "head", "version", "fingerprint", "shown", "fresh")
    BALLOT_FIELD_NUMBER: _ClassVar[int]
    QUORATE_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    SHOWN_FIELD_NUMBER: _ClassVar[int]
    FRESH_FIELD_NUMBER: _ClassVar[int]
    ballot: Ballot
    quorate: Position
    head: Position
    version: _cib_pb2.CibVersion
    fingerprint: str
    shown: _cib_pb2.CibVersion
    fresh: bool
    def __init__(self, ballot: _Optional[_Union[Ballot, _Mapping]] = ..., quorate: _Optional[_Union[Position, _Mapping]] = ..., head: _Optional[_Union[Position, _Mapping]] = ..., version: _Optional[_Union[_cib_pb2.CibVersion, _Mapping]] = ..., fingerprint: _Optional[str] = ..., shown: _Optional[_Union[_cib_pb2.CibVersion, _Mapping]] = ..., fresh: _Optional[bool] = ...) -> None: ...

class Fetch(_message.Message):
    __slots__ = ("ballot",)
    BALLOT_FIELD_NUMBER: _ClassVar[int]
    ballot: Ballot
    def __init__(self, ballot: _Optional[_Union[Ballot, _Mapping]] = ...) -> None: ...

class Copy(_message.Message):
    __slots__ = ("ballot", "xml", "head", "quorate", "lineage", "applied", "committed")
    BALLOT_FIELD_NUMBER: _ClassVar[int]
    XML_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    QUORATE_FIELD_NUMBER: _ClassVar[int]
    LINEAGE_FIELD_NUMBER: _ClassVar[int]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    COMMITTED_FIELD_NUMBER: _ClassVar[int]
    ballot: Ballot
    xml: str
    head: Position
    quorate: Position
    lineage: _containers.RepeatedCompositeFieldContainer[Position]
    applied: _containers.RepeatedCompositeFieldContainer[Applied]
    committed: Position
    def __init__(self, ballot: _Optional[_Union[Ballot, _Mapping]] = ..., xml: _Optional[str] = ..., head: _Optional[_Union[Position, _Mapping]] = ..., quorate: _Optional[_Union[Position, _Mapping]] = ..., lineage: _Optional[_Iterable[_Union[Position, _Mapping]]] = ..., applied: _Optional[_Iterable[_Union[Applied, _Mapping]]] = ..., committed: _Optional[_Union[Position, _Mapping]] = ...) -> None: ...

class Replicate(_message.Message):
    __slots__ = ("ballot", "previous", "entries", "committed")
    BALLOT_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    COMMITTED_FIELD_NUMBER: _ClassVar[int]
    ballot: Ballot
    previous: Position
    entries: _containers.RepeatedCompositeFieldContainer[Entry]
    committed: Position
    def __init__(self, ballot: _Optional[_Union[Ballot, _Mapping]] = ..., previous: _Optional[_Union[Position, _Mapping]] = ..., entries: _Optional[_Iterable[_Union[Entry, _Mapping]]] = ..., committed: _Optional[_Union[Position, _Mapping]] = ...) -> None: ...

class Stored(_message.Message):
    __slots__ = ("ballot", "head")
    BALLOT_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    ballot: Ballot
    head: Position
    def __init__(self, ballot: _Optional[_Union[Ballot, _Mapping]] = ..., head: _Optional[_Union[Position, _Mapping]] = ...) -> None: ...

class NotStored(_message.Message):
    __slots__ = ("ballot", "reason")
    BALLOT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ballot: Ballot
    reason: str
    def __init__(self, ballot: _Optional[_Union[Ballot, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class NeedCopy(_message.Message):
    __slots__ = ("ballot", "reason")
    BALLOT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ballot: Ballot
    reason: str
    def __init__(self, ballot: _Optional[_Union[Ballot, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class Committed(_message.Message):
    __slots__ = ("ballot", "position")
    BALLOT_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    ballot: Ballot
    position: Position
    def __init__(self, ballot: _Optional[_Union[Ballot, _Mapping]] = ..., position: _Optional[_Union[Position, _Mapping]] = ...) -> None: ...

class Check(_message.Message):
    __slots__ = ("ballot", "position", "fingerprint")
    BALLOT_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    FINGERPRINT_FIELD_NUMBER: _ClassVar[int]
    ballot: Ballot
    position: Position
    fingerprint: str
    def __init__(self, ballot: _Optional[_Union[Ballot, _Mapping]] = ..., position: _Optional[_Union[Position, _Mapping]] = ..., fingerprint: _Optional[str] = ...) -> None: ...

class Forward(_message.Message):
    __slots__ = ("request", "modify", "again")
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    MODIFY_FIELD_NUMBER: _ClassVar[int]
    AGAIN_FIELD_NUMBER: _ClassVar[int]
    request: RequestId
    modify: _cib_pb2.CibModify
    again: bool
    def __init__(self, request: _Optional[_Union[RequestId, _Mapping]] = ..., modify: _Optional[_Union[_cib_pb2.CibModify, _Mapping]] = ..., again: _Optional[bool] = ...) -> None: ...

class Answer(_message.Message):
    __slots__ = ("number", "incarnation", "position", "modified", "failure")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    INCARNATION_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    MODIFIED_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    number: int
    incarnation: str
    position: Position
    modified: _cib_pb2.CibModified
    failure: _common_pb2.Failure
    def __init__(self, number: _Optional[int] = ..., incarnation: _Optional[str] = ..., position: _Optional[_Union[Position, _Mapping]] = ..., modified: _Optional[_Union[_cib_pb2.CibModified, _Mapping]] = ..., failure: _Optional[_Union[_common_pb2.Failure, _Mapping]] = ...) -> None: ...
