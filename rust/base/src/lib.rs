//! Vocabulary shared by every crate: ids, scores, roles, operation keys, budgets, diagnostics.
//!
//! Everything here is a small value without I/O, clock or randomness.

mod agent;
mod atom;
mod budget;
mod diag;
mod id;
mod marks;
mod merge_sort;
mod name_order;
mod op;
mod role;
mod score;
mod text;

pub use agent::AgentSpec;
pub use atom::{Atom, Interner};
pub use budget::{Budget, Exhausted};
pub use diag::{Code, Diagnostic, Diagnostics, Entity, Level};
pub use id::{Id, IdSet, IdVec};
pub use marks::Marks;
pub use merge_sort::merge_sort;
pub use name_order::compare_names;
pub use op::{IntervalMs, OpKey, ParseOpKeyError};
pub use role::Role;
pub use score::{ParseScoreError, Score};
pub use text::{Text, parse_bool};

/// The feature set of this software, as CIBs and graphs carry it: who may join whom, and what graphs contain.
pub const FEATURE_SET: &str = "3.20.5";
