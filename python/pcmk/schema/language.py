"""The grammar of each version of the CIB's language."""

from pcmk.schema import constraints, nvsets, resources, sections
from pcmk.schema.rng import BOOLEAN, COUNT, any_of, attribute, element, grammar, interleave, may, ref, values
from pcmk.schema.versions import NAMES, UNCHECKED, Version

_ANYTHING = (
    "<zeroOrMore><choice><attribute><anyName/><text/></attribute><text/>"
    '<element><anyName/><ref name="anything"/></element></choice></zeroOrMore>'
)


def grammar_of(version: Version) -> str:
    """The RELAX NG grammar of a version, as XML text."""
    parts = [
        sections.options(version),
        sections.nodes(version),
        resources.resources(version),
        constraints.constraints(version),
    ]
    if version >= (1, 2):
        parts += [sections.fencing_topology(version), sections.acls(version)]
    if version >= (1, 3):
        parts.append(sections.tags(version))
    if version >= (2, 5):
        parts.append(sections.alerts(version))
    configuration = element("configuration", interleave(*parts))
    return grammar(
        element("cib", _root(version), configuration, may(element("status", ref("anything")))),
        anything=_ANYTHING,
        rule=nvsets.rule(version),
        **resources.definitions(version),
        **constraints.definitions(version),
    )


def _root(version: Version) -> str:
    texts = ["crm_feature_set", "dc-uuid", "cib-last-written"]
    if version >= (1, 2):
        texts += ["update-origin", "update-client", "update-user", "execution-date"]
    counts = (attribute(name, COUNT) for name in ("admin_epoch", "epoch", "num_updates"))
    ports = (attribute(name, COUNT) for name in ("remote-tls-port", "remote-clear-port"))
    flags = (attribute(name, BOOLEAN) for name in ("have-quorum", "no-quorum-panic"))
    schema = attribute("validate-with", values(UNCHECKED, *NAMES))
    return "".join(counts) + may(schema, *ports, *flags) + any_of(*texts)
