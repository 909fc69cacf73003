//! Applies location constraints, node health included, last created first.
//!
//! Reads: model.locations, rscs.next_role.
//! Writes: scores, probe modes, rscs flag EXCLUSIVE_PROBES.
//! Place: after `shutdown_locks`, before `stickiness`.
//! Work in: assign::location.

use crate::assign::location;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "locations",
    run,
};

fn run(run: &mut Run<'_>) {
    location::apply_all(run);
}
