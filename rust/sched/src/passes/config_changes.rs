//! Compares recorded parameters with the configuration and schedules cancels, reloads, restarts and clean-ups.
//!
//! Reads: model.history, rscs, nodes.
//! Writes: actions, relations, rscs (RELOAD, START_PENDING), fencing (unfencing).
//! Place: after `internal_constraints`, before `assign`.
//! Work in: actions::changes.

use crate::actions::changes;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "config_changes",
    run,
};

fn run(run: &mut Run<'_>) {
    changes::check_all(run);
}
