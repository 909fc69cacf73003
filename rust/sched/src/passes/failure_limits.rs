//! Bans nodes where migration-threshold is reached, and nodes that exclusive discovery does not name.
//!
//! Reads: model.nodes (fail counts), actions (clear_failcount), probe modes.
//! Writes: scores.
//! Place: after `stickiness`, before `internal_constraints`.
//! Work in: model: fail counts.

use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "failure_limits",
    run,
};

fn run(run: &mut Run<'_>) {
    run.not_built(PASS.name);
}
