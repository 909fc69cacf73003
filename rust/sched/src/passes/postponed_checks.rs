//! Compares recorded parameters of bundle connections, now that containers have nodes.
//!
//! Reads: model.postponed_checks, assigned.
//! Writes: actions (clear_failcount and what config_changes makes).
//! Place: after `assign`, before `probes`.
//! Work in: actions::changes.

use crate::actions::changes;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "postponed_checks",
    run,
};

fn run(run: &mut Run<'_>) {
    changes::check_postponed(run);
}
