//! Clears fail counts of removed resources.
//!
//! Reads: rscs flag REMOVED, fail counts, nodes.
//! Writes: actions, relations.
//! Place: after `probes`, before `role_changes`.

use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "clear_removed",
    run,
};

fn run(run: &mut Run<'_>) {
    run.not_built(PASS.name);
}
