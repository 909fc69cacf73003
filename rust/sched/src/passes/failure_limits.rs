//! Bans nodes where migration-threshold is reached, and nodes that exclusive discovery does not name.
//!
//! Reads: model.nodes (fail counts), actions (clear_failcount), probe modes.
//! Writes: scores.
//! Place: after `stickiness`, before `internal_constraints`.
//! Work in: model: fail counts.

use crate::assign::{location, threshold};
use crate::{Key, Pass, Run};
use pcmk_base::Score;
use pcmk_model::{NodeId, ProbeMode, RscFlags, RscId, Source, Task};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "failure_limits",
    run,
};

fn run(run: &mut Run<'_>) {
    for node in run.model.node_order.clone() {
        let counts = run.model.has_fail_counts(node);
        for top in run.plan.top.clone() {
            if counts {
                for rsc in run.model.primitives(top) {
                    check_threshold(run, rsc, node);
                }
            }
            check_exclusive(run, top, node);
        }
    }
}

fn check_threshold(run: &mut Run<'_>, rsc: RscId, node: NodeId) {
    let Some(count) = threshold::reached_by(run, rsc, node) else {
        return;
    };
    if is_being_cleared(run, rsc, node) {
        return;
    }
    let banned = if run.plan.rscs[rsc].is(RscFlags::UNIQUE) {
        rsc
    } else {
        run.model.top_of(rsc)
    };
    let source = Source::Failures { rsc, count };
    location::add(run, banned, node, Score::MINUS_INFINITY, source);
}

fn is_being_cleared(run: &Run<'_>, rsc: RscId, node: NodeId) -> bool {
    let key = Key::Op(rsc, Task::ClearFailcount, 0);
    let clearing = run.plan.actions.with_key(key);
    clearing
        .iter()
        .any(|&id| run.plan.actions[id].node == Some(node))
}

/// What runs only where discovery was asked for is banned from every other node. A member that has such a constraint of
/// its own is not, unless its topmost collective has one too.
fn check_exclusive(run: &mut Run<'_>, rsc: RscId, node: NodeId) {
    let exclusive = |rsc| run.plan.rscs[rsc].is(RscFlags::EXCLUSIVE_PROBES);
    if !exclusive(rsc) && !exclusive(run.model.top_of(rsc)) {
        return;
    }
    for child in run.plan.children[rsc].clone() {
        check_exclusive(run, child, node);
    }
    if run.plan.scores.has(rsc, node) && run.plan.scores.probe(rsc, node) != ProbeMode::Exclusive {
        let source = Source::ExclusiveDiscovery;
        run.plan
            .scores
            .set(rsc, node, Score::MINUS_INFINITY, source);
    }
}
