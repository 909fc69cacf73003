//! Fences unclean nodes and shuts down those that asked for it.
//!
//! Reads: nodes, actions, rscs.
//! Writes: actions, edges (fencing before what it implies), relations (stops before shutdown).
//! Place: after `remote_orders`, before `apply_relations`.
//! Work in: fencing::schedule.

use crate::fencing::schedule;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "node_actions",
    run,
};

fn run(run: &mut Run<'_>) {
    schedule::schedule_all(run);
}
