//! Switches off edges that cannot be meant.
//!
//! Reads: edges, actions, model launchers.
//! Writes: edges (before side).
//! Place: after `propagate`, before `notifications`.
//! Work in: order::invalid.

use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "drop_edges",
    run,
};

fn run(run: &mut Run<'_>) {
    run.not_built(PASS.name);
}
