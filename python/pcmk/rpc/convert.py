"""Message structs to and from bytes, by way of their generated Protobuf twins.

How a class is converted is worked out once and kept. Maps come out sorted by key, because Protobuf keeps no order.
"""

import functools
import importlib
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, TypeVar

from google.protobuf.message import DecodeError
from msgspec import NODEFAULT

from pcmk.kernel.messages import Message
from pcmk.rpc.fields import Field, fields_of, proto_module, proto_name

M = TypeVar("M", bound=Message)

_TYPE_URL = "type.googleapis.com/"


def to_bytes(message: Message) -> bytes:
    """The wire form; raises TypeError or ValueError if a field holds what its type does not allow."""
    return to_proto(message).SerializeToString()


def from_bytes(kind: type[M], data: bytes) -> M:
    """Read the wire form of a message of this class; raises ValueError if it is none."""
    try:
        twin = twin_of(kind).FromString(data)
    except DecodeError as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error
    return from_proto(kind, twin)


def to_proto(message: Message) -> Any:
    """The generated message with the same content."""
    return _encoder(type(message))(message)


def from_proto(kind: type[M], twin: Any) -> M:
    """The struct with the content of a generated message."""
    return _decoder(kind)(twin)


def type_url(kind: type[Message]) -> str:
    """How `google.protobuf.Any` names a class."""
    return _TYPE_URL + proto_name(kind)


def set_any(target: Any, message: Message) -> None:
    """Put a message into a field of type `google.protobuf.Any`."""
    target.type_url = type_url(type(message))
    target.value = to_bytes(message)


def from_any(kinds: Mapping[str, type[Message]], source: Any) -> Message:
    """Take a message out of a `google.protobuf.Any`; `kinds` are the classes allowed, by `type_url`.

    Raises ValueError for any other.
    """
    kind = kinds.get(source.type_url)
    if kind is None:
        raise ValueError(f"unexpected {source.type_url.removeprefix(_TYPE_URL) or 'empty message'}")
    return from_bytes(kind, source.value)


def prepare(kind: type[Message]) -> None:
    """Work out now how a class, and those in its fields, are converted."""
    _encoder(kind)
    _decoder(kind)
    for field in fields_of(kind):
        if field.is_message:
            prepare(field.type)


@functools.cache
def twin_of(kind: type[Message]) -> Any:
    """The generated class."""
    return getattr(importlib.import_module(f"pcmk.rpc.v1.{proto_module(kind)}_pb2"), kind.__name__)


@functools.cache
def _encoder(kind: type[Message]) -> Callable[[Message], Any]:
    twin = twin_of(kind)
    fields = fields_of(kind)
    names = tuple(field.name for field in fields)
    nested = tuple(field.name for field in fields if field.is_message and not field.repeated)
    lists = tuple(field.name for field in fields if field.is_message and field.repeated)
    if not names:
        return lambda _message: twin()
    # Two names at least make attrgetter return a tuple.
    values = attrgetter(*names, names[0])

    def encode(message: Message) -> Any:
        content = dict(zip(names, values(message), strict=False))
        for name in nested:
            if content[name] is not None:
                content[name] = to_proto(content[name])
        for name in lists:
            content[name] = [to_proto(element) for element in content[name]]
        try:
            # None leaves a field unset.
            return twin(**content)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{kind.__name__}: {error}") from error

    return encode


@functools.cache
def _decoder(kind: type[M]) -> Callable[[Any], M]:
    readers = tuple(_reader(field) for field in fields_of(kind))

    def decode(twin: Any) -> M:
        return kind(*[read(twin) for read in readers])

    return decode


def _reader(field: Field) -> Callable[[Any], Any]:
    get = attrgetter(field.name)
    if field.type is dict:
        return lambda twin: dict(sorted(get(twin).items()))
    if field.is_message:
        return _message_reader(field, get)
    if field.repeated:
        return lambda twin: tuple(get(twin))
    if field.explicit:
        name = field.name
        absent = None if field.optional else field.default
        return lambda twin: get(twin) if twin.HasField(name) else absent
    return get


def _message_reader(field: Field, get: Callable[[Any], Any]) -> Callable[[Any], Any]:
    kind: type[Message] = field.type
    if field.repeated:
        return lambda twin: tuple(from_proto(kind, element) for element in get(twin))
    name = field.name
    if field.optional:
        return lambda twin: from_proto(kind, get(twin)) if twin.HasField(name) else None
    if field.default is NODEFAULT:
        return lambda twin: from_proto(kind, get(twin))
    return lambda twin: from_proto(kind, get(twin)) if twin.HasField(name) else field.default
