//! The kinds of diagnostics that reading a CIB can give.

use pcmk_base::Code;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub const $name: Code = Code($text);)*
    };
}

codes! {
    /// The CIB was written by a newer version; nothing is read. Fields: `theirs`, `ours`.
    FEATURE_SET_TOO_NEW = "feature-set-too-new";
    /// An option has a value that is not valid; the default is used. Field: `value`.
    INVALID_OPTION = "invalid-option";
    /// An option was given under its old name. Field: `old`.
    LEGACY_OPTION = "legacy-option";
    /// A deprecated option is used.
    DEPRECATED_OPTION = "deprecated-option";
    /// `no-quorum-policy=fence` without fencing: stop is used.
    QUORUM_POLICY_NEEDS_FENCING = "quorum-policy-needs-fencing";
    /// `no-quorum-policy=fence` before there ever was quorum: stop is used.
    QUORUM_POLICY_NEVER_QUORATE = "quorum-policy-never-quorate";
    /// No quorum, and resources are not managed for it.
    NO_QUORUM = "no-quorum";
    /// Fencing is enabled and there is no device.
    NO_FENCE_DEVICE = "no-fence-device";
    /// An element without the id it needs.
    WITHOUT_ID = "without-id";
    /// A node type that is not known; later nodes are not read. Field: `type`.
    UNKNOWN_NODE_TYPE = "unknown-node-type";
    /// Two nodes have one name.
    DUPLICATE_NODE_NAME = "duplicate-node-name";
    /// A resource was dropped because its definition cannot be used.
    INVALID_RESOURCE = "invalid-resource";
    /// A resource element of unknown name. Field: `type`.
    UNKNOWN_RESOURCE_TYPE = "unknown-resource-type";
    /// A meta-attribute has a value that is not valid. Fields: `name`, `value`.
    INVALID_META = "invalid-meta";
    /// A meta-attribute value or use that is deprecated. Fields: `name`, `value`.
    DEPRECATED_META = "deprecated-meta";
    /// The cluster cannot do what `requires` asks for, or fencing it asks for is disabled. Fields: `name`, `value`.
    REQUIRES_FENCING = "requires-fencing";
    /// Several operations of one name and interval; none of them recurs. Field: `other`, the id of the first one.
    DUPLICATE_OPERATION = "duplicate-operation";
    /// An operation with an interval that can't have one. Field: `operation`.
    OPERATION_CANNOT_RECUR = "operation-cannot-recur";
    /// An operation without a name.
    OPERATION_WITHOUT_NAME = "operation-without-name";
    /// A clone or bundle is to have more instances than any may have. Fields: `value`, and what is `used` instead.
    TOO_MANY_INSTANCES = "too-many-instances";
    /// No room for more resources.
    TOO_MANY_RESOURCES = "too-many-resources";
    /// The CIB asks for more work than is done for any; what comes later is not read.
    TOO_MUCH_WORK = "too-much-work";
    /// A recorded node state that belongs to no node any more. Field: `id`.
    REMOVED_NODE_STATE = "removed-node-state";
    /// A record of an operation that cannot be used.
    INVALID_HISTORY = "invalid-history";
    /// A record of an operation that does not say what result was expected.
    EXPECTED_RESULT_MISSING = "expected-result-missing";
    /// A meta-attribute of an operation has a value that is not valid. Fields: `name`, `value`.
    INVALID_OPERATION_META = "invalid-operation-meta";
    /// An `on-fail` that is not valid; the default is used. Fields: `operation`, `value`.
    INVALID_ON_FAIL = "invalid-on-fail";
    /// An `on-fail` that the operation may not have; the default is used. Fields: `operation`, `value`.
    ON_FAIL_NOT_ALLOWED = "on-fail-not-allowed";
    /// `on-fail=fence` while fencing is disabled; stop is used. Fields: `operation`, `value`.
    ON_FAIL_NEEDS_FENCING = "on-fail-needs-fencing";
    /// A template reference that leads nowhere or to itself. Field: `template`.
    INVALID_TEMPLATE = "invalid-template";
    /// An `id-ref` that leads nowhere. Field: `id-ref`.
    INVALID_ID_REF = "invalid-id-ref";
    /// A resource inside of one that cannot hold it; it is left out. Field: `in`.
    MISPLACED_RESOURCE = "misplaced-resource";
    /// A group without members.
    EMPTY_GROUP = "empty-group";
    /// A clone without anything to clone.
    EMPTY_CLONE = "empty-clone";
    /// `clone-node-max` above one for an anonymous clone. Field: `value`.
    CLONE_NODE_MAX_IGNORED = "clone-node-max-ignored";
    /// Agents of this class cannot be unique clones. Field: `agent`.
    UNIQUE_NOT_SUPPORTED = "unique-not-supported";
    /// Agents of this class cannot be promotable clones. Field: `agent`.
    PROMOTABLE_NOT_SUPPORTED = "promotable-not-supported";
    /// A resource's launcher does not exist. Field: `container`.
    UNKNOWN_LAUNCHER = "unknown-launcher";
    /// A kind of constraint that is not known. Field: `element`.
    UNKNOWN_CONSTRAINT = "unknown-constraint";
    /// A constraint that names something that does not exist. Field: `name`.
    CONSTRAINT_REFERENCE = "constraint-reference";
    /// A constraint with a value that is not valid. Fields: `name`, `value`.
    CONSTRAINT_VALUE = "constraint-value";
    /// A constraint that colocates two templates or tags.
    CONSTRAINT_TWO_TAGS = "constraint-two-tags";
    /// An ordering whose inverse cannot be formed. Field: `action`.
    CONSTRAINT_NOT_INVERTIBLE = "constraint-not-invertible";
    /// Orderings that lead back to where they began; nothing in the loop can ever be done. Field: `with`, the other
    /// constraints that make it.
    ORDER_LOOP = "order-loop";
    /// A colocation of a resource with itself, which says nothing.
    COLOCATION_WITH_ITSELF = "colocation-with-itself";
    /// A location constraint names a node that does not exist. Field: `name`.
    CONSTRAINT_UNKNOWN_NODE = "constraint-unknown-node";
    /// The rule of a location constraint has no id.
    RULE_WITHOUT_ID = "rule-without-id";
    /// A ticket constraint without ticket.
    WITHOUT_TICKET = "without-ticket";
    /// `loss-policy=fence` without fencing: stop is used.
    LOSS_POLICY_NEEDS_FENCING = "loss-policy-needs-fencing";
    /// A set of a constraint has no id.
    SET_WITHOUT_ID = "set-without-id";
    /// A constraint names a template or tag that has no members. Field: `name`.
    EMPTY_TAG = "empty-tag";
    /// A part of a constraint that does nothing any more. Field: `name`.
    CONSTRAINT_DEPRECATED = "constraint-deprecated";
    /// What means the same as ever, and is to be said in another way. Field: `name`.
    OLD_LANGUAGE = "old-language";
    /// A health attribute of a node is not a score. Fields: `name`, `value`.
    INVALID_HEALTH = "invalid-health";
    /// A fencing level without id or with an index that is not from 1 to 9. Field: `index`.
    INVALID_FENCING_LEVEL = "invalid-fencing-level";
    /// A bundle without a container of a known kind.
    BUNDLE_WITHOUT_CONTAINER = "bundle-without-container";
    /// A bundle whose inner resource cannot be controlled: it has neither addresses nor a control port.
    BUNDLE_WITHOUT_CONTROL = "bundle-without-control";
    /// Without addresses of their own, only one replica can run on a host.
    REPLICAS_PER_HOST_IGNORED = "replicas-per-host-ignored";
    /// A port or storage mapping that lacks something.
    INVALID_MAPPING = "invalid-mapping";
}
