//! Ties resources of a node that shuts down to it (option shutdown-lock).
//!
//! Reads: model.activity, nodes, rscs.lock.
//! Writes: rscs.lock, scores, actions (lrm_delete), recheck_at.
//! Place: after `configured_orders`, before `locations`.

use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "shutdown_locks",
    run,
};

fn run(run: &mut Run<'_>) {
    run.not_built(PASS.name);
}
