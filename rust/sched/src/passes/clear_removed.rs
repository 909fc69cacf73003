//! Clears fail counts of removed resources.
//!
//! Reads: rscs flag REMOVED, fail counts, nodes.
//! Writes: actions, relations.
//! Place: after `probes`, before `role_changes`.
//! Work in: actions::cleanup.

use crate::actions::cleanup;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "clear_removed",
    run,
};

fn run(run: &mut Run<'_>) {
    cleanup::clear_failcounts_of_removed(run);
}
