"""The scheduler for programs that embed it: what a cluster would do, and why.

`schedule` takes a CIB and answers with an `Outcome`. It is a function of what it is given, holds no state, and runs
without the interpreter's lock, so any number of threads may call it at once. See docs/scheduler-api.md.
"""

from pcmk._core import Cib
from pcmk.scheduler.facts import (
    INFINITY,
    ActionAnswer,
    ActionRef,
    Cause,
    Choice,
    Failures,
    Fencing,
    Hop,
    Obstacle,
    Operation,
    Placement,
    ResourceAnswer,
    Rule,
    ScoreLine,
    ScorePart,
    Test,
    Wait,
)
from pcmk.scheduler.outcome import Outcome, Trace, schedule
from pcmk.scheduler.sums import total

__all__ = [
    "INFINITY",
    "ActionAnswer",
    "ActionRef",
    "Cause",
    "Choice",
    "Cib",
    "Failures",
    "Fencing",
    "Hop",
    "Obstacle",
    "Operation",
    "Outcome",
    "Placement",
    "ResourceAnswer",
    "Rule",
    "ScoreLine",
    "ScorePart",
    "Test",
    "Trace",
    "Wait",
    "schedule",
    "total",
]
