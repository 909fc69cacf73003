"""Tickets: what is known of them, as the CIB has it."""

import time
from typing import NamedTuple

from pcmk._core import Cib, Element
from pcmk.kernel.booleans import is_true
from pcmk.output.xml import element, quoted

GRANTED, STANDBY, LAST_GRANTED, EXPIRES = "granted", "standby", "last-granted", "expires"
_TIMES = (LAST_GRANTED, EXPIRES)


class Ticket(NamedTuple):
    """A ticket; `state` has what is recorded of it, and is empty if constraints alone name it."""

    id: str
    state: dict[str, str]

    @property
    def granted(self) -> bool:
        """Whether this cluster has it."""
        return is_true(self.state.get(GRANTED, ""))

    @property
    def status(self) -> str:
        """The word for whether this cluster has it."""
        return "granted" if self.granted else "revoked"

    @property
    def standby(self) -> bool:
        """Whether it is about to be given away."""
        return is_true(self.state.get(STANDBY, ""))

    def line(self) -> str:
        """The ticket in one line."""
        when = self.state.get(LAST_GRANTED)
        granted = f' last-granted="{_date(when)}"' if when is not None else ""
        return f"{self.id}\t{self.status}{' [standby]' if self.standby else ''}{granted}"

    def detailed_line(self) -> str:
        """The ticket in one line, with everything that is recorded of it."""
        if not self.state:
            return self.line()
        shown = (f"{name}={_date(value) if name in _TIMES else value}" for name, value in self.state.items())
        blank = " " if LAST_GRANTED in self.state else ""
        return f"{self.id}\t{self.status}{' [standby]' if self.standby else ''}{blank}\t({', '.join(shown)})"

    def item(self) -> str:
        """The ticket for programs."""
        when = self.state.get(LAST_GRANTED)
        values = {
            "id": self.id,
            "status": self.status,
            "standby": "true" if self.standby else "false",
            LAST_GRANTED: _date(when) if when is not None else None,
        }
        return element("ticket", values | {name: self.state[name] for name in self.state if name not in _TIMES})


def tickets(cib: Cib) -> list[Ticket]:
    """Those with a state, then those that only constraints name, both in the order of the CIB."""
    found = {each.id: each for each in map(_recorded, cib.find(state_path()))}
    for constraint in cib.find(constraint_path()):
        name = constraint.get("ticket")
        if name:
            found.setdefault(name, Ticket(name, {}))
    return list(found.values())


def _recorded(state: Element) -> Ticket:
    values = state.attrib
    return Ticket(values.pop("id", ""), values)


def find(cib: Cib, name: str) -> Ticket | None:
    """A ticket by its id."""
    return next((each for each in tickets(cib) if each.id == name), None)


def state_path(name: str = "") -> str:
    """The XPath of the states of one ticket or, without a name, of all."""
    return f"/cib/status/tickets/ticket_state{_condition('id', name)}"


def constraint_path(name: str = "") -> str:
    """The XPath of the constraints on one ticket or, without a name, on any."""
    return f"/cib/configuration/constraints/rsc_ticket{_condition('ticket', name)}"


def _condition(attribute: str, name: str) -> str:
    return f"[@{attribute}={quoted(name)}]" if name else ""


def _date(epoch: str) -> str:
    try:
        return time.asctime(time.localtime(int(epoch)))
    except (ValueError, OverflowError, OSError):
        return epoch
