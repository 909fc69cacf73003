//! Adds the orderings, colocations and bans that the structure of resources implies.
//!
//! Reads: model.resources, rscs, model.activity, placement-strategy.
//! Writes: relations, colocations, scores, actions (load_stopped, unfencing), children of ordered clones.
//! Place: after `failure_limits`, before `config_changes`.
//! Work in: order::internal.

use crate::order::internal;
use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "internal_constraints",
    run,
};

fn run(run: &mut Run<'_>) {
    for rsc in run.plan.top.clone() {
        internal::constrain(run, rsc);
    }
}
