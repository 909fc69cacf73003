"""Devices and levels that clients have registered, beside those of the CIB; they end with the fencer's process."""

from collections.abc import Mapping
from typing import TypeAlias

from msgspec.structs import replace

from pcmk.fenced.cib_devices import DeviceConfig
from pcmk.fenced.topology import KINDS, LAST_LEVEL, Level
from pcmk.kernel.messages.fencer import DeregisterDevice, DeregisterLevel, RegisterDevice, RegisterLevel
from pcmk.kernel.watchdog import AGENTS, DEVICE

Registration: TypeAlias = RegisterDevice | DeregisterDevice | RegisterLevel | DeregisterLevel
"""What a client may want."""

_Key = tuple[str, str, str, int]


class Registrations:
    """What there is in all. A device goes when neither the CIB nor a client wants it."""

    def __init__(self) -> None:
        self._of_cib: Mapping[str, DeviceConfig] = {}
        self._of_clients: dict[str, DeviceConfig] = {}
        self._levels: dict[_Key, Level] = {}

    @property
    def devices(self) -> dict[str, DeviceConfig]:
        """All devices. Of two definitions, the newer one holds."""
        return {**self._of_cib, **self._of_clients}

    def configure(self, devices: Mapping[str, DeviceConfig]) -> None:
        """The CIB has these devices now."""
        for id, device in devices.items():
            if id in self._of_clients and device != self._of_cib.get(id):
                self._of_clients[id] = device
        self._of_cib = devices

    def take(self, change: Registration) -> str:
        """Do what a client wants; why not, if that is wrong. Devices for a level join those that are on it already."""
        match change:
            case RegisterDevice(device=id, agent=agent, params=params):
                if not (id and agent):
                    return "a device needs a name and an agent"
                if id == DEVICE or agent in AGENTS:
                    return f"{DEVICE} is there wherever fencing by watchdog is configured, and nowhere else"
                self._of_clients[id] = DeviceConfig(id, agent, tuple(sorted(params.items())))
            case DeregisterDevice(device=id):
                self._of_clients.pop(id, None)
            case RegisterLevel(level=wanted):
                level = Level(wanted.kind, wanted.key, wanted.value, wanted.index, wanted.devices)
                if level.kind not in KINDS or not level.key or not 1 <= level.index <= LAST_LEVEL or not level.devices:
                    return f"can't register level {level.index} of {level.key!r} with {len(level.devices)} devices"
                self._levels[_key(level)] = _joined(self._levels.get(_key(level), level), level)
            case DeregisterLevel(level=level):
                self._levels.pop((level.kind, level.key, level.value, level.index), None)
        return ""

    def with_levels(self, levels: tuple[Level, ...]) -> tuple[Level, ...]:
        """The levels of the CIB with those of clients; a level that both have has the devices of both."""
        both = [_joined(level, self._levels.get(_key(level), level)) for level in levels]
        there = set(map(_key, levels))
        return (*both, *(level for key, level in self._levels.items() if key not in there))


def _key(level: Level) -> _Key:
    return level.kind, level.key, level.value, level.index


def _joined(first: Level, second: Level) -> Level:
    return replace(first, devices=tuple(dict.fromkeys((*first.devices, *second.devices))))
