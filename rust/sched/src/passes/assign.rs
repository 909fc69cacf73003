//! Chooses a node for every primitive and roles for instances of promotable clones.
//!
//! Reads: scores, colocations, rscs, nodes, placement-strategy.
//! Writes: assigned, unassigned, load, scores, children (order of instances), promotion, rscs.next_role,
//!         nodes (remote nodes whose connection is placed), top, colocations, score_log, actions of
//!         resources that find no node.
//! Place: after `config_changes`, before `postponed_checks`.
//! Work in: assign.

use crate::assign::assign_all;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "assign",
    run,
};

fn run(run: &mut Run<'_>) {
    assign_all(run);
}
