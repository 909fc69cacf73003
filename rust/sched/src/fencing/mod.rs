//! Fencing: whether a node can be fenced, marking it, and its fencing action.

use crate::actions::request::{Need, request_key};
use crate::{ActionFlags, ActionId, Key, Plan, Reason, Run};
use pcmk_model::{
    FenceOp, FenceReason, Model, NodeFlags, NodeId, NodeKind, QuorumPolicy, RscFlags, RscId, Task,
};

/// Whether a node (or, without one, some node) can be fenced.
pub fn can_fence(model: &Model, plan: &Plan, node: Option<NodeId>) -> bool {
    if let Some(guest) = node.filter(|&n| model.nodes[n].kind == NodeKind::Guest) {
        let hosts = launcher_of(model, guest).map(|l| model.activity[l].active_on.as_slice());
        return hosts.unwrap_or_default().iter().all(|&host| {
            plan.nodes[host].is(NodeFlags::ONLINE)
                || (host != guest && can_fence(model, plan, Some(host)))
        });
    }
    if !model.options.fencing_enabled || !model.has_fence_device {
        return false;
    }
    if model.quorate || model.options.no_quorum_policy == QuorumPolicy::Ignore {
        return true;
    }
    let Some(node) = node.filter(|&n| plan.nodes[n].is(NodeFlags::ONLINE)) else {
        return false;
    };
    if model.nodes[node].is_pacemaker_remote() && !model.options.fence_remote_without_quorum {
        let hosts = model.nodes[node]
            .connection
            .into_iter()
            .flat_map(|c| plan.scores.nodes(c));
        return hosts
            .map(|(host, _)| host)
            .all(|host| plan.nodes[host].is(NodeFlags::ONLINE));
    }
    true
}

/// Marks a node for fencing: the only way in which a pass makes a node unclean. The first reason stays.
pub fn fence_node(run: &mut Run<'_>, node: NodeId, reason: FenceReason, priority_delay: bool) {
    let connection = run.model.nodes[node].connection;
    match run.model.nodes[node].kind {
        NodeKind::Guest => recover_guest(run, node),
        NodeKind::Remote => {
            if let Some(connection) = connection.filter(|&c| is_left_over_guest(run, c)) {
                run.plan.rscs[connection].flags |= RscFlags::FAILED | RscFlags::STOP_IF_FAILED;
                return;
            }
            if connection.is_none_or(|c| run.plan.rscs[c].is(RscFlags::MANAGED)) {
                run.plan.nodes[node].flags |= NodeFlags::REMOTE_RESET;
            }
            run.plan.nodes[node].flags |= NodeFlags::UNCLEAN;
            fence_action(run, node, None, Need::Optional, Some(reason), false);
        }
        NodeKind::Cluster => {
            if !run.plan.nodes[node].is(NodeFlags::UNCLEAN) {
                run.plan.nodes[node].flags |= NodeFlags::UNCLEAN;
                fence_action(
                    run,
                    node,
                    None,
                    Need::Optional,
                    Some(reason),
                    priority_delay,
                );
            }
        }
    }
}

/// Asks for the action that fences (or unfences) a node; without an operation the configured one.
///
/// It becomes required only if the node can be fenced. The delay of `priority-fencing-delay` and the digests of
/// unfencing devices belong here as well and are not made yet.
pub fn fence_action(
    run: &mut Run<'_>,
    node: NodeId,
    op: Option<FenceOp>,
    need: Need,
    reason: Option<FenceReason>,
    _priority_delay: bool,
) -> ActionId {
    let op = op.unwrap_or(run.model.options.fencing_action);
    let id = request_key(
        run,
        Key::Fence(node, op),
        Task::Fence,
        Some(node),
        Need::Optional,
    );
    let able = can_fence(run.model, run.plan, Some(node));
    let action = &mut run.plan.actions[id];
    if need == Need::Required && able {
        action.flags -= ActionFlags::OPTIONAL;
    }
    action.reason = action.reason.or(reason.map(Reason::Fence));
    if action.meta("stonith_action").is_none() {
        let node = &run.model.nodes[node];
        action.meta.extend([
            ("on_node", node.name.clone()),
            ("on_node_uuid", node.id.clone()),
            ("stonith_action", op.name().into()),
        ]);
    }
    id
}

fn recover_guest(run: &mut Run<'_>, node: NodeId) {
    let Some(launcher) = launcher_of(run.model, node) else {
        return;
    };
    let state = &mut run.plan.rscs[launcher];
    if !state.is(RscFlags::FAILED) && state.is(RscFlags::MANAGED) {
        state.flags |= RscFlags::FAILED | RscFlags::STOP_IF_FAILED;
        run.plan.nodes[node].flags |= NodeFlags::REMOTE_RESET;
    }
}

fn launcher_of(model: &Model, node: NodeId) -> Option<RscId> {
    model.nodes[node]
        .connection
        .and_then(|connection| model.resources[connection].launcher)
}

fn is_left_over_guest(run: &Run<'_>, connection: RscId) -> bool {
    run.plan.rscs[connection].is(RscFlags::REMOVED_LAUNCHED)
        && run.model.resources[connection].launcher.is_none()
}
