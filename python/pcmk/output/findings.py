"""What the scheduler finds wrong with a CIB, in words. It tells a finding as a code, a subject and details
(`constraint-reference: constraint c1 name=nobody`); a code without words of its own is shown as it is."""

import re
from collections import defaultdict

from pcmk._core import Cib

_SUBJECT = r'the cluster|<[\w-]+(?: id="(?P<element_id>[^"]*)")?>|\w+ (?P<id>\S*)'
_FINDING = re.compile(rf"(?P<code>[\w-]+): (?P<subject>{_SUBJECT})(?P<details> .*)?", re.DOTALL)
_DETAIL = re.compile(r" ([a-z-]+)=")

TEXTS = {
    "feature-set-too-new": "The CIB was written by a newer version (feature set {theirs}) than this one ({ours})",
    "invalid-option": "Using the default of {subject} because '{value}' is not a valid value",
    "legacy-option": "The name '{old}' of {subject} is deprecated",
    "deprecated-option": "That {subject} can be false is deprecated",
    "quorum-policy-needs-fencing": "Using no-quorum-policy=stop because fencing is disabled",
    "quorum-policy-never-quorate": "Using no-quorum-policy=stop because the cluster never had quorum",
    "no-quorum": "There is no quorum, so that resources are not managed",
    "no-fence-device": "Resource start-up disabled since no fencing resources have been defined. Either configure some "
    "or disable fencing with the fencing-enabled option. NOTE: Clusters with shared data need fencing to ensure data "
    "integrity.",
    "without-id": "Ignoring {subject} because it has no id",
    "unknown-node-type": "Ignoring {subject} and later nodes because '{type}' is not a type of nodes",
    "duplicate-node-name": "There are several nodes of the name '{id}'",
    "invalid-resource": "Ignoring <{element}> resource '{id}' because configuration is invalid",
    "unknown-resource-type": "Ignoring {subject} because there is no kind of resources '{type}'",
    "invalid-meta": "Using the default of meta-attribute '{name}' of {subject} because '{value}' is not a valid value",
    "deprecated-meta": "Meta-attribute {name}='{value}' of {subject} is deprecated",
    "requires-fencing": "{name}='{value}' of {subject} can't be had: it needs fencing",
    "operation-without-name": "Ignoring {subject} because it has no name",
    "duplicate-operation": "Operation {id} is duplicate of {other} (do not use same name and interval combination more "
    "than once per resource)",
    "operation-cannot-recur": "Ignoring {id} because {operation} action cannot be recurring",
    "too-many-instances": "{subject} gets {used} instances because {value} are too many",
    "too-many-resources": "Ignoring {subject} and what comes later because there are too many resources",
    "too-much-work": "The CIB asks for more work than is done for any; {subject} and what comes later is ignored",
    "removed-node-state": "Ignoring the state of {subject}, which is not configured any more",
    "invalid-history": "Ignoring {subject} because it is no record of an operation",
    "expected-result-missing": "{subject} does not tell which result was expected",
    "invalid-operation-meta": "Ignoring {name} of an operation of {subject} because '{value}' is not a valid value",
    "invalid-on-fail": "Using the default of on-fail for {operation} of {subject} because '{value}' is not valid",
    "on-fail-not-allowed": "Using the default of on-fail for {operation} of {subject} because it can't be '{value}'",
    "on-fail-needs-fencing": "Using on-fail=stop for {operation} of {subject} because fencing is disabled",
    "invalid-template": "{subject} can't be made of template '{template}': there is none, or it is made of itself",
    "invalid-id-ref": "Ignoring id-ref '{id-ref}' of {subject} because there is no such id",
    "misplaced-resource": "Ignoring {subject} because it may not be in '{in}'",
    "empty-group": "Group '{id}' has no members",
    "empty-clone": "Clone '{id}' has nothing to clone",
    "clone-node-max-ignored": "Using clone-node-max=1 for {subject}, not '{value}', because its instances are alike",
    "unique-not-supported": "Instances of {subject} can't be unique: it is of type {agent}",
    "promotable-not-supported": "Resource {id} is of type {agent} and therefore cannot be used as a promotable clone "
    "resource",
    "unknown-launcher": "{subject} is to run in '{container}', and there is no such resource",
    "unknown-constraint": "Ignoring {subject} because there is no kind of constraints '{element}'",
    "constraint-reference": "{subject} is about '{name}', and there is no such thing",
    "constraint-value": "'{value}' is not a valid value of {name} of {subject}",
    "constraint-two-tags": "Ignoring {subject} because it is about two tags or templates",
    "constraint-not-invertible": "{subject} holds in one direction only: nothing is the inverse of '{action}'",
    "order-loop": "{subject} leads back to where it began together with {with}: nothing in the loop can ever be done",
    "colocation-with-itself": "{subject} says nothing: it is about one resource and itself",
    "constraint-unknown-node": "{subject} is about node '{name}', which is not known",
    "rule-without-id": "Ignoring a rule of {subject} because it has no id",
    "without-ticket": "Ignoring {subject} because it names no ticket",
    "loss-policy-needs-fencing": "Using loss-policy=stop for {subject} because fencing is disabled",
    "set-without-id": "Ignoring a set of {subject} because it has no id",
    "empty-tag": "{subject} is about '{name}', which has no members",
    "constraint-deprecated": "{name} of {subject} is deprecated and does nothing",
    "old-language": "Support for {name} in {subject} is deprecated and will be removed in a future release",
    "invalid-health": "{name}='{value}' of {subject} is not a score",
    "invalid-fencing-level": "Ignoring {subject} because '{index}' is not from 1 to 9, or it has no id",
    "bundle-without-container": "Bundle '{id}' has no container of a known kind",
    "bundle-without-control": "What is in bundle '{id}' can't be controlled: there are neither addresses nor a port",
    "replicas-per-host-ignored": "Using replicas-per-host=1 for {subject} because its replicas have no addresses",
    "invalid-mapping": "Ignoring {subject} because it lacks something",
    "nothing-to-order-after": "{subject} can't be done: it is ordered after something that is never done",
    "invalid-order": "Ignoring an ordering of {subject} after what launches its node",
    "unclean-not-fenced": "Node {id} is unclean but cannot be fenced",
}


def worded(finding: str, cib: Cib) -> str:
    """A finding about a CIB as a sentence."""
    found = _FINDING.fullmatch(finding)
    text = TEXTS.get(found["code"]) if found is not None else None
    if found is None or text is None:
        return finding
    names_and_values = _DETAIL.split(found["details"] or "")[1:]
    details = dict(zip(names_and_values[::2], names_and_values[1::2], strict=True))
    about = {"subject": found["subject"], "id": found["id"] or found["element_id"] or ""}
    if "{element}" in text:
        about["element"] = details.get("element") or _element(cib, found["id"])
    sentence = text.format_map(defaultdict(str, details | about))
    return sentence[0].upper() + sentence[1:]


def _element(cib: Cib, id: str | None) -> str:
    """Of what kind a resource is."""
    configured = cib.find("/cib/configuration/resources//*[@id]")
    return next((each.name for each in configured if each.get("id") == id), "resource")
