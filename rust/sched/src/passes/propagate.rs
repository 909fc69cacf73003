//! Carries flags along edges until nothing changes, as a worklist with a step budget.
//!
//! Reads: edges, actions, rscs, children.
//! Writes: actions (flags, reasons), edges (completed actions of collectives, interleaved instances),
//!         assigned (instances without a compatible one).
//! Place: after `probe_orders`, before `drop_edges`.
//! Work in: order::propagate.

use crate::order::propagate;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "propagate",
    run,
};

fn run(run: &mut Run<'_>) {
    propagate::propagate(run);
}
