"""Resources and their operations."""

from pcmk.schema.nvsets import name_and_value, nvset
from pcmk.schema.rng import (
    BOOLEAN,
    DESCRIPTION,
    ID,
    INTEGER,
    any_of,
    attribute,
    choice,
    data,
    element,
    group,
    interleave,
    many,
    may,
    ref,
    refers,
    some,
    values,
)
from pcmk.schema.versions import Version

_ISOLATION = ("isolation", "isolation-host", "isolation-instance", "isolation-wrapper")
_OLD_DEVICE_PARAMETERS = ("arg_map", "list_cmd", "monitor_cmd", "off_cmd", "on_cmd", "reboot_cmd", "status_cmd")
_OPERATION_OPTIONS = (
    *("interval-origin", "start-delay", "enabled", "on-fail", "record-pending", "role", "timeout", "requires"),
)
_DROPPED_META = ("restart-type",)
DROPPED_OP_META = ("can_fail", "role_after_failure")


def definitions(version: Version) -> dict[str, str]:
    """What the other patterns refer to."""
    defined = {
        "primitive": _primitive(version),
        "group": element("group", ID, DESCRIPTION, interleave(_extra(version), some(ref("primitive")))),
    }
    if version >= (1, 2):
        defined["template"] = _template(version)
    return defined


def resources(version: Version) -> str:
    """The section."""
    inner = choice(ref("primitive"), ref("group"))
    kinds = [ref("primitive"), ref("group"), _collective("clone", inner, version)]
    if version >= (1, 2):
        kinds.append(ref("template"))
    if version >= (2, 8):
        kinds.append(_bundle(version))
    if version < (4, 0):
        kinds.append(_collective("master", inner, version))
    return element("resources", many(*kinds))


def meta_pair(version: Version) -> str:
    """Names and values of meta-attributes of any resource."""
    return name_and_value(version, *_DROPPED_META) if version >= (4, 0) else ""


def _collective(name: str, inner: str, version: Version) -> str:
    return element(name, ID, DESCRIPTION, interleave(_extra(version), inner))


def _primitive(version: Version) -> str:
    kind = group(_agent_class(version), attribute("type"))
    if version >= (1, 2):
        kind = choice(kind, refers("template"))
    return element("primitive", ID, kind, DESCRIPTION, interleave(_primitive_extra(version), _operations(version)))


def _template(version: Version) -> str:
    kind = _agent_class(version if version >= (2, 7) else (1, 0)) + attribute("type")
    return element("template", ID, kind, DESCRIPTION, interleave(_primitive_extra(version), _operations(version)))


def _agent_class(version: Version) -> str:
    classes = ["lsb", "heartbeat", "stonith"]
    if version >= (1, 2):
        classes += ["service", "systemd"]
    if version < (4, 0):
        classes += ["upstart", *(["nagios"] if version >= (1, 2) else [])]
    ocf = group(attribute("class", values("ocf")), attribute("provider"))
    return choice(ocf, attribute("class", values(*classes)))


def _extra(version: Version) -> str:
    return many(nvset("instance_attributes", version), nvset("meta_attributes", version, meta_pair(version)))


def _primitive_extra(version: Version) -> str:
    meta, parameters = meta_pair(version), ""
    if (3, 0) <= version < (4, 0):
        meta = name_and_value(version, *_ISOLATION)
    if version == (3, 0):
        parameters = name_and_value(version, *(f"pcmk_{name}" for name in _OLD_DEVICE_PARAMETERS))
    sets = [nvset("instance_attributes", version, parameters), nvset("meta_attributes", version, meta)]
    if version >= (1, 2):
        sets.append(nvset("utilization", version))
    return many(*sets)


def _operations(version: Version) -> str:
    return may(element("operations", may(ID), may(refers("id-ref")), many(_operation(version))))


def _operation(version: Version) -> str:
    promoted = ("Promoted", "Unpromoted") if version >= (3, 7) else ()
    reactions = ["ignore", "block", "stop", "restart", "standby", "fence"]
    reactions += ["restart-container"] if version >= (1, 2) else []
    reactions += ["demote"] if version >= (3, 4) else []
    options = [
        choice(attribute("start-delay"), attribute("interval-origin")),
        attribute("timeout"),
        attribute("enabled", BOOLEAN),
        attribute("record-pending", BOOLEAN),
        attribute("role", values("Stopped", "Started", "Slave", "Master", *promoted)),
        attribute("on-fail", values(*reactions)),
    ]
    if version < (3, 0):
        unfencing = ("unfencing",) if version >= (1, 3) else ()
        options.append(attribute("requires", values("nothing", "quorum", "fencing", *unfencing)))
    meta, parameters = "", ""
    if (3, 0) <= version < (4, 0):
        meta = name_and_value(version, "requires")
    elif version >= (4, 0):
        meta = name_and_value(version, *DROPPED_OP_META)
    if version == (3, 0):
        parameters = name_and_value(version, *_OPERATION_OPTIONS)
    extra = many(nvset("instance_attributes", version, parameters), nvset("meta_attributes", version, meta))
    return element("op", ID, attribute("name"), attribute("interval"), DESCRIPTION, may(*options), extra)


def _bundle(version: Version) -> str:
    technologies = ["docker"]
    technologies += ["rkt"] if (2, 10) <= version < (4, 0) else []
    technologies += ["podman"] if version >= (3, 2) else []
    promoted = attribute("promoted-max", INTEGER)
    if version < (3, 0):
        promoted = attribute("masters", INTEGER)
    elif version < (4, 0):
        promoted = choice(attribute("masters", INTEGER), promoted)
    counts = may(attribute("replicas", INTEGER), attribute("replicas-per-host", INTEGER), promoted)
    container = counts + attribute("image") + any_of("run-command", "network", "options")
    parts = (_extra(version), choice(*(element(name, container) for name in technologies)), may(_network(version)))
    return element("bundle", ID, DESCRIPTION, interleave(*parts, may(_storage()), may(ref("primitive"))))


def _network(version: Version) -> str:
    options = any_of("ip-range-start", "host-interface")
    options += may(attribute("control-port", INTEGER), attribute("host-netmask", INTEGER))
    if version >= (3, 0):
        options += may(attribute("add-host", BOOLEAN))
    one = group(attribute("port", INTEGER), may(attribute("internal-port", INTEGER)))
    ports = choice(one, attribute("range", data("string", pattern=r"([0-9\-]+)")))
    return element("network", options, many(element("port-mapping", ID, ports)))


def _storage() -> str:
    source = choice(attribute("source-dir"), attribute("source-dir-root"))
    return element("storage", many(element("storage-mapping", ID, source, attribute("target-dir"), any_of("options"))))
