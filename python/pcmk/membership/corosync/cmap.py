"""Corosync's configuration as it is in force: keys and values of cmap."""

import ctypes
from collections.abc import Callable
from typing import Any

from pcmk.membership.corosync.library import OK, Service

_LONGEST_KEY = 255
_STRING = 11
_WHOLE_NUMBERS = range(1, 9)
_TRACK_ADD_MODIFY = 4 | 2
_RELOADING = b"config.reload_in_progress"


class _Value(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("length", ctypes.c_size_t), ("data", ctypes.c_void_p)]


_Notify = ctypes.CFUNCTYPE(
    None, ctypes.c_uint64, ctypes.c_uint64, ctypes.c_int32, ctypes.c_char_p, _Value, _Value, ctypes.c_void_p
)


class Cmap(Service):
    """A connection; `reloaded` is called in `dispatch` when Corosync has read its configuration file anew."""

    name = "configuration"
    library = "libcmap.so.4"
    prefix = "cmap"

    def __init__(self, reloaded: Callable[[], None]) -> None:
        super().__init__()
        self._reloaded = reloaded
        self._check(self._function("initialize")(ctypes.byref(self._handle)))
        self._notify = _Notify(self._changed)
        track = ctypes.c_uint64()
        # The key may not be there before the first reload; to follow it is possible all the same.
        self._begin(
            lambda: self._function("track_add")(
                self._handle, _RELOADING, _TRACK_ADD_MODIFY, self._notify, None, ctypes.byref(track)
            )
        )

    def read(self, prefix: str) -> dict[str, str]:
        """All keys that begin so, whose values are texts or whole numbers."""
        iteration = ctypes.c_uint64()
        self._check(self._function("iter_init")(self._handle, prefix.encode(), ctypes.byref(iteration)))
        step = self._function("iter_next")
        try:
            name = ctypes.create_string_buffer(_LONGEST_KEY + 1)
            found: list[tuple[bytes, int, int]] = []
            size, kind = ctypes.c_size_t(), ctypes.c_int()
            while step(self._handle, iteration, name, ctypes.byref(size), ctypes.byref(kind)) == OK:
                found.append((name.value, size.value, kind.value))
        finally:
            self._function("iter_finalize")(self._handle, iteration)
        values: dict[str, str] = {}
        for key, length, type_number in found:
            value = self._value(key, length, type_number)
            if value is not None:
                values[key.decode()] = value
        return values

    def _value(self, key: bytes, length: int, type_number: int) -> str | None:
        if type_number != _STRING and type_number not in _WHOLE_NUMBERS:
            return None
        buffer = ctypes.create_string_buffer(length)
        size = ctypes.c_size_t(length)
        kind = ctypes.c_int()
        # A key may vanish between its name and its value.
        if self._function("get")(self._handle, key, buffer, ctypes.byref(size), ctypes.byref(kind)) != OK:
            return None
        raw = buffer.raw[: size.value]
        if kind.value == _STRING:
            return raw.rstrip(b"\0").decode("utf-8", "replace")
        # Signed types have odd numbers.
        return str(int.from_bytes(raw, "little", signed=kind.value % 2 == 1))

    def _changed(self, _handle: int, _track: int, _event: int, _key: bytes, new: Any, _old: Any, _user: Any) -> None:
        value = ctypes.string_at(new.data, new.length) if new.data else b""
        # It is set to 1 when a reload begins and to 0 when it is done.
        if not any(value):
            self._guard(self._reloaded)
