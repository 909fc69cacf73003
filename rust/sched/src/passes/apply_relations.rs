//! Turns relations into edges, oldest first, making missing first actions.
//!
//! Reads: relations, rscs.current_role.
//! Writes: edges, actions (optional, without node).
//! Place: after `node_actions`, before `block_dependents`.
//! Work in: order::apply.

use crate::order::apply;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "apply_relations",
    run,
};

fn run(run: &mut Run<'_>) {
    apply::apply_all(run);
}
