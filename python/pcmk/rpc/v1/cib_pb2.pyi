from pcmk.rpc.v1 import common_pb2 as _common_pb2
from pcmk.rpc.v1 import link_pb2 as _link_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CibVersion(_message.Message):
    __slots__ = ("admin_epoch", "epoch", "num_updates")
    ADMIN_EPOCH_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    NUM_UPDATES_FIELD_NUMBER: _ClassVar[int]
    admin_epoch: int
    epoch: int
    num_updates: int
    def __init__(self, admin_epoch: _Optional[int] = ..., epoch: _Optional[int] = ..., num_updates: _Optional[int] = ...) -> None: ...

class CibQuery(_message.Message):
    __slots__ = ("section", "xpath", "no_children", "path_only", "user", "groups", "without_history")
    SECTION_FIELD_NUMBER: _ClassVar[int]
    XPATH_FIELD_NUMBER: _ClassVar[int]
    NO_CHILDREN_FIELD_NUMBER: _ClassVar[int]
    PATH_ONLY_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    WITHOUT_HISTORY_FIELD_NUMBER: _ClassVar[int]
    section: str
    xpath: str
    no_children: bool
    path_only: bool
    user: str
    groups: _containers.RepeatedScalarFieldContainer[str]
    without_history: bool
    def __init__(self, section: _Optional[str] = ..., xpath: _Optional[str] = ..., no_children: _Optional[bool] = ..., path_only: _Optional[bool] = ..., user: _Optional[str] = ..., groups: _Optional[_Iterable[str]] = ..., without_history: _Optional[bool] = ...) -> None: ...

class CibAnswer(_message.Message):
    __slots__ = ("xml", "version", "term")
    XML_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TERM_FIELD_NUMBER: _ClassVar[int]
    xml: str
    version: CibVersion
    term: int
    def __init__(self, xml: _Optional[str] = ..., version: _Optional[_Union[CibVersion, _Mapping]] = ..., term: _Optional[int] = ...) -> None: ...

class CibChangesQuery(_message.Message):
    __slots__ = ("since", "section", "wait", "user", "groups")
    SINCE_FIELD_NUMBER: _ClassVar[int]
    SECTION_FIELD_NUMBER: _ClassVar[int]
    WAIT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    since: str
    section: str
    wait: bool
    user: str
    groups: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, since: _Optional[str] = ..., section: _Optional[str] = ..., wait: _Optional[bool] = ..., user: _Optional[str] = ..., groups: _Optional[_Iterable[str]] = ...) -> None: ...

