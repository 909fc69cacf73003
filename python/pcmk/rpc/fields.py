"""What the wire needs to know of a message struct: its Protobuf name and the shape of its fields."""

import functools
import types
import typing
from typing import Any

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo
from msgspec.structs import fields as struct_fields

from pcmk.kernel.messages import Message

SCALARS: dict[type, str] = {str: "string", int: "int64", float: "double", bool: "bool", bytes: "bytes"}
_MESSAGES = "pcmk.kernel.messages."


class Field(Struct, frozen=True):
    """One field. `type` is a Python scalar type, a message class, or dict (str to str).

    `explicit` fields can tell "not set" from zero on the wire: optional ones, and those whose default is not zero, so
    that a field which an older sender does not know gets its default.
    """

    name: str
    type: type
    repeated: bool
    optional: bool
    explicit: bool
    default: Any

    @property
    def is_message(self) -> bool:
        """Whether the (element's) type is a message class."""
        return issubclass(self.type, Message)


@functools.cache
def fields_of(message: type[Message]) -> tuple[Field, ...]:
    """The fields in their order; raises TypeError for a type that has no place on the wire."""
    return tuple(_field(message, field) for field in struct_fields(message))


def proto_module(message: type[Message]) -> str:
    """The base name of the .proto file that holds the twin."""
    return message.__module__.removeprefix(_MESSAGES)


def proto_package(module: str) -> str:
    """Public messages share `pcmk.v1`; what only peers say has a package for each daemon."""
    return f"pcmk.v1.{module}" if module.endswith("_peer") else "pcmk.v1"


def proto_name(message: type[Message]) -> str:
    """The full name of the twin."""
    return f"{proto_package(proto_module(message))}.{message.__name__}"


def _field(message: type[Message], field: FieldInfo) -> Field:
    where = f"{message.__name__}.{field.name}"
    hint, repeated, optional = field.type, False, False
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        hint, optional = _without_none(where, typing.get_args(hint)), True
    if typing.get_origin(hint) is tuple:
        element, *rest = typing.get_args(hint)
        if rest != [Ellipsis] or optional:
            raise TypeError(f"{where}: a tuple must be tuple[X, ...] and can't be optional")
        hint, repeated = element, True
    if typing.get_origin(hint) is dict:
        if typing.get_args(hint) != (str, str) or repeated or optional:
            raise TypeError(f"{where}: a dict must be dict[str, str], neither optional nor in a tuple")
        hint = dict
    elif not (isinstance(hint, type) and (hint in SCALARS or issubclass(hint, Message))):
        raise TypeError(f"{where}: {hint} has no Protobuf twin")
    default = _default(field)
    if optional and default not in (None, NODEFAULT):
        raise TypeError(f"{where}: an optional field can have no default but None")
    scalar = hint in SCALARS and not repeated
    has_default = scalar and default is not NODEFAULT and bool(default)
    return Field(field.name, hint, repeated, optional, scalar and (optional or has_default), default)


def _default(field: FieldInfo) -> Any:
    if field.default_factory is not NODEFAULT:
        return field.default_factory()
    return field.default


def _without_none(where: str, members: tuple[Any, ...]) -> Any:
    rest = [member for member in members if member is not type(None)]
    if len(rest) != 1 or len(members) != 2:
        raise TypeError(f"{where}: a union must be X | None")
    return rest[0]
