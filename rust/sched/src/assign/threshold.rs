//! Whether a resource has failed too often on a node.

use crate::Run;
use pcmk_base::Score;
use pcmk_model::{FailCounting, NodeId, RscFlags, RscId};

/// Whether the failures that count on a node reach the resource's `migration-threshold`.
pub fn is_reached(run: &Run<'_>, rsc: RscId, node: NodeId) -> bool {
    reached_by(run, rsc, node).is_some()
}

/// How many failures count on a node, if they reach the resource's `migration-threshold`.
pub fn reached_by(run: &Run<'_>, rsc: RscId, node: NodeId) -> Option<i64> {
    let threshold = run.model.resources[rsc].threshold;
    if threshold == Score::ZERO || run.plan.rscs[rsc].is(RscFlags::IGNORE_FAILURE) {
        return None;
    }
    let counting = FailCounting {
        effective: true,
        launched: true,
    };
    let failures = run.model.fail_count(rsc, node, counting, None).count;
    (failures > 0 && failures >= i64::from(threshold.value())).then_some(failures)
}
