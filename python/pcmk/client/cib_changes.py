"""Following the CIB: every change of it, however often the connection is lost.

with Connection(settings, "example") as connection:
    for change in follow(connection, section="resources"):
        print(change.cib.version, change.patchset)
"""

import time
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from pcmk._core import Cib
from pcmk.client.connection import Connection
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import CibError, PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibChanges, CibChangesQuery

FIRST_DELAY = 0.1
LAST_DELAY = 5.0
_PASSING = frozenset({ExitCode.DISCONNECT, ExitCode.TIMEOUT})


class Change(Struct, frozen=True):
    """The CIB as it is now, or the section of it that is followed, and `patchset`, which leads to it from the `cib` of
    the change before. If `whole`, it does not follow from that one: it is the first, or `reason` says why. A sign of
    life has neither. `at` is where to go on later (`since`)."""

    cib: Cib
    at: str
    patchset: str = ""
    whole: bool = False
    reason: str = ""


class Copy(Struct):
    """What was received: the sum of all that was told. It begins empty, or with what `follow` gave once."""

    cib: Cib | None = None
    at: str = ""

    def take(self, told: CibChanges) -> Change:
        """Go on by what was told. Raises CibError if that does not fit; then all has to be asked for again."""
        if told.whole:
            self.cib = Cib.parse(told.xml)
        elif self.cib is None:
            raise CibError(ExitCode.OLD, "a change of a CIB that was not told")
        elif told.patchset:
            self.cib = self.cib.apply_patchset(told.patchset)
        self.at = told.at
        return Change(self.cib, told.at, told.patchset, told.whole, told.reason)


def follow(
    connection: Connection,
    section: str = "",
    *,
    user: str = "",
    copy: Copy | None = None,
    signs_of_life: bool = False,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Change]:
    """Every change of the CIB, or of one section, from now on; the first one gives all there is.

    With the `copy` of an earlier call, for the same section and user, it goes on where that ended. When the connection
    breaks it is made anew, without a gap and without anything coming twice; changes meanwhile come as one. With
    `signs_of_life` there is a change without content every few seconds in which there was none. Never ends; raises
    `PcmkError` if it is refused, not if the CIB manager can't be reached for a while.
    """
    mine = Copy() if copy is None else copy
    delay, misfit = FIRST_DELAY, ""
    while True:
        query = CibChangesQuery(mine.at if mine.cib is not None else "", section, user=user)
        try:
            with connection.follow(Daemon.BASED, "Follow", query) as told:
                for change in received(mine, told):
                    delay = FIRST_DELAY
                    if misfit and change.whole:
                        change, misfit = replace(change, reason=misfit), ""
                    if change.whole or change.patchset or signs_of_life:
                        yield change
        except CibError as error:
            mine.cib, mine.at, misfit = None, "", f"the copy is not what was told: {error.message}"
        except PcmkError as error:
            if error.code not in _PASSING:
                raise
            connection.close()
            pause(delay)
            delay = min(delay * 2, LAST_DELAY)


def received(copy: Copy, told: Iterable[Message]) -> Iterator[Change]:
    """The changes that a stream tells, added to a copy."""
    for message in told:
        assert isinstance(message, CibChanges)
        yield copy.take(message)
