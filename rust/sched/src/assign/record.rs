//! Recording what was decided for a resource.

use super::{score_log, utilization};
use crate::{Run, Why};
use pcmk_base::{Role, Score};
use pcmk_model::{NodeId, NodeKind, RscId, Task};

/// How to record a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Force {
    /// Only if the node can be used.
    No,
    /// Whatever the node is like.
    Yes,
}

/// Records the node of a resource, or of everything below a collective; with none, that it has none.
///
/// A node that cannot be used counts as none. With `stop_if_fail`, a resource without a node is to be stopped.
/// Returns whether anything changed.
pub fn assign(
    run: &mut Run<'_>,
    rsc: RscId,
    node: Option<NodeId>,
    force: Force,
    stop_if_fail: bool,
) -> bool {
    let children = run.plan.children[rsc].clone();
    if !run.model.resources[rsc].is_primitive() {
        let mut changed = false;
        for child in children {
            changed |= assign(run, child, node, force, stop_if_fail);
        }
        return changed;
    }
    let node = node.filter(|&node| force == Force::Yes || is_acceptable(run, rsc, node));
    let changed = run.plan.assigned[rsc] != node;
    clear(run, rsc);
    run.plan.unassigned.remove(rsc);
    match node {
        Some(node) => {
            run.plan.assigned[rsc] = Some(node);
            run.plan.load[node] += 1;
            utilization::consume(run, rsc, node);
            score_log::placement(run, rsc, node);
        }
        None if stop_if_fail => {
            run.plan.rscs[rsc].next_role = Role::Stopped;
            give_up_actions(run, rsc);
        }
        None => {}
    }
    changed
}

/// Records that an instance that has no counterpart must not run. Returns whether that is new.
pub fn unassign(run: &mut Run<'_>, instance: RscId) -> bool {
    assign(run, instance, None, Force::Yes, true)
}

/// Takes back what was recorded for a resource and everything below it; it counts as not decided again.
pub fn clear(run: &mut Run<'_>, rsc: RscId) {
    run.plan.unassigned.insert(rsc);
    if !run.model.resources[rsc].is_primitive() {
        for child in run.plan.children[rsc].clone() {
            clear(run, child);
        }
        return;
    }
    if let Some(node) = run.plan.assigned[rsc].take() {
        run.plan.load[node] = run.plan.load[node].saturating_sub(1);
        utilization::release(run, rsc, node);
    }
}

/// Guest nodes are presumed to come up.
fn is_acceptable(run: &Run<'_>, rsc: RscId, node: NodeId) -> bool {
    let score = run.plan.scores.get(rsc, node);
    score.is_some_and(|score| score >= Score::ZERO)
        && (run.plan.nodes[node].is_available() || run.model.nodes[node].kind == NodeKind::Guest)
}

/// Actions of a resource that must not run: it is stopped, not started, and not monitored as running.
pub(super) fn give_up_actions(run: &mut Run<'_>, rsc: RscId) {
    const NOT_RUNNING: u8 = 7;
    run.workspace.assign.given_up.insert(rsc);
    for id in run.plan.actions.of(rsc).to_vec() {
        let action = &run.plan.actions[id];
        if action.task == Task::Stop {
            run.plan.require(id, Why::NoNode);
        } else if action.task == Task::Start
            || (action.interval() > 0 && action.expected_rc != Some(NOT_RUNNING))
        {
            run.plan.block(id, Why::NoNode);
        }
    }
}
