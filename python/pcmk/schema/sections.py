"""The smaller sections of the configuration."""

from pcmk.schema.nvsets import name_and_value, nvset
from pcmk.schema.resources import DROPPED_OP_META, meta_pair
from pcmk.schema.rng import (
    DESCRIPTION,
    EMPTY,
    ID,
    SCORE,
    any_of,
    attribute,
    choice,
    data,
    element,
    group,
    interleave,
    many,
    may,
    refers,
    some,
    text_but,
    values,
)
from pcmk.schema.versions import Version

_OLD_STACKS = ("heartbeat", "openais", "classic openais", "classic openais (with plugin)", "cman")
_OLD_OPTIONS = (
    *("cluster-infrastructure", "cluster_recheck_interval", "dc_deadtime", "default-action-timeout"),
    *("default_action_timeout", "default-migration-threshold", "default_migration_threshold"),
    *("default-resource-failure-stickiness", "default_resource_failure_stickiness", "default-resource-stickiness"),
    *("default_resource_stickiness", "election_timeout", "expected-quorum-votes", "is-managed-default"),
    *("is_managed_default", "no_quorum_policy", "notification-agent", "notification-recipient", "remove_after_stop"),
    *("shutdown_escalation", "startup_fencing", "stonith_action", "stonith_enabled", "stop_orphan_actions"),
    *("stop_orphan_resources", "symmetric_cluster", "transition_idle_timeout"),
)
_RENAMED_OPTIONS = (
    *("crmd-finalization-timeout", "crmd-integration-timeout", "crmd-transition-delay", "remove-after-stop"),
    "stonith-action",
)


def options(version: Version) -> str:
    """Cluster options and defaults."""
    pair = ""
    if version >= (4, 0):
        action = attribute("name", values("stonith-action")) + attribute("value", text_but("poweroff"))
        pair = choice(group(name_and_value(version, *_RENAMED_OPTIONS)), group(action))
    elif version >= (3, 0):
        stack = attribute("name", values("cluster-infrastructure")) + attribute("value", text_but(*_OLD_STACKS))
        pair = choice(group(stack), group(name_and_value(version, *_OLD_OPTIONS)))
    for_operations = name_and_value(version, *DROPPED_OP_META) if version >= (4, 0) else ""
    return interleave(
        element("crm_config", many(nvset("cluster_property_set", version, pair))),
        may(element("rsc_defaults", many(nvset("meta_attributes", version, meta_pair(version))))),
        may(element("op_defaults", many(nvset("meta_attributes", version, for_operations)))),
    )


def nodes(version: Version) -> str:
    """Nodes and their permanent attributes."""
    types = ["member"]
    types += ["normal"] if version < (3, 0) else []
    types += ["ping"] if version < (4, 0) else []
    types += ["remote"] if version >= (1, 3) else []
    type = attribute("type", values(*types))
    sets = [nvset("instance_attributes", version)]
    if version >= (1, 2):
        type, sets = may(type, SCORE), [*sets, nvset("utilization", version)]
    return element("nodes", many(element("node", attribute("id"), attribute("uname"), type, DESCRIPTION, many(*sets))))


def tags(version: Version) -> str:
    """Names for sets of elements."""
    reference = attribute("id") if version >= (3, 3) else refers("id")
    return may(element("tags", many(element("tag", ID, some(element("obj_ref", reference))))))


def alerts(version: Version) -> str:
    """What is told to whom."""
    extra = many(nvset("meta_attributes", version), nvset("instance_attributes", version))
    recipients = many(element("recipient", ID, DESCRIPTION, attribute("value"), extra))
    content = group(extra, recipients)
    if version >= (2, 10):
        chosen = element("select_attributes", many(element("attribute", ID, attribute("name"))))
        kinds = (element(f"select_{name}", EMPTY) for name in ("fencing", "nodes", "resources"))
        content = interleave(extra, may(element("select", interleave(may(chosen), *map(may, kinds)))), recipients)
    return may(element("alerts", many(element("alert", ID, DESCRIPTION, attribute("path"), content))))


def fencing_topology(version: Version) -> str:
    """Levels of fencing."""
    targets = [attribute("target"), attribute("target-pattern")]
    if version >= (2, 4):
        targets.append(group(attribute("target-attribute"), attribute("target-value")))
    index = data("positiveInteger", maxInclusive="9") if version >= (4, 0) else data("positiveInteger")
    devices = data("string", pattern=r"([a-zA-Z0-9_\.\-]+)(,[a-zA-Z0-9_\.\-]+)*")
    level = (ID, choice(*targets), attribute("index", index), attribute("devices", devices))
    return may(element("fencing-topology", many(element("fencing-level", *level))))


def acls(version: Version) -> str:
    """Who may read and write what."""
    return may(element("acls", many(*(_acls(version) if version >= (2, 0) else _first_acls()))))


def _acls(version: Version) -> list[str]:
    name = any_of("name") if version >= (3, 8) else ""
    roles = many(element("role", refers("id")))
    of_type = group(attribute("object-type"), any_of("attribute"))
    what = choice(attribute("xpath"), refers("reference"), of_type)
    permission = (ID, attribute("kind", values("read", "write", "deny")), what, DESCRIPTION)
    return [
        element("acl_target", attribute("id"), name, roles),
        element("acl_group", ID, name, roles),
        element("acl_role", ID, DESCRIPTION, many(element("acl_permission", *permission))),
    ]


def _first_acls() -> list[str]:
    tag, reference = attribute("tag"), refers("ref")
    what = choice(tag, reference, group(tag, reference), attribute("xpath")) + any_of("attribute")
    rights = many(*(element(kind, ID, what) for kind in ("read", "write", "deny")))
    return [
        element("acl_user", ID, choice(many(element("role_ref", refers("id"))), rights)),
        element("acl_role", ID, rights),
    ]
