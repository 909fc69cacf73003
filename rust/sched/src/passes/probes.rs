//! Schedules probes where the state of a resource is not known.
//!
//! Reads: model.activity, nodes, scores (probe modes), assigned.
//! Writes: actions, relations, children of clones (sorted by number), fencing of unrecoverable remote
//!         nodes.
//! Place: after `postponed_checks`, before `clear_removed`.
//! Work in: actions::probe.

use crate::actions::probe;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "probes",
    run,
};

fn run(run: &mut Run<'_>) {
    probe::schedule_all(run);
}
