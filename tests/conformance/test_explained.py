"""Every score of every recorded input is the sum of its parts, and every decision has a reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pcmk.scheduler import Cib, ScorePart, Trace, schedule, total

PROJECT = Path(__file__).resolve().parents[2]
RECORDED = PROJECT.parent / "shared" / "conformance"
SUITES = ("scheduler", "random")
UNDATED = 1767787200

pytestmark = pytest.mark.skipif(not RECORDED.exists(), reason=f"NO RECORDED CASES at {RECORDED}: nothing is explained")


@pytest.mark.parametrize("suite", SUITES)
def test_scores_are_the_sums_of_their_parts_and_decisions_have_reasons(suite: str) -> None:
    wrong: list[str] = []
    lines = 0
    inputs = sorted((RECORDED / suite / "xml").glob("*.xml"))
    for path in inputs:
        trace = traced(path)
        lines += len(trace.scores)
        wrong += [f"{path.stem}: {text}" for text in (*wrong_sums(trace), *missing_reasons(trace))]
    assert not wrong, "\n".join(wrong[:20])
    assert inputs and lines > 10 * len(inputs)


def traced(path: Path) -> Trace:
    """The plan of an input as of its time."""
    cib = Cib.parse(path.read_bytes())
    dated = cib.root.get("execution-date")
    return schedule(cib, now=UNDATED if dated is None else int(dated), trace=True, sanitized=True).trace


def wrong_sums(trace: Trace) -> Iterator[str]:
    for line in trace.scores:
        if total(line.parts) != line.score:
            yield f"{line.step} {line.resource} on {line.node}: {line.score}, not {total(line.parts)}"
        yield from (f"{line.resource} on {line.node}: {text}" for part in line.parts for text in wrong_inside(part))


def wrong_inside(part: ScorePart) -> Iterator[str]:
    if part.parts and total(part.parts) != part.score:
        yield f"{part.kind} of {part.resource}: {part.score}, not {total(part.parts)}"
    # Scores are replaced only where that is the rule; all else is arithmetic.
    if part.effect == "becomes" and part.kind not in ("replica", "preference"):
        yield f"{part.kind} replaces a score"
    for inner in part.parts:
        yield from wrong_inside(inner)


def missing_reasons(trace: Trace) -> Iterator[str]:
    for answer in trace.actions:
        if answer.required and not answer.required_by:
            yield f"nothing requires {answer.action.key}"
        if not answer.runnable and not answer.blocked_by:
            yield f"nothing blocks {answer.action.key}"
    for fencing in trace.fencing:
        if not fencing.reasons:
            yield f"no reason for fencing {fencing.node}"
    for answer in trace.idle:
        if not answer.obstacles:
            yield f"nothing keeps {answer.resource} from running"
