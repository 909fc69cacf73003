"""Every message survives the wire, and the wire form never changes by accident."""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import any_pb2
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import field

from pcmk.kernel import messages
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.attributes import AttributeUpdate
from pcmk.kernel.messages.cib import CibOperation, CibOptions, CibVersion
from pcmk.kernel.messages.common import Failure
from pcmk.kernel.messages.executor import ExecuteOp
from pcmk.kernel.messages.fencer import DeviceCommand
from pcmk.rpc import convert
from pcmk.rpc.fields import SCALARS, Field, fields_of, proto_name

ROOT = Path(__file__).resolve().parents[3]


def all_messages() -> list[type[Message]]:
    found: list[type[Message]] = []
    for info in pkgutil.iter_modules(messages.__path__):
        module = importlib.import_module(f"{messages.__name__}.{info.name}")
        found += [
            value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Message) and value.__module__ == module.__name__
        ]
    return found


def values_of(kind: type[Any], depth: int) -> st.SearchStrategy[Any]:
    if kind is str:
        return st.text(st.characters(exclude_categories=["Cs"]))
    if kind is int:
        return st.integers(-(2**63), 2**63 - 1)
    if kind is float:
        return st.floats(allow_nan=False)
    if kind is bool:
        return st.booleans()
    if kind is bytes:
        return st.binary()
    if kind is dict:
        text = st.text(st.characters(exclude_categories=["Cs"]))
        return st.dictionaries(text, text, max_size=3)
    return instances(kind, depth - 1)


def field_values(shape: Field, depth: int) -> st.SearchStrategy[Any]:
    values = values_of(shape.type, depth)
    if shape.repeated:
        return st.lists(values, max_size=3 if depth > 0 else 0).map(tuple)
    return st.none() | values if shape.optional else values


def instances(kind: type[Message], depth: int = 3) -> st.SearchStrategy[Message]:
    return st.builds(kind, **{shape.name: field_values(shape, depth) for shape in fields_of(kind)})


@pytest.mark.parametrize("kind", all_messages(), ids=proto_name)
def test_a_message_comes_back_as_it_was_sent(kind: type[Message]) -> None:
    @settings(max_examples=25, deadline=None)
    @given(instances(kind))
    def round_trip(message: Message) -> None:
        assert convert.from_bytes(kind, convert.to_bytes(message)) == message

    round_trip()


PROTO_TYPES = {
    "string": FieldDescriptor.TYPE_STRING,
    "int64": FieldDescriptor.TYPE_INT64,
    "double": FieldDescriptor.TYPE_DOUBLE,
    "bool": FieldDescriptor.TYPE_BOOL,
    "bytes": FieldDescriptor.TYPE_BYTES,
}


def is_list(descriptor: FieldDescriptor) -> bool:
    return descriptor.is_repeated


@pytest.mark.parametrize("kind", all_messages(), ids=proto_name)
def test_a_message_has_a_twin_with_equal_fields(kind: type[Message]) -> None:
    twin = convert.twin_of(kind).DESCRIPTOR
    assert twin.full_name == proto_name(kind)
    assert set(twin.fields_by_name) == set(kind.__struct_fields__)
    for shape in fields_of(kind):
        descriptor = twin.fields_by_name[shape.name]
        if shape.type is dict:
            assert descriptor.message_type.GetOptions().map_entry
        elif shape.is_message:
            assert descriptor.message_type.full_name == proto_name(shape.type)
            assert is_list(descriptor) == shape.repeated
        else:
            assert descriptor.type == PROTO_TYPES[SCALARS[shape.type]]
            assert is_list(descriptor) == shape.repeated
            assert shape.repeated or descriptor.has_presence == shape.explicit


def locked() -> list[tuple[str, str, int]]:
    lines = (ROOT / "protos" / "fields.lock").read_text().splitlines()
    rows = [line.split(" ", 3) for line in lines if not line.startswith("#")]
    return [(message, name, int(number)) for message, name, number, _kind in rows]


def test_no_field_number_was_given_twice() -> None:
    numbers = [(message, number) for message, _name, number in locked()]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("kind", all_messages(), ids=proto_name)
def test_field_numbers_are_the_locked_ones(kind: type[Message]) -> None:
    known = set(locked())
    for descriptor in convert.twin_of(kind).DESCRIPTOR.fields:
        assert (proto_name(kind), descriptor.name, descriptor.number) in known


def test_a_field_that_an_older_sender_does_not_know_gets_its_default() -> None:
    assert convert.from_bytes(DeviceCommand, b"") == DeviceCommand(device="", action="", timeout=20.0)
    assert convert.from_bytes(AttributeUpdate, b"").wait == "local"
    assert convert.from_bytes(CibOperation, b"").options == CibOptions()


def test_zero_is_told_from_a_default_that_is_not_zero() -> None:
    command = DeviceCommand(device="d", action="a", timeout=0.0)
    assert convert.from_bytes(DeviceCommand, convert.to_bytes(command)) == command


def test_maps_are_read_in_the_order_of_their_keys() -> None:
    op = ExecuteOp("r", "ocf", "p", "t", "start", 0, 1, params=dict.fromkeys(("z", "b", "q", "a", "m"), ""))
    assert list(convert.from_bytes(ExecuteOp, convert.to_bytes(op)).params) == ["a", "b", "m", "q", "z"]


def test_a_value_of_a_wrong_type_is_refused_with_the_name_of_the_message() -> None:
    with pytest.raises(TypeError, match="Failure"):
        convert.to_bytes(Failure(code=1, message=3))  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="Failure"):
        convert.to_bytes(Failure(code=2**63, message=""))


def test_bytes_that_are_no_message_are_refused() -> None:
    with pytest.raises(ValueError, match="not a CibVersion"):
        convert.from_bytes(CibVersion, b"\xff\xff\xff")


def test_only_expected_messages_are_taken_out_of_an_any() -> None:
    packed = any_pb2.Any()
    convert.set_any(packed, CibVersion(1, 2, 3))
    allowed: dict[str, type[Message]] = {convert.type_url(CibVersion): CibVersion}
    assert convert.from_any(allowed, packed) == CibVersion(1, 2, 3)
    with pytest.raises(ValueError, match=r"unexpected pcmk\.v1\.CibVersion"):
        convert.from_any({}, packed)


class WithUnion(Message, frozen=True):
    value: str | int


class WithPair(Message, frozen=True):
    value: tuple[str, str]


class WithNumbers(Message, frozen=True):
    value: dict[str, int] = field(default_factory=dict[str, int])


class WithOptionalDefault(Message, frozen=True):
    value: str | None = "x"


@pytest.mark.parametrize("kind", [WithUnion, WithPair, WithNumbers, WithOptionalDefault])
def test_types_without_a_place_on_the_wire_are_refused(kind: type[Message]) -> None:
    with pytest.raises(TypeError, match=rf"{kind.__name__}\.value"):
        fields_of(kind)
