//! Makes the actions that bring every resource to its node and role, then its recurring operations.
//!
//! Reads: rscs, assigned, model.activity.
//! Writes: actions, relations (recurring, migration), edges (notification families), rscs.
//! Place: after `clear_removed`, before `remote_orders`.
//! Work in: actions::role, actions::recurring, actions::migration, actions::collective.

use crate::actions::collective;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "role_changes",
    run,
};

fn run(run: &mut Run<'_>) {
    for rsc in run.plan.top.clone() {
        collective::create(run, rsc);
    }
}
