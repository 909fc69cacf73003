//! The kinds of diagnostics that scheduling can give.

use pcmk_base::Code;

/// A pass left the plan in a state that must not be. Fields: `pass`, `rule`.
pub const PLAN_NOT_SOUND: Code = Code("plan-not-sound");
/// Propagation used up its step budget; the plan may be incomplete.
pub const BUDGET_EXHAUSTED: Code = Code("budget-exhausted");
/// A resource has more colocations, or longer chains of them, than are followed for its preferences. Only the
/// first such resource is named.
pub const COLOCATIONS_NOT_FOLLOWED: Code = Code("colocations-not-followed");
/// A mandatory ordering has nothing on its first side, so what follows cannot run.
pub const NOTHING_TO_ORDER_AFTER: Code = Code("nothing-to-order-after");
/// An ordering between an action on a guest node and what launches the guest was ignored.
pub const INVALID_ORDER: Code = Code("invalid-order");
/// A relation would have an action wait for itself through others; it was ignored.
pub const LOAD_LOOP: Code = Code("load-loop");
/// A node is unclean and cannot be fenced, so what it runs cannot be recovered.
pub const UNCLEAN_NOT_FENCED: Code = Code("unclean-not-fenced");
/// Parameters changed, but only private ones, which the input does not have. Fields: `interval`, `task`, `node`,
/// `magic`.
pub const PRIVATE_PARAMETERS_CHANGED: Code = Code("private-parameters-changed");
