//! Switches off edges that cannot be meant.
//!
//! Reads: edges, actions, model launchers.
//! Writes: edges (before side).
//! Place: after `propagate`, before `notifications`.
//! Work in: order::invalid.

use crate::order::invalid;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "drop_edges",
    run,
};

fn run(run: &mut Run<'_>) {
    invalid::drop_invalid(run);
}
