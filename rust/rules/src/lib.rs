//! Rules and attribute blocks: which name/value pairs hold at an instant.
//!
//! A caller describes the circumstances in a [`RuleInput`] and collects what is found on the way (the next
//! instant at which a result can change, and diagnostics) in [`Findings`]. Bad configuration is never an
//! error here: what cannot be evaluated does not pass and leaves a diagnostic.

mod agent_match;
mod attribute;
mod blocks;
mod check;
pub mod codes;
mod compare;
mod date;
mod float;
mod input;
mod references;
mod rule;
mod submatches;
mod tested;
mod version;

pub use blocks::{NameValues, merge_blocks};
pub use check::{RuleCheck, check_rule};
pub use input::{Findings, Lookup, Outcome, RuleInput};
pub use references::IdIndex;
pub use rule::evaluate_rule;
pub use submatches::replace_submatches;
pub use tested::{Question, Tested};
pub use version::compare_versions;
