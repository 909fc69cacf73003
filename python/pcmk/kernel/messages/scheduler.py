"""The scheduler daemon's API."""

from msgspec import field

from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibVersion


class Schedule(Message, frozen=True):
    """Plan from the committed CIB, which must have reached `version`, at time `now` (seconds since the epoch).

    `root_attributes` are forced onto the input (`have-quorum`, `dc-uuid`, ...). Answered by `Scheduled`.
    """

    transition_id: int
    version: CibVersion
    now: int
    root_attributes: dict[str, str] = field(default_factory=dict[str, str])


class Scheduled(Message, frozen=True):
    """The transition graph as XML, where its input was archived, and what the scheduler had to say."""

    transition_id: int
    graph_xml: str
    input_file: str
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
