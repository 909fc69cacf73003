//! Which nodes are fenced and which are shut down, and in which order.

use super::imply::{imply_all, order_after_guest_stop};
use super::{can_fence, fence_action};
use crate::actions::request::{Need, request_key};
use crate::order::relate::relate;
use crate::{ActionFlags as F, ActionId, End, Key, Run, Why, codes};
use pcmk_base::{Diagnostic, Entity, Level};
use pcmk_model::{
    FenceOp, FenceReason, NodeFlags, NodeId, NodeKind, OrderKinds as K, RscFlags, Task,
};

/// Fences unclean nodes, shuts down those that asked for it, and has the DC go last. As long as nothing is
/// managed, nothing is fenced.
pub fn schedule_all(run: &mut Run<'_>) {
    let managed = run.plan.rscs.values().any(|s| s.is(RscFlags::MANAGED));
    let mut fencings: Vec<ActionId> = Vec::new();
    let mut shutdowns: Vec<ActionId> = Vec::new();
    let mut dc_down = None;
    for &node in &run.model.node_order {
        let flags = run.plan.nodes[node].flags;
        let is_dc = flags.contains(NodeFlags::DC);
        if run.model.nodes[node].kind == NodeKind::Guest {
            let reset = flags.contains(NodeFlags::REMOTE_RESET);
            if reset && managed && can_fence(run.model, run.plan, Some(node)) {
                fence_guest(run, node);
            }
            continue;
        }
        let unclean = flags.contains(NodeFlags::UNCLEAN);
        if managed && unclean && can_fence(run.model, run.plan, Some(node)) {
            let fencing = fence(run, node);
            if is_dc {
                dc_down = Some(fencing);
            } else {
                if let (false, Some(&last)) =
                    (run.model.options.concurrent_fencing, fencings.last())
                {
                    run.plan.edges.add(last, fencing, K::ORDERED);
                }
                fencings.push(fencing);
            }
            continue;
        }
        let leaves = flags.contains(NodeFlags::ONLINE | NodeFlags::SHUTDOWN);
        if leaves && run.model.nodes[node].kind == NodeKind::Cluster {
            let shutdown = shut_down(run, node);
            if is_dc {
                dc_down = Some(shutdown);
            } else {
                shutdowns.push(shutdown);
            }
        }
        if unclean {
            let entity = Entity::Node(run.model.nodes[node].name.to_string());
            let found = Diagnostic::new(Level::Warning, codes::UNCLEAN_NOT_FENCED, entity);
            run.plan.diagnostics.push(found);
        }
    }
    if let Some(dc_down) = dc_down {
        order_dc_last(run, dc_down, &fencings, &shutdowns);
    }
}

/// Other nodes go before the DC. But no shutdown goes before the fencing of a DC: what stops there may itself wait
/// for the fencing.
fn order_dc_last(
    run: &mut Run<'_>,
    dc_down: ActionId,
    fencings: &[ActionId],
    shutdowns: &[ActionId],
) {
    if run.plan.actions[dc_down].task == Task::Shutdown {
        for &shutdown in shutdowns.iter().rev() {
            run.plan.edges.add(shutdown, dc_down, K::ORDERED);
        }
    }
    let chain_end = if run.model.options.concurrent_fencing {
        0
    } else {
        fencings.len().saturating_sub(1)
    };
    for &fencing in fencings[chain_end..].iter().rev() {
        run.plan.edges.add(fencing, dc_down, K::ORDERED);
    }
}

fn fence(run: &mut Run<'_>, node: NodeId) -> ActionId {
    let reason = FenceReason::NodeUnclean;
    let need = Need::Required(Why::Fence(reason));
    let id = fence_action(run, node, None, need, Some(reason), false);
    imply_all(run, id, node);
    id
}

/// A guest goes down with its launcher; the action only says so, for others to wait for.
fn fence_guest(run: &mut Run<'_>, node: NodeId) {
    let comes_back = run
        .model
        .launcher_of(node)
        .is_some_and(|l| run.plan.actions.newest(l, Task::Start, None).is_some());
    let op = if comes_back {
        FenceOp::Reboot
    } else {
        FenceOp::Off
    };
    let reason = FenceReason::GuestUnclean;
    let need = Need::Required(Why::Fence(reason));
    let id = fence_action(run, node, Some(op), need, Some(reason), false);
    run.plan.actions[id].flags |= F::PSEUDO | F::RUNNABLE;
    order_after_guest_stop(run, id, node);
    imply_all(run, id, node);
}

/// A node leaves when all that the cluster may stop there is stopped.
fn shut_down(run: &mut Run<'_>, node: NodeId) -> ActionId {
    let key = Key::Shutdown(node);
    let need = Need::Required(Why::NodeLeaves(node));
    let id = request_key(run, key, Task::Shutdown, Some(node), need);
    for stop in run.plan.actions.newest_first() {
        let action = &run.plan.actions[stop];
        let Some(rsc) = action
            .rsc()
            .filter(|_| action.task == Task::Stop && action.node == Some(node))
        else {
            continue;
        };
        let state = &run.plan.rscs[rsc];
        let stays = state.is(RscFlags::MAINTENANCE)
            || run.plan.nodes[node].is(NodeFlags::MAINTENANCE)
            || !state
                .flags
                .intersects(RscFlags::MANAGED | RscFlags::BLOCKED);
        if stays {
            continue;
        }
        run.plan.require(stop, Why::NodeLeaves(node));
        let kinds = K::ORDERED | K::UNRUNNABLE_FIRST_BLOCKS;
        relate(run, End::Action(stop), End::Action(id), kinds);
    }
    run.plan.actions[id].set_meta("op_no_wait", "true");
    id
}
