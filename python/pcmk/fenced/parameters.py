"""The parameters of a fence device that the cluster itself consumes (`pcmk_*`), and what is left for the agent."""

import re
from collections.abc import Mapping

from msgspec import Struct

HOST_CHECKS = ("static-list", "dynamic-list", "status", "none")
DEFAULT_TRIES = 2
_UNITS = {
    "": 1.0,
    "s": 1.0,
    "sec": 1.0,
    "ms": 0.001,
    "msec": 0.001,
    "us": 0.000001,
    "usec": 0.000001,
    "m": 60.0,
    "min": 60.0,
    "h": 3600.0,
    "hr": 3600.0,
}
_SEPARATORS = re.compile(r"[\s,;]+")
_MAP_SEPARATORS = re.compile(r"[\s;]+")
_ONLY_OURS = ("provides", "stonith-timeout", "action", "crm_feature_set")


def seconds(text: str | None) -> float | None:
    """A duration like `30`, `30s`, `500ms`, `2min`; None if it is none."""
    match = re.fullmatch(r"\s*(\d+)\s*([a-z]*)\s*", (text or "").lower())
    if match is None or match[2] not in _UNITS:
        return None
    return int(match[1]) * _UNITS[match[2]]


def names_in(text: str) -> tuple[str, ...]:
    """The names in what an agent prints for `list`: lines of a plug and perhaps a description and a state.

    What follows a plug on its line counts as further names, but for the states `on` and `off`.
    """
    words = (re.match(r"[A-Za-z0-9_.-]*", word) for word in _SEPARATORS.split(text.replace("\\n", "\n")))
    names = (word[0] for word in words if word is not None)
    return tuple(dict.fromkeys(name for name in names if name and name.lower() not in ("on", "off")))


class Parameters(Struct, frozen=True):
    """A device's parameters as they stand in the CIB."""

    values: Mapping[str, str]

    # ---- which hosts ----------------------------------------------------------------------------

    @property
    def host_map(self) -> dict[str, str]:
        """Node name (lower case) to what the agent calls it."""
        pairs: dict[str, str] = {}
        for word in _MAP_SEPARATORS.split(self.values.get("pcmk_host_map", "")):
            node, separator, port = word.replace("=", ":", 1).partition(":")
            if node and separator and port:
                pairs[node.lower()] = port
        return pairs

    @property
    def host_list(self) -> frozenset[str]:
        """Names (lower case) that the device is configured for; those of the map included."""
        listed = _SEPARATORS.split(self.values.get("pcmk_host_list", ""))
        return frozenset(name.lower() for name in listed if name) | frozenset(self.host_map)

    def host_check(self, supported: frozenset[str]) -> str:
        """How it is found out whether the device can fence a host; `supported` are the agent's actions."""
        explicit = self.values.get("pcmk_host_check", "")
        if explicit:
            return explicit
        if self.values.get("pcmk_host_list") or self.values.get("pcmk_host_map"):
            return "static-list"
        if "list" in supported:
            return "dynamic-list"
        return "status" if "status" in supported else "none"

    def alias(self, target: str) -> str:
        """What the agent calls a node."""
        return self.host_map.get(target.lower(), target)

    # ---- how ------------------------------------------------------------------------------------

    @property
    def action_limit(self) -> int | None:
        """How many actions of the device may run at once; None is no limit."""
        text = self.values.get("pcmk_action_limit", "1").strip()
        try:
            limit = int(text)
        except ValueError:
            return 1
        return None if limit < 0 else max(limit, 1)

    def command(self, action: str) -> str:
        """What the agent calls an action."""
        return self.values.get(f"pcmk_{action}_action") or action

    def timeout(self, action: str) -> float:
        """The device's own time limit for an action; 0 if it has none."""
        return seconds(self.values.get(f"pcmk_{action}_timeout")) or 0.0

    def tries(self, action: str) -> int:
        """How often an action is tried in all."""
        text = self.values.get(f"pcmk_{action}_retries", "").strip()
        return max(int(text), 1) if text.isdigit() else DEFAULT_TRIES

    def delay_base(self, target: str) -> float:
        """The fixed delay before the target is fenced; either one for all, or `node:delay` pairs."""
        text = self.values.get("pcmk_delay_base", "")
        if ":" not in text:
            return min(seconds(text) or 0.0, self._delay_limit)
        for word in _MAP_SEPARATORS.split(text):
            node, _, delay = word.partition(":")
            if node.lower() == target.lower():
                return min(seconds(delay) or 0.0, self._delay_limit)
        return 0.0

    def delay_max(self, target: str) -> float:
        """The longest delay, of which what exceeds the fixed one is random."""
        return max(seconds(self.values.get("pcmk_delay_max")) or 0.0, self.delay_base(target))

    @property
    def _delay_limit(self) -> float:
        return seconds(self.values.get("pcmk_delay_max")) or float("inf")

    # ---- for the agent --------------------------------------------------------------------------

    def options(self, command: str, target: str, host_argument: str) -> tuple[tuple[str, str], ...]:
        """What the agent is told: the configured parameters that are its own, the action and the target.

        `host_argument` is the agent's parameter for the target, empty if it has none.
        """
        options = {
            name: value
            for name, value in self.values.items()
            if not name.startswith(("pcmk_", "CRM_meta_")) and name not in _ONLY_OURS
        }
        options["action"] = command
        if target:
            argument = self.values.get("pcmk_host_argument") or host_argument
            options["nodename"] = target
            if argument and argument != "none" and options.get(argument, "dynamic") == "dynamic":
                options[argument] = self.alias(target)
        return tuple(sorted(options.items()))
