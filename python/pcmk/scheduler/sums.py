"""Score arithmetic: how the parts of a score make it up."""

from collections.abc import Iterable

from pcmk.scheduler.facts import INFINITY, ScorePart


def add(score: int, more: int) -> int:
    """Minus infinity wins over everything, then infinity; all else is the sum, kept within the two."""
    if -INFINITY in (score, more):
        return -INFINITY
    if INFINITY in (score, more):
        return INFINITY
    return max(-INFINITY, min(INFINITY, score + more))


def total(parts: Iterable[ScorePart]) -> int | None:
    """What the parts that count make in order; None if there is no score."""
    score: int | None = None
    for part in parts:
        if part.withdrawn is not None:
            continue
        if part.effect == "adds" and part.score is not None:
            score = None if score is None else add(score, part.score)
        else:
            score = part.score
    return score
