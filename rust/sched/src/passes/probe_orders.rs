//! Orders probes before what depends on their result.
//!
//! Reads: actions, edges, relations.
//! Writes: edges.
//! Place: after `block_dependents`, before `propagate`.
//! Work in: order::probe.

use crate::order::probe;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "probe_orders",
    run,
};

fn run(run: &mut Run<'_>) {
    probe::order_probes(run);
}
