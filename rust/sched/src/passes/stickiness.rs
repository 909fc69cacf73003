//! Adds stickiness where a managed primitive is active on exactly one node.
//!
//! Reads: model.activity, rscs.
//! Writes: scores.
//! Place: after `locations`, before `failure_limits`.

use crate::{Pass, Run};
use pcmk_base::Score;
use pcmk_model::{RscFlags, RscId, Source};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "stickiness",
    run,
};

fn run(run: &mut Run<'_>) {
    for top in run.plan.top.clone() {
        for rsc in run.model.primitives(top) {
            add(run, rsc);
        }
    }
}

fn add(run: &mut Run<'_>, rsc: RscId) {
    let stickiness = run.model.resources[rsc].stickiness;
    let &[node] = run.model.activity[rsc].active_on.as_slice() else {
        return;
    };
    if stickiness <= Score::ZERO || !run.plan.rscs[rsc].is(RscFlags::MANAGED) {
        return;
    }
    if run.model.options.symmetric_cluster || run.plan.scores.has(rsc, node) {
        let base = run.plan.nodes[node].score;
        run.plan
            .scores
            .add(rsc, node, stickiness, base, Source::Stickiness);
    }
}
