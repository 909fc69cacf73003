"""Constraints."""

from pcmk.schema.rng import (
    BOOLEAN,
    ID,
    SCORE,
    any_of,
    attribute,
    choice,
    element,
    group,
    many,
    may,
    ref,
    refers,
    some,
    values,
)
from pcmk.schema.versions import Version

_KIND = attribute("kind", values("Optional", "Mandatory", "Serialize"))
_ACTIONS = values("start", "promote", "demote", "stop")


def definitions(version: Version) -> dict[str, str]:
    """What the other patterns refer to."""
    return {"resource-set": _resource_set(version)}


def constraints(version: Version) -> str:
    """The section."""
    kinds = [_location(version), _colocation(version), _order(version)]
    if version >= (1, 2):
        kinds.append(_ticket(version))
    return element("constraints", many(*kinds))


def _roles(version: Version) -> str:
    promoted = ("Promoted", "Unpromoted") if version >= (3, 7) else ()
    return values("Stopped", "Started", "Master", "Slave", *promoted)


def _lifetime(version: Version) -> str:
    return may(element("lifetime", some(ref("rule")))) if version < (4, 0) else ""


def _location(version: Version) -> str:
    if version < (1, 2):
        what = refers("rsc")
    else:
        names = [refers("rsc"), *([attribute("rsc-pattern")] if version >= (2, 6) else [])]
        role = may(attribute("role", _roles(version)))
        what = choice(group(choice(*names), role), some(ref("resource-set")))
    where = choice(group(SCORE, attribute("node")), ref("rule") if version >= (4, 0) else some(ref("rule")))
    discovery = attribute("resource-discovery", values("always", "never", "exclusive"))
    return element("rsc_location", ID, what, where, _lifetime(version), may(discovery) if version >= (2, 2) else "")


def _resource_set(version: Version) -> str:
    options = [attribute("sequential", BOOLEAN), attribute("action", _ACTIONS), attribute("role", _roles(version))]
    if version >= (1, 2):
        options.append(attribute("require-all", BOOLEAN))
    if version >= (2, 1):
        options.append(attribute("ordering", values("group", "listed")))
    options.append(choice(SCORE, _KIND) if version >= (3, 0) else SCORE)
    members = some(element("resource_ref", refers("id")))
    return element("resource_set", choice(refers("id-ref"), group(ID, may(*options), members)))


def _colocation(version: Version) -> str:
    score = SCORE
    if version < (3, 0):
        score = choice(SCORE, attribute("score-attribute"), attribute("score-attribute-mangle"))
    roles = may(attribute("rsc-role", _roles(version)), attribute("with-rsc-role", _roles(version)))
    pair = group(refers("rsc"), refers("with-rsc"), any_of("node-attribute"), roles)
    influence = any_of("influence") if version >= (3, 6) else ""
    what = choice(some(ref("resource-set")), pair)
    return element("rsc_colocation", ID, may(score), influence, _lifetime(version), what)


def _order(version: Version) -> str:
    options = [attribute("symmetrical", BOOLEAN), choice(SCORE, _KIND)]
    if version >= (2, 3):
        options.append(attribute("require-all", BOOLEAN))
    actions = may(attribute("first-action", _ACTIONS), attribute("then-action", _ACTIONS))
    what = choice(some(ref("resource-set")), group(refers("first"), refers("then"), actions))
    return element("rsc_order", ID, _lifetime(version), may(*options), what)


def _ticket(version: Version) -> str:
    single = group(refers("rsc"), may(attribute("rsc-role", _roles(version))))
    policy = attribute("loss-policy", values("stop", "demote", "fence", "freeze"))
    return element("rsc_ticket", ID, choice(some(ref("resource-set")), single), attribute("ticket"), may(policy))
