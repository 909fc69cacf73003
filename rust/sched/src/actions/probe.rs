//! Probes: one-time monitors where it is not known whether a resource runs.

use crate::actions::request::{Need, request};
use crate::actions::{NOT_RUNNING, PROMOTED};
use crate::assign::apply::unique_node;
use crate::fencing::{fence_node, unfence};
use crate::order::relate::relate;
use crate::order::remote::is_lost_for_good;
use crate::{End, Run, Why};
use pcmk_base::Role;
use pcmk_model::{
    Bundle, FenceReason, NodeFlags, NodeId, NodeKind, OrderKinds as K, ProbeMode, Replica,
    RscFlags, RscId, Source, Task, Variant,
};

/// Makes all probes, node by node.
pub fn schedule_all(run: &mut Run<'_>) {
    if !run.model.options.enable_startup_probes {
        return;
    }
    for &node in &run.model.node_order {
        let state = &run.plan.nodes[node];
        if !state.is(NodeFlags::ONLINE) {
            if is_lost_for_good(run, node) {
                fence_node(run, node, FenceReason::ConnectionUnrecoverableProbe, false);
            }
        } else if !state.is(NodeFlags::UNCLEAN) && state.is(NodeFlags::PROBES_ALLOWED) {
            for rsc in run.plan.top.clone() {
                probe(run, rsc, node);
            }
        }
    }
}

/// Probes a resource on a node where needed, by its variant. Returns whether it made any probe.
fn probe(run: &mut Run<'_>, rsc: RscId, node: NodeId) -> bool {
    match &run.model.resources[rsc].variant {
        Variant::Primitive(_) => !is_never_there(run, rsc, node) && probe_primitive(run, rsc, node),
        Variant::Group(_) => !is_never_there(run, rsc, node) && probe_children(run, rsc, node),
        Variant::Clone(_) => probe_clone(run, rsc, node),
        Variant::Bundle(bundle) => {
            let mut any = false;
            for replica in &bundle.replicas {
                any |= probe_replica(run, bundle, replica, node);
            }
            any
        }
    }
}

fn probe_children(run: &mut Run<'_>, rsc: RscId, node: NodeId) -> bool {
    let mut any = false;
    for child in run.plan.children[rsc].clone() {
        any |= probe(run, child, node);
    }
    any
}

/// Of an anonymous clone one instance is probed: one that is known there, else the one that will be there.
fn probe_clone(run: &mut Run<'_>, clone: RscId, node: NodeId) -> bool {
    let state = &run.plan.rscs[clone];
    let (exclusive, unique) = (
        state.is(RscFlags::EXCLUSIVE_PROBES),
        state.is(RscFlags::UNIQUE),
    );
    if exclusive && !is_open_to_exclusive(run, clone, node) {
        // It cannot be there, and notifications shall not name the node.
        run.plan
            .scores
            .remove(clone, node, Source::ExclusiveDiscovery);
        return false;
    }
    let resources = &run.model.resources;
    run.plan.children[clone].sort_by_key(|&instance| resources[instance].instance);
    if unique {
        return probe_children(run, clone, node);
    }
    let instances = &run.plan.children[clone];
    let known = instances.iter().find(|&&i| is_known(run, i, node));
    let planned = || {
        instances
            .iter()
            .find(|&&i| unique_node(run, i) == Some(node))
    };
    let chosen = known.or_else(planned).or(instances.first()).copied();
    chosen.is_some_and(|instance| probe(run, instance, node))
}

/// Whether the state of a resource, or of any member of it, is known on a node.
fn is_known(run: &Run<'_>, rsc: RscId, node: NodeId) -> bool {
    let children = &run.plan.children[rsc];
    if children.is_empty() {
        return run.model.activity[rsc].known_on.contains(&node);
    }
    children.iter().any(|&child| is_known(run, child, node))
}

fn is_open_to_exclusive(run: &Run<'_>, rsc: RscId, node: NodeId) -> bool {
    run.plan.scores.has(rsc, node) && run.plan.scores.probe(rsc, node) == ProbeMode::Exclusive
}

fn probe_replica(run: &mut Run<'_>, bundle: &Bundle, replica: &Replica, node: NodeId) -> bool {
    let mut any = false;
    if let Some(ip) = replica.ip {
        any |= probe(run, ip, node);
    }
    if let Some(child) = replica.child.filter(|_| replica.node == Some(node)) {
        any |= probe(run, child, node);
    }
    if probe(run, replica.container, node) {
        any = true;
        if bundle.per_host == 1 {
            start_others_after_probe(run, bundle, replica.container);
        }
    }
    if let Some(connection) = replica.connection.filter(|&c| probe(run, c, node)) {
        any = true;
        // Where the container runs decides what the probe finds.
        if let Some(id) = run
            .plan
            .actions
            .newest(connection, Task::Monitor, Some(node))
        {
            let start = End::task(replica.container, Task::Start);
            relate(run, start, End::Action(id), K::NESTED_REMOTE_PROBE);
        }
    }
    any
}

/// With one replica a host, none starts on a host before it is known that no other runs there.
fn start_others_after_probe(run: &mut Run<'_>, bundle: &Bundle, probed: RscId) {
    for other in bundle.replicas.iter().map(|r| r.container) {
        if other != probed {
            let first = End::task(probed, Task::Monitor);
            let then = End::task(other, Task::Start);
            relate(run, first, then, K::ORDERED | K::IF_ON_SAME_NODE);
        }
    }
}