class CibChanges(_message.Message):
    __slots__ = ("version", "at", "patchset", "whole", "xml", "reason")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    PATCHSET_FIELD_NUMBER: _ClassVar[int]
    WHOLE_FIELD_NUMBER: _ClassVar[int]
    XML_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    version: CibVersion
    at: str
    patchset: str
    whole: bool
    xml: str
    reason: str
    def __init__(self, version: _Optional[_Union[CibVersion, _Mapping]] = ..., at: _Optional[str] = ..., patchset: _Optional[str] = ..., whole: _Optional[bool] = ..., xml: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class CibHistoryQuery(_message.Message):
    __slots__ = ("limit", "user")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    limit: int
    user: str
    def __init__(self, limit: _Optional[int] = ..., user: _Optional[str] = ...) -> None: ...

class CibChange(_message.Message):
    __slots__ = ("version", "time", "user", "origin", "client", "patchset")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    PATCHSET_FIELD_NUMBER: _ClassVar[int]
    version: CibVersion
    time: float
    user: str
    origin: str
    client: str
    patchset: str
    def __init__(self, version: _Optional[_Union[CibVersion, _Mapping]] = ..., time: _Optional[float] = ..., user: _Optional[str] = ..., origin: _Optional[str] = ..., client: _Optional[str] = ..., patchset: _Optional[str] = ...) -> None: ...

class CibHistory(_message.Message):
    __slots__ = ("changes", "complete")
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    changes: _containers.RepeatedCompositeFieldContainer[CibChange]
    complete: bool
    def __init__(self, changes: _Optional[_Iterable[_Union[CibChange, _Mapping]]] = ..., complete: _Optional[bool] = ...) -> None: ...

class CibAtQuery(_message.Message):
    __slots__ = ("version", "user")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    version: CibVersion
    user: str
    def __init__(self, version: _Optional[_Union[CibVersion, _Mapping]] = ..., user: _Optional[str] = ...) -> None: ...

class CibOptions(_message.Message):
    __slots__ = ("allow_create", "multiple", "no_children", "score_update", "dry_run", "keep_mtime")
    ALLOW_CREATE_FIELD_NUMBER: _ClassVar[int]
    MULTIPLE_FIELD_NUMBER: _ClassVar[int]
    NO_CHILDREN_FIELD_NUMBER: _ClassVar[int]
    SCORE_UPDATE_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    KEEP_MTIME_FIELD_NUMBER: _ClassVar[int]
    allow_create: bool
    multiple: bool
    no_children: bool
    score_update: bool
    dry_run: bool
    keep_mtime: bool
    def __init__(self, allow_create: _Optional[bool] = ..., multiple: _Optional[bool] = ..., no_children: _Optional[bool] = ..., score_update: _Optional[bool] = ..., dry_run: _Optional[bool] = ..., keep_mtime: _Optional[bool] = ...) -> None: ...

class CibOperation(_message.Message):
    __slots__ = ("operation", "section", "xpath", "input_xml", "options")
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    SECTION_FIELD_NUMBER: _ClassVar[int]
    XPATH_FIELD_NUMBER: _ClassVar[int]
    INPUT_XML_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    operation: str
    section: str
    xpath: str
    input_xml: str
    options: CibOptions
    def __init__(self, operation: _Optional[str] = ..., section: _Optional[str] = ..., xpath: _Optional[str] = ..., input_xml: _Optional[str] = ..., options: _Optional[_Union[CibOptions, _Mapping]] = ...) -> None: ...

class CibModify(_message.Message):
    __slots__ = ("operations", "client", "user", "term", "groups")
    OPERATIONS_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    TERM_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    operations: _containers.RepeatedCompositeFieldContainer[CibOperation]
    client: str
    user: str
    term: int
    groups: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, operations: _Optional[_Iterable[_Union[CibOperation, _Mapping]]] = ..., client: _Optional[str] = ..., user: _Optional[str] = ..., term: _Optional[int] = ..., groups: _Optional[_Iterable[str]] = ...) -> None: ...

class CibModified(_message.Message):
    __slots__ = ("version", "output_xml", "quorate")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_XML_FIELD_NUMBER: _ClassVar[int]
    QUORATE_FIELD_NUMBER: _ClassVar[int]
    version: CibVersion
    output_xml: str
    quorate: bool
    def __init__(self, version: _Optional[_Union[CibVersion, _Mapping]] = ..., output_xml: _Optional[str] = ..., quorate: _Optional[bool] = ...) -> None: ...

class CibChanged(_message.Message):
    __slots__ = ("version", "term", "patchset", "client", "origin")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TERM_FIELD_NUMBER: _ClassVar[int]
    PATCHSET_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    version: CibVersion
    term: int
    patchset: str
    client: str
    origin: str
    def __init__(self, version: _Optional[_Union[CibVersion, _Mapping]] = ..., term: _Optional[int] = ..., patchset: _Optional[str] = ..., client: _Optional[str] = ..., origin: _Optional[str] = ...) -> None: ...

class CibReplaced(_message.Message):
    __slots__ = ("version", "term")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TERM_FIELD_NUMBER: _ClassVar[int]
    version: CibVersion
    term: int
    def __init__(self, version: _Optional[_Union[CibVersion, _Mapping]] = ..., term: _Optional[int] = ...) -> None: ...

class CibReady(_message.Message):
    __slots__ = ("term",)
    TERM_FIELD_NUMBER: _ClassVar[int]
    term: int
    def __init__(self, term: _Optional[int] = ...) -> None: ...

