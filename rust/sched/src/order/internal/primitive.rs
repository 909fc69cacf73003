//! What a primitive implies about itself.

use super::{launcher, within};
use crate::actions::request::{Need, request_key};
use crate::fencing::fence_action;
use crate::order::relate::relate;
use crate::{ActionFlags, ActionId, End, Key, Run, Why};
use pcmk_base::{Role, Score};
use pcmk_model::{FenceOp, NodeId, OrderKinds as K, Placement, RscFlags, RscId, Source, Task};

/// A primitive that is not managed implies nothing.
pub(super) fn constrain(run: &mut Run<'_>, rsc: RscId) {
    if !run.plan.rscs[rsc].is(RscFlags::MANAGED) {
        return;
    }
    let restart = K::ORDERED | K::FIRST_IMPLIES_THEN | K::INTERMEDIATE_STOP;
    within(run, rsc, Task::Stop, Task::Start, restart);

    let top = run.model.top_of(rsc);
    if run.plan.rscs[top].is(RscFlags::PROMOTABLE)
        || run.plan.rscs[rsc].current_role > Role::Unpromoted
    {
        within(
            run,
            rsc,
            Task::Demote,
            Task::Stop,
            K::PROMOTED_THEN_IMPLIES_FIRST,
        );
        within(
            run,
            rsc,
            Task::Start,
            Task::Promote,
            K::UNRUNNABLE_FIRST_BLOCKS,
        );
    }
    // A clean-up that is needed makes a probe before it pointless: it will be probed afterwards.
    within(
        run,
        rsc,
        Task::LrmDelete,
        Task::Monitor,
        K::IF_ON_SAME_NODE | K::THEN_CANCELS_FIRST,
    );
    unfence_before_start(run, rsc);
    stop_before_load(run, rsc);
    launcher::constrain(run, rsc);
    keep_off_remote_nodes(run, rsc);
}

fn unfence_before_start(run: &mut Run<'_>, rsc: RscId) {
    let flags = run.plan.rscs[rsc].flags;
    if !run.model.unfencing
        || flags.contains(RscFlags::FENCE_DEVICE)
        || !flags.contains(RscFlags::NEEDS_UNFENCING)
    {
        return;
    }
    for node in allowed_nodes(run, rsc) {
        let unfence = fence_action(run, node, Some(FenceOp::On), Need::Optional, None, false);
        relate(
            run,
            End::task(rsc, Task::Stop),
            End::Action(unfence),
            K::ORDERED | K::IF_ON_SAME_NODE,
        );
        relate(
            run,
            End::Action(unfence),
            End::task(rsc, Task::Start),
            K::FIRST_IMPLIES_SAME_NODE_THEN | K::IF_ON_SAME_NODE,
        );
    }
}

/// With utilization, whatever stops on a node is stopped before new load comes to it.
fn stop_before_load(run: &mut Run<'_>, rsc: RscId) {
    if run.model.options.placement_strategy == Placement::Default
        || run.model.resources[rsc].utilization.is_empty()
    {
        return;
    }
    for node in run.model.activity[rsc].active_on.clone() {
        let unloaded = load_stopped(run, node);
        relate(
            run,
            End::task(rsc, Task::Stop),
            End::Action(unloaded),
            K::IF_ON_SAME_NODE_OR_TARGET,
        );
    }
    for node in allowed_nodes(run, rsc) {
        let unloaded = load_stopped(run, node);
        for task in [Task::Start, Task::MigrateTo] {
            relate(
                run,
                End::Action(unloaded),
                End::task(rsc, task),
                K::IF_ON_SAME_NODE_OR_TARGET,
            );
        }
    }
}

fn load_stopped(run: &mut Run<'_>, node: NodeId) -> ActionId {
    let id = request_key(
        run,
        Key::LoadStopped(node),
        Task::LoadStopped,
        Some(node),
        Need::Required(Why::Always),
    );
    run.plan.actions[id].flags |= ActionFlags::PSEUDO;
    id
}

/// Fence devices and connections never run on remote nodes.
fn keep_off_remote_nodes(run: &mut Run<'_>, rsc: RscId) {
    let confined = RscFlags::FENCE_DEVICE | RscFlags::REMOTE_CONNECTION;
    if run.plan.rscs[rsc].flags.intersects(confined) {
        ban_remote_nodes(run, rsc);
    }
}

/// Bans every node behind a connection that is in a resource's table, whatever it is configured as.
pub(super) fn ban_remote_nodes(run: &mut Run<'_>, rsc: RscId) {
    for node in allowed_nodes(run, rsc) {
        if run.model.nodes[node].connection.is_some() {
            let source = Source::RemoteNode;
            run.plan
                .scores
                .set(rsc, node, Score::MINUS_INFINITY, source);
        }
    }
}

/// Nodes of a resource's table in node order.
pub(super) fn allowed_nodes(run: &Run<'_>, rsc: RscId) -> Vec<NodeId> {
    let order = run.model.node_order.iter().copied();
    order
        .filter(|&node| run.plan.scores.has(rsc, node))
        .collect()
}
