"""Rules and sets of name/value pairs."""

from pcmk.schema.rng import (
    ID,
    SCORE,
    any_of,
    attribute,
    choice,
    element,
    group,
    interleave,
    many,
    may,
    ref,
    refers,
    some,
    text_but,
    values,
)
from pcmk.schema.versions import Version

_SPANS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
_PARTS = ("years", "months", "monthdays", "hours", "minutes", "seconds", "weekyears", "weeks", "weekdays", "yearsdays")
_OLD_PARTS = ("hours", "monthdays", "weekdays", "yearsdays", "months", "weeks", "years", "weekyears", "moon")


def nvset(name: str, version: Version, pair: str = "") -> str:
    """A set; `pair` is the name and value of its pairs where these are restricted."""
    inner = group(ID, pair or name_and_value(version))
    if version >= (1, 3):
        inner = choice(group(refers("id-ref"), *([] if version >= (4, 0) else [any_of("name")])), inner)
    content = group(ID, may(SCORE), interleave(may(ref("rule")), many(element("nvpair", inner))))
    return element(name, choice(refers("id-ref"), content))


def name_and_value(version: Version, *but: str) -> str:
    """Any name but some, and a value."""
    value = attribute("value")
    return attribute("name", text_but(*but)) + (value if version >= (4, 0) else may(value))


def rule(version: Version) -> str:
    """A rule, which may hold others. The score comes with the constraint since 3.9 where it is not of use."""
    score = choice(SCORE, attribute("score-attribute"))
    conditions = [_expression(version), _date_expression(version), ref("rule")]
    if version >= (3, 4):
        conditions += [
            element("rsc_expression", ID, any_of("class", "provider", "type")),
            element("op_expression", ID, attribute("name"), any_of("interval")),
        ]
    head = may(attribute("boolean-op", values("or", "and"))) + any_of("role")
    content = group(ID, may(score) if version >= (3, 9) else score, head, some(*conditions))
    return element("rule", choice(refers("id-ref"), content))


def _expression(version: Version) -> str:
    operations = values("lt", "gt", "lte", "gte", "eq", "ne", "defined", "not_defined")
    types = ("string", "number", "version", *(("integer",) if version >= (3, 5) else ()))
    source = may(attribute("value-source", values("literal", "param", "meta"))) if version >= (2, 9) else ""
    named = attribute("attribute") + attribute("operation", operations)
    return element("expression", ID, named, any_of("value"), may(attribute("type", values(*types))), source)


def _date_expression(version: Version) -> str:
    start, end = attribute("start"), attribute("end")
    if version >= (3, 9):
        moon = ("moon",) if version < (4, 0) else ()
        spans = (*_SPANS, "monthdays", "weekdays", "yearsdays", "weekyears", "moon")
        duration = element("duration", ID, any_of(*spans))
        spec = element("date_spec", ID, any_of(*_PARTS, "yeardays", *moon))
        within = group(choice(start, end, group(start, end)), may(duration))
    else:
        duration = element("duration", ID, any_of(*_OLD_PARTS))
        spec = element("date_spec", ID, any_of(*_OLD_PARTS))
        within = choice(group(may(start), end), group(start, duration))
    operations = {"in_range": within, "gt": start, "lt": end, "date_spec": spec}
    kinds = (group(attribute("operation", values(name)), more) for name, more in operations.items())
    return element("date_expression", ID, choice(*kinds))
