//! The kinds of diagnostics of rules and attribute blocks. Their entity is the element at fault.

use pcmk_base::Code;

/// An `id-ref` names no element of that kind; the element is ignored. Fields: `id-ref`.
pub const UNRESOLVED_REFERENCE: Code = Code("unresolved-id-ref");
/// A rule or a condition has no id and does not pass.
pub const MISSING_ID: Code = Code("rule-part-without-id");
/// An attribute that must be there is missing; the condition does not pass. Fields: `attribute`.
pub const MISSING_ATTRIBUTE: Code = Code("rule-part-without-attribute");
/// An attribute has a value that means nothing; the rule or condition does not pass. Fields: `attribute`,
/// `value`.
pub const INVALID_ATTRIBUTE: Code = Code("rule-part-with-invalid-attribute");
/// An attribute expression tests for being defined and has a value, so it does not pass. Fields: `value`.
pub const UNEXPECTED_VALUE: Code = Code("expression-with-unexpected-value");
/// A date expression needs a child element that is missing and does not pass. Fields: `child`.
pub const MISSING_CHILD: Code = Code("date-expression-without-child");
/// A date expression for a range has neither start nor end and does not pass.
pub const MISSING_LIMITS: Code = Code("date-expression-without-limits");
/// A child element of a rule is no condition and does not pass.
pub const UNKNOWN_CONDITION: Code = Code("unknown-rule-condition");
/// A rule has no conditions and passes.
pub const EMPTY_RULE: Code = Code("rule-without-conditions");
/// A rule is nested too deep or refers to too much, and does not pass.
pub const TOO_COMPLEX: Code = Code("rule-too-complex");
/// Values that are no numbers are compared as text. Fields: `type`, `actual`, `reference`.
pub const COMPARED_AS_TEXT: Code = Code("values-compared-as-text");
/// The score of an attribute block is none; 0 is used. Fields: `score`.
pub const INVALID_BLOCK_SCORE: Code = Code("invalid-block-score");
/// A value of `#default` takes away what is set, which is deprecated. Fields: `name`.
pub const DEPRECATED_DEFAULT: Code = Code("deprecated-default-value");
