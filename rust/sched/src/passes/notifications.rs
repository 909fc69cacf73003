//! Settles the actions of clones and makes the notifications of their instances.
//!
//! Reads: actions, edges, children, rscs, model.activity.
//! Writes: actions (notify, flags of collectives, meta), edges.
//! Place: after `drop_edges`, last.
//! Work in: actions::notify.

use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "notifications",
    run,
};

fn run(run: &mut Run<'_>) {
    run.not_built(PASS.name);
}
