//! Orders actions on remote and guest nodes with their connections.
//!
//! Reads: actions, rscs, nodes, assigned.
//! Writes: relations, fencing of nodes.
//! Place: after `role_changes`, before `node_actions`.
//! Work in: order::remote.

use crate::order::remote;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "remote_orders",
    run,
};

fn run(run: &mut Run<'_>) {
    remote::order_remote(run);
}
