//! Turns configured orderings and gates into relations.
//!
//! Reads: model.orders, model.gates.
//! Writes: actions (gates), relations.
//! Place: after `replay_requests`, before `shutdown_locks`.
//! Work in: order::configured.

use crate::order::configured;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "configured_orders",
    run,
};

fn run(run: &mut Run<'_>) {
    configured::relate_all(run);
}