/// Whether a resource is of a kind that never runs on such a node.
fn is_never_there(run: &Run<'_>, rsc: RscId, node: NodeId) -> bool {
    let kind = run.model.nodes[node].kind;
    if kind == NodeKind::Cluster {
        return false;
    }
    let state = &run.plan.rscs[rsc];
    let launches_node = |&launched: &RscId| run.plan.rscs[launched].is(RscFlags::REMOTE_CONNECTION);
    state
        .flags
        .intersects(RscFlags::FENCE_DEVICE | RscFlags::REMOTE_CONNECTION)
        || (kind == NodeKind::Guest && run.model.resources[rsc].launched.iter().any(launches_node))
}

fn probe_primitive(run: &mut Run<'_>, rsc: RscId, node: NodeId) -> bool {
    let state = &run.plan.rscs[rsc];
    let inside =
        run.model.resources[rsc].launcher.is_some() && !state.is(RscFlags::REMOTE_CONNECTION);
    let known = run.model.activity[rsc].known_on.contains(&node);
    if inside || known || state.is(RscFlags::REMOVED) || !may_be_probed(run, rsc, node) {
        return false;
    }
    if waits_for_guest(run, rsc, node) {
        return false;
    }
    make_probe(run, rsc, node);
    true
}

fn may_be_probed(run: &Run<'_>, rsc: RscId, node: NodeId) -> bool {
    let top = run.model.top_of(rsc);
    let exclusive = [rsc, top]
        .iter()
        .any(|&r| run.plan.rscs[r].is(RscFlags::EXCLUSIVE_PROBES));
    if exclusive && !is_open_to_exclusive(run, rsc, node) {
        return false;
    }
    let mode = if run.plan.scores.has(rsc, node) {
        run.plan.scores.probe(rsc, node)
    } else {
        run.model.nodes[node].probe_mode
    };
    mode != ProbeMode::Never
}

/// In a guest that is down or goes down nothing runs. Starts wait until that is sure.
fn waits_for_guest(run: &mut Run<'_>, rsc: RscId, node: NodeId) -> bool {
    if run.model.nodes[node].kind != NodeKind::Guest {
        return false;
    }
    let connection = run.model.nodes[node].connection;
    let Some(guest) = connection.and_then(|c| run.model.resources[c].launcher) else {
        return false;
    };
    let start = End::task(run.model.top_of(rsc), Task::Start);
    let assigned = run.plan.assigned[guest];
    if run.plan.rscs[guest].current_role == Role::Stopped {
        if assigned.is_some_and(|n| !run.model.activity[guest].known_on.contains(&n)) {
            relate(run, End::task(guest, Task::Monitor), start, K::ORDERED);
        }
        return true;
    }
    let leaves = goes_down(run, node, guest, assigned);
    if leaves {
        relate(run, End::task(guest, Task::Stop), start, K::ORDERED);
    }
    leaves
}

/// Whether a guest will stop, as far as that can be said before its actions are made.
fn goes_down(run: &Run<'_>, node: NodeId, guest: RscId, assigned: Option<NodeId>) -> bool {
    let state = &run.plan.rscs[guest];
    let lost = NodeFlags::REMOTE_RESET | NodeFlags::UNCLEAN;
    let moves = || {
        let active_on = &run.model.activity[guest].active_on;
        state.current_role > Role::Stopped && assigned.is_some_and(|n| !active_on.contains(&n))
    };
    run.plan.nodes[node].flags.intersects(lost)
        || state.is(RscFlags::FAILED)
        || state.next_role == Role::Stopped
        || moves()
}

fn make_probe(run: &mut Run<'_>, rsc: RscId, node: NodeId) {
    let id = request(run, rsc, Task::Monitor, 0, Some(node), Need::Optional);
    run.plan.require(id, Why::UnknownState);
    unfence::order_after(run, rsc, node, id, K::ORDERED);
    if !run.model.activity[rsc].active_on.contains(&node) {
        run.plan.actions[id].expected_rc = Some(NOT_RUNNING);
    } else if run.plan.rscs[rsc].current_role == Role::Promoted {
        run.plan.actions[id].expected_rc = Some(PROMOTED);
    }
    let top = run.model.top_of(rsc);
    let starts = if run.model.resources[top].is_clone() {
        top
    } else {
        rsc
    };
    let mut kinds = K::ORDERED;
    // What cannot be probed does not start, but what is active does not stop for it.
    if !run.plan.actions[id].is_runnable() && !is_active(run, starts) {
        kinds |= K::UNRUNNABLE_FIRST_BLOCKS;
    }
    relate(run, End::Action(id), End::task(starts, Task::Start), kinds);
    if starts == rsc {
        let reload = End::task(rsc, Task::ReloadAgent);
        relate(run, End::Action(id), reload, K::ORDERED);
    }
}

/// Whether anything at or below a resource is active.
fn is_active(run: &Run<'_>, rsc: RscId) -> bool {
    let primitives = run.model.primitives(rsc);
    primitives
        .into_iter()
        .any(|p| !run.model.activity[p].active_on.is_empty())
}
