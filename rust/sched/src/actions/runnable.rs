//! Whether an action of a resource can be carried out, as far as its node and quorum decide it.

use crate::fencing::{can_fence, fence_node};
use crate::{ActionFlags, ActionId, Needs, Reason, Run, Why};
use pcmk_base::Role;
use pcmk_model::{FenceReason, NodeFlags, NodeId, NodeKind, QuorumPolicy, RscFlags, RscId, Task};

/// What the rules say about an action.
enum Verdict {
    Runnable,
    Unrunnable(Why),
    /// As it is.
    Unchanged,
}

/// Settles whether an action is runnable. First rule that applies: pseudo, no node, node down, node pending,
/// nothing needed, quorum.
///
/// A stop that cannot run on a node that counts as clean makes the node unclean.
pub fn update_runnable(run: &mut Run<'_>, id: ActionId) {
    let action = &run.plan.actions[id];
    if action.is(ActionFlags::PSEUDO) {
        return;
    }
    let verdict = match (action.rsc(), action.node) {
        (Some(rsc), Some(node)) => judge(run, id, rsc, node),
        (Some(_), None) => Verdict::Unrunnable(Why::WithoutNode),
        (None, _) => Verdict::Unchanged,
    };
    match verdict {
        Verdict::Runnable => run.plan.actions[id].flags |= ActionFlags::RUNNABLE,
        Verdict::Unrunnable(why) => run.plan.block(id, why),
        Verdict::Unchanged => {}
    }
}

fn judge(run: &mut Run<'_>, id: ActionId, rsc: RscId, node: NodeId) -> Verdict {
    let (task, needs) = (run.plan.actions[id].task, run.plan.actions[id].needs);
    if !run.plan.actions[id].is(ActionFlags::ON_DC) {
        let state = &run.plan.nodes[node];
        let guest = run.model.nodes[node].kind == NodeKind::Guest;
        if !state.is(NodeFlags::ONLINE) && (!guest || state.is(NodeFlags::REMOTE_RESET)) {
            let managed = run.plan.rscs[rsc].is(RscFlags::MANAGED);
            if managed && task == Task::Stop && !state.is(NodeFlags::UNCLEAN) {
                fence_node(run, node, FenceReason::StopUnrunnable, false);
            }
            return Verdict::Unrunnable(Why::Offline(node));
        }
        if state.is(NodeFlags::PENDING) {
            return Verdict::Unrunnable(Why::Pending(node));
        }
    }
    if needs == Needs::Nothing {
        run.plan.actions[id].reason = None;
        let guest = run.model.nodes[node].kind == NodeKind::Guest;
        let stuck = guest && !can_fence(run.model, run.plan, Some(node));
        return if stuck {
            Verdict::Unrunnable(Why::CannotRecover(node))
        } else {
            Verdict::Runnable
        };
    }
    match effective_quorum_policy(run, rsc) {
        QuorumPolicy::Stop => {
            run.plan.actions[id].reason = Some(Reason::NoQuorum);
            Verdict::Unrunnable(Why::NoQuorum)
        }
        QuorumPolicy::Freeze if !may_go_on(run, rsc) => {
            run.plan.actions[id].reason = Some(Reason::QuorumFreeze);
            Verdict::Unrunnable(Why::QuorumFreeze)
        }
        QuorumPolicy::Freeze => Verdict::Unchanged,
        QuorumPolicy::Ignore | QuorumPolicy::Demote | QuorumPolicy::Fence => Verdict::Runnable,
    }
}

/// Under freeze, only resources that are fully active and rise no further go on.
fn may_go_on(run: &Run<'_>, rsc: RscId) -> bool {
    let state = &run.plan.rscs[rsc];
    state.next_role <= state.current_role && is_fully_active(run, rsc)
}

/// Whether every primitive at or below a resource is active: on a node that is online or unclean, or
/// anywhere if it is not managed.
fn is_fully_active(run: &Run<'_>, rsc: RscId) -> bool {
    run.model.primitives(rsc).into_iter().all(|primitive| {
        let managed = run.plan.rscs[primitive].is(RscFlags::MANAGED);
        run.model.activity[primitive].active_on.iter().any(|&node| {
            !managed
                || run.plan.nodes[node]
                    .flags
                    .intersects(NodeFlags::ONLINE | NodeFlags::UNCLEAN)
        })
    })
}

/// What lacking quorum means for a resource. With policy demote this lowers its next role.
pub fn effective_quorum_policy(run: &mut Run<'_>, rsc: RscId) -> QuorumPolicy {
    if run.model.quorate {
        return QuorumPolicy::Ignore;
    }
    let policy = run.model.options.no_quorum_policy;
    if policy != QuorumPolicy::Demote {
        return policy;
    }
    let state = &mut run.plan.rscs[rsc];
    match state.current_role {
        Role::Promoted | Role::Unpromoted => {
            state.next_role = state.next_role.min(Role::Unpromoted);
            QuorumPolicy::Ignore
        }
        Role::Unknown | Role::Stopped | Role::Started => QuorumPolicy::Stop,
    }
}
