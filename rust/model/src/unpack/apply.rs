//! What the records of a resource on a node add up to.

use super::status::Status;
use crate::{
    FenceReason, MultipleActive, NodeFlags, NodeId, NodeKind, OnFail, Request, RscFlags, RscId,
    Source, Variant,
};
use pcmk_base::{Role, Score};

/// Applies the state of a resource on a node, and what is to be done about its failures there.
pub(super) fn apply(status: &mut Status<'_, '_>, rsc: RscId, node: NodeId, on_fail: OnFail) {
    let active = status.rsc(rsc).current_role > Role::Stopped;
    note_known(status, rsc, node);
    let is_down = !status.is_online(node) && !status.node_is(node, NodeFlags::MAINTENANCE);
    if active && is_down && status.rsc_is(rsc, RscFlags::MANAGED) {
        fence_lost(status, rsc, node);
    }
    let had_failed = on_fail != OnFail::Ignore;
    // Fencing takes care of the failures on an unclean node.
    let on_fail = if status.node_is(node, NodeFlags::UNCLEAN) {
        OnFail::Ignore
    } else {
        on_fail
    };
    handle(status, rsc, node, on_fail, active);
    keep_failed_remote_unclean(status, rsc);
    if active {
        add_active(status, rsc, node, had_failed);
        match on_fail {
            OnFail::Ignore => {}
            OnFail::Demote | OnFail::Block => status.set_rsc(rsc, RscFlags::FAILED),
            _ => status.set_rsc(rsc, RscFlags::FAILED | RscFlags::STOP_IF_FAILED),
        }
    } else {
        let history_id = status.reader.model.history_id(rsc);
        if history_id.is_some_and(|id| id.contains(':')) {
            // Histories of old clusters have instance numbers.
            status.forget_history_id(rsc);
        } else if status.stops.contains(&(rsc, node)) {
            status.model().requests.push(Request::RelaxStops(rsc, node));
        }
    }
    stay_on_target(status, rsc, node);
}

/// The state on the node is known: no probe is needed, for an anonymous clone not of any instance.
fn note_known(status: &mut Status<'_, '_>, rsc: RscId, node: NodeId) {
    if status.rsc(rsc).current_role == Role::Unknown {
        return;
    }
    let mut at = Some(rsc);
    while let Some(current) = at {
        let model = status.model();
        let known = &mut model.activity[current].known_on;
        if !known.contains(&node) {
            known.push(node);
        }
        if model.states[current].is(RscFlags::UNIQUE) {
            return;
        }
        at = model.resources[current].parent;
    }
}

/// Fences a node that is down and seems to run a managed resource.
fn fence_lost(status: &mut Status<'_, '_>, rsc: RscId, node: NodeId) {
    let model = &status.reader.model;
    let connection = model.nodes[node].connection;
    match model.nodes[node].kind {
        NodeKind::Guest => {
            status.set_rsc(rsc, RscFlags::FAILED | RscFlags::STOP_IF_FAILED);
        }
        _ if !model.options.fencing_enabled => return,
        NodeKind::Remote => {
            if connection.is_some_and(|c| !status.rsc_is(c, RscFlags::FAILED)) {
                // If the connection comes up elsewhere, the node is not fenced.
                status.clear_node(node, NodeFlags::SEEN);
                status.fence(node, FenceReason::ActiveThereRevocable(rsc), false);
                return;
            }
        }
        NodeKind::Cluster => {}
    }
    status.fence(node, FenceReason::ActiveThere(rsc), false);
}

fn handle(status: &mut Status<'_, '_>, rsc: RscId, node: NodeId, on_fail: OnFail, active: bool) {
    let failed = RscFlags::FAILED | RscFlags::STOP_IF_FAILED;
    match on_fail {
        OnFail::Ignore => {}
        OnFail::Demote => {
            status.set_rsc(rsc, RscFlags::FAILED);
            let required = status.rsc_is(rsc, RscFlags::MANAGED);
            status.model().requests.push(Request::Demote {
                rsc,
                node,
                required,
            });
        }
        OnFail::Fence => status.fence(node, FenceReason::FailedThere(rsc), false),
        OnFail::Standby => {
            status.set_node(node, NodeFlags::STANDBY | NodeFlags::FAIL_STANDBY);
        }
        OnFail::Block => block(status, rsc),
        OnFail::Ban => {
            let source = Source::OnFail(rsc);
            status
                .model()
                .add_score(rsc, node, Score::MINUS_INFINITY, source);
        }
        OnFail::Stop => status.rsc(rsc).next_role = Role::Stopped,
        OnFail::Restart => {
            if active {
                status.set_rsc(rsc, failed);
                status.request_stop(rsc, node);
            }
        }
        OnFail::RestartContainer => {
            status.set_rsc(rsc, failed);
            let model = &status.reader.model;
            match model.resources[rsc].launcher {
                // Its container can be on another node, that is known only later.
                Some(launcher) if model.bundle_of(rsc).is_some() => {
                    status.stop_later.insert(0, launcher);
                }
                Some(launcher) => status.request_stop(launcher, node),
                None if active => status.request_stop(rsc, node),
                None => {}
            }
        }
        OnFail::ResetRemote => {
            status.set_rsc(rsc, failed);
            reset_remote(status, rsc);
            if active {
                status.request_stop(rsc, node);
            }
            if status.reader.model.reconnect_interval(rsc) > 0 {
                status.rsc(rsc).next_role = Role::Stopped;
            }
        }
    }
}