class CibTermRefused(_message.Message):
    __slots__ = ("term",)
    TERM_FIELD_NUMBER: _ClassVar[int]
    term: int
    def __init__(self, term: _Optional[int] = ...) -> None: ...

class CibDisk(_message.Message):
    __slots__ = ("failure",)
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    failure: str
    def __init__(self, failure: _Optional[str] = ...) -> None: ...

class CibStatusQuery(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CibStatus(_message.Message):
    __slots__ = ("node", "role", "term", "primary", "version", "digest", "in_step", "conflicts", "disk_failure", "conflicts_on")
    NODE_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    TERM_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    IN_STEP_FIELD_NUMBER: _ClassVar[int]
    CONFLICTS_FIELD_NUMBER: _ClassVar[int]
    DISK_FAILURE_FIELD_NUMBER: _ClassVar[int]
    CONFLICTS_ON_FIELD_NUMBER: _ClassVar[int]
    node: str
    role: str
    term: int
    primary: str
    version: CibVersion
    digest: str
    in_step: bool
    conflicts: _containers.RepeatedScalarFieldContainer[str]
    disk_failure: str
    conflicts_on: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, node: _Optional[str] = ..., role: _Optional[str] = ..., term: _Optional[int] = ..., primary: _Optional[str] = ..., version: _Optional[_Union[CibVersion, _Mapping]] = ..., digest: _Optional[str] = ..., in_step: _Optional[bool] = ..., conflicts: _Optional[_Iterable[str]] = ..., disk_failure: _Optional[str] = ..., conflicts_on: _Optional[_Iterable[str]] = ...) -> None: ...

class CibConflictsQuery(_message.Message):
    __slots__ = ("name", "user")
    NAME_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    name: str
    user: str
    def __init__(self, name: _Optional[str] = ..., user: _Optional[str] = ...) -> None: ...

class CibConflict(_message.Message):
    __slots__ = ("name", "time", "patchset", "from_winner")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    PATCHSET_FIELD_NUMBER: _ClassVar[int]
    FROM_WINNER_FIELD_NUMBER: _ClassVar[int]
    name: str
    time: float
    patchset: str
    from_winner: bool
    def __init__(self, name: _Optional[str] = ..., time: _Optional[float] = ..., patchset: _Optional[str] = ..., from_winner: _Optional[bool] = ...) -> None: ...

class CibConflicts(_message.Message):
    __slots__ = ("conflicts",)
    CONFLICTS_FIELD_NUMBER: _ClassVar[int]
    conflicts: _containers.RepeatedCompositeFieldContainer[CibConflict]
    def __init__(self, conflicts: _Optional[_Iterable[_Union[CibConflict, _Mapping]]] = ...) -> None: ...

class DropCibConflict(_message.Message):
    __slots__ = ("name", "user")
    NAME_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    name: str
    user: str
    def __init__(self, name: _Optional[str] = ..., user: _Optional[str] = ...) -> None: ...

class CibNotice(_message.Message):
    __slots__ = ("cib_changed", "cib_replaced", "cib_ready", "cib_term_refused", "cib_disk")
    CIB_CHANGED_FIELD_NUMBER: _ClassVar[int]
    CIB_REPLACED_FIELD_NUMBER: _ClassVar[int]
    CIB_READY_FIELD_NUMBER: _ClassVar[int]
    CIB_TERM_REFUSED_FIELD_NUMBER: _ClassVar[int]
    CIB_DISK_FIELD_NUMBER: _ClassVar[int]
    cib_changed: CibChanged
    cib_replaced: CibReplaced
    cib_ready: CibReady
    cib_term_refused: CibTermRefused
    cib_disk: CibDisk
    def __init__(self, cib_changed: _Optional[_Union[CibChanged, _Mapping]] = ..., cib_replaced: _Optional[_Union[CibReplaced, _Mapping]] = ..., cib_ready: _Optional[_Union[CibReady, _Mapping]] = ..., cib_term_refused: _Optional[_Union[CibTermRefused, _Mapping]] = ..., cib_disk: _Optional[_Union[CibDisk, _Mapping]] = ...) -> None: ...
