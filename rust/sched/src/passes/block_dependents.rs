//! Makes starts and promotes unrunnable whose mandatory colocation cannot run.
//!
//! Reads: actions, colocations, children.
//! Writes: actions (runnable, reason).
//! Place: after `apply_relations`, before `probe_orders`.
//! Work in: order::block, order::propagate.

use crate::order::propagate;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "block_dependents",
    run,
};

fn run(run: &mut Run<'_>) {
    propagate::block_all(run);
}
