"""The scheduler daemon's API."""

from dataclasses import dataclass, field

from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibVersion


@dataclass(frozen=True, slots=True)
class Schedule(Message):
    """Plan from the committed CIB, which must have reached `version`, at time `now` (seconds since the epoch).

    `root_attributes` are forced onto the input (`have-quorum`, `dc-uuid`, ...). Answered by `Scheduled`.
    """

    transition_id: int
    version: CibVersion
    now: int
    root_attributes: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Scheduled(Message):
    """The transition graph as XML, where its input was archived, and what the scheduler had to say."""

    transition_id: int
    graph_xml: str
    input_file: str
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
