//! Fencing: whether a node can be fenced, marking it, and its fencing action.

pub mod delay;
pub mod imply;
pub mod schedule;
pub mod unfence;

use crate::actions::request::{Need, request_key};
use crate::{ActionId, Key, Plan, Reason, Run, Why, Word};
use pcmk_model::{FenceOp, FenceReason, Model, NodeFlags, NodeId, NodeKind, RscFlags, RscId, Task};

/// The option, and the meta-attribute by which fencers are told.
const DELAY: &str = "priority-fencing-delay";

/// Whether a node (or, without one, some node) can be fenced, in its state by now.
pub fn can_fence(model: &Model, plan: &Plan, node: Option<NodeId>) -> bool {
    model.can_fence(&plan.nodes, &plan.scores, node)
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
/// It becomes required only if the node can be fenced; a new one also if a device that unfences has changed. With
/// `priority_delay` the delay of `priority-fencing-delay` applies, and is calculated anew by each later request.
pub fn fence_action(
    run: &mut Run<'_>,
    node: NodeId,
    op: Option<FenceOp>,
    need: Need,
    reason: Option<FenceReason>,
    priority_delay: bool,
) -> ActionId {
    let op = op.unwrap_or(run.model.options.fencing_action);
    let id = request_key(
        run,
        Key::Fence(node, op),
        Task::Fence,
        Some(node),
        Need::Optional,
    );
    let mut needed = need.why().is_some();
    if run.plan.actions[id].meta("stonith_action").is_none() {
        let target = &run.model.nodes[node];
        let action = &mut run.plan.actions[id];
        action.set_meta("on_node", target.name.clone());
        action.set_meta("on_node_uuid", target.id.clone());
        action.set_meta("stonith_action", op.name());
        if run.model.unfencing {
            let devices = unfence::device_digests(run, node);
            needed |= devices.changed;
            let action = &mut run.plan.actions[id];
            action.set_meta("digests-all", devices.all);
            action.set_meta("digests-secure", devices.secure);
        }
    }
    let delayed = run.plan.actions[id].meta(DELAY).is_some();
    if run.model.options.priority_fencing_delay > 0 && (priority_delay || delayed) {
        let seconds = delay::seconds(run, node);
        run.plan.actions[id].set_meta(DELAY, seconds.to_string());
    }
    let able = can_fence(run.model, run.plan, Some(node));
    if let Some(reason) = reason {
        run.plan.note(id, Word::Required, Why::Fence(reason));
    }
    if needed && able {
        let why = need.why().unwrap_or(Why::Definition);
        run.plan.require(id, why);
    }
    let action = &mut run.plan.actions[id];
    action.reason = action.reason.or(reason.map(Reason::Fence));
    id
}

fn recover_guest(run: &mut Run<'_>, node: NodeId) {
    let Some(launcher) = run.model.launcher_of(node) else {
        return;
    };
    let state = &mut run.plan.rscs[launcher];
    if !state.is(RscFlags::FAILED) && state.is(RscFlags::MANAGED) {
        state.flags |= RscFlags::FAILED | RscFlags::STOP_IF_FAILED;
        run.plan.nodes[node].flags |= NodeFlags::REMOTE_RESET;
    }
}

fn is_left_over_guest(run: &Run<'_>, connection: RscId) -> bool {
    run.plan.rscs[connection].is(RscFlags::REMOVED_LAUNCHED)
        && run.model.resources[connection].launcher.is_none()
}