fn reset_remote(status: &mut Status<'_, '_>, rsc: RscId) {
    if !status.reader.model.options.fencing_enabled {
        return;
    }
    if let Some(remote) = node_behind(status, rsc)
        && status.reader.model.nodes[remote].kind == NodeKind::Remote
        && !status.node_is(remote, NodeFlags::REMOTE_FENCED)
    {
        status.fence(remote, FenceReason::ConnectionUnrecoverable, false);
    }
}

/// The node of a connection.
fn node_behind(status: &Status<'_, '_>, rsc: RscId) -> Option<NodeId> {
    let model = &status.reader.model;
    status
        .rsc_is(rsc, RscFlags::REMOTE_CONNECTION)
        .then(|| model.node_named(&model.resources[rsc].id))
        .flatten()
}

/// The node behind a failed connection is fenced even if the connection comes up again.
fn keep_failed_remote_unclean(status: &mut Status<'_, '_>, rsc: RscId) {
    if status.rsc_is(rsc, RscFlags::FAILED)
        && let Some(remote) = node_behind(status, rsc)
        && status.node_is(remote, NodeFlags::UNCLEAN)
    {
        status.set_node(remote, NodeFlags::SEEN);
    }
}

/// A stop at the source of a migration does not stop what runs on the target.
fn stay_on_target(status: &mut Status<'_, '_>, rsc: RscId, node: NodeId) {
    let active = !status.reader.model.activity[rsc].active_on.is_empty();
    let state = status.rsc(rsc);
    let at_source = state
        .partial_migration
        .is_some_and(|(source, _)| source == node);
    if state.current_role == Role::Stopped && active && at_source {
        state.current_role = Role::Started;
    }
}

/// Adds a node to those that a resource is active on, and its ancestors with it. What is active and not managed
/// stays there; what is active where it should not be is dealt with as its `multiple-active` says.
pub(super) fn add_active(status: &mut Status<'_, '_>, rsc: RscId, node: NodeId, failed: bool) {
    let mut at = Some(rsc);
    while let Some(current) = at {
        let model = status.model();
        if model.activity[current].active_on.contains(&node) {
            return;
        }
        model.activity[current].active_on.push(node);
        let parent = model.resources[current].parent;
        if model.resources[current].is_primitive() {
            model.node_states[node].running.push(current);
            if !failed {
                add_priority(status, current, node);
            }
            if status.node_is(node, NodeFlags::MAINTENANCE) {
                let flags = &mut status.rsc(current).flags;
                *flags -= RscFlags::MANAGED;
                *flags |= RscFlags::MAINTENANCE;
            }
        }
        if !status.rsc_is(current, RscFlags::MANAGED) {
            stay_unmanaged(status, current, node);
            return;
        }
        let model = &status.reader.model;
        let is_primitive = model.resources[current].is_primitive();
        if is_primitive && model.active_count(&model.node_states, current) > 1 {
            settle_multiply_active(status, current);
        }
        at = parent;
    }
}

fn stay_unmanaged(status: &mut Status<'_, '_>, rsc: RscId, node: NodeId) {
    let model = status.model();
    model.add_score(rsc, node, Score::INFINITY, Source::Unmanaged);
    let mut above = model.resources[rsc].parent;
    while let Some(ancestor) = above {
        model.activity[ancestor].active_on.push(node);
        above = model.resources[ancestor].parent;
    }
}

fn settle_multiply_active(status: &mut Status<'_, '_>, rsc: RscId) {
    let model = &status.reader.model;
    match model.resources[rsc].multiple_active {
        MultipleActive::StopOnly => status.empty_table(rsc, Source::MultiplyActive),
        MultipleActive::Block => {
            let parent = model.resources[rsc].parent;
            let together = parent.filter(|&p| {
                let parent = &model.resources[p];
                matches!(parent.variant, Variant::Group(_) | Variant::Bundle(_))
                    && parent.multiple_active == MultipleActive::Block
            });
            let with = together.map(|p| model.resources[p].children.clone());
            block(status, rsc);
            for member in with.unwrap_or_default() {
                block(status, member);
            }
        }
        MultipleActive::StopStart | MultipleActive::StopUnexpected => {}
    }
}

/// What runs on a node makes it more worth keeping; what runs on a guest counts for its host too.
fn add_priority(status: &mut Status<'_, '_>, rsc: RscId, node: NodeId) {
    let state = &status.reader.model.states[rsc];
    let own = i64::from(state.priority.value());
    if own == 0 {
        return;
    }
    let priority = own + i64::from(state.current_role == Role::Promoted);
    let model = status.model();
    model.node_states[node].priority += priority;
    if let Some(launcher) = model.launcher_of(node) {
        for host in model.activity[launcher].active_on.clone() {
            model.node_states[host].priority += priority;
        }
    }
}

fn block(status: &mut Status<'_, '_>, rsc: RscId) {
    let flags = &mut status.rsc(rsc).flags;
    *flags -= RscFlags::MANAGED;
    *flags |= RscFlags::BLOCKED;
}
