//! An action as the graph shows it: who carries it out, under which key, on which node, through which.

use super::attributes::Texts;
use crate::{Action, ActionFlags as F, ActionId, Key, Plan};
use pcmk_base::Text;
use pcmk_graph::{ActionKind, ActionRef, GraphResource};
use pcmk_model::{FenceOp, Model, NodeFlags, NodeId, RscFlags, RscId, Task};

/// What identifies an action in its graph.
pub(super) fn reference(model: &Model, plan: &Plan, texts: &mut Texts, id: ActionId) -> ActionRef {
    let action = &plan.actions[id];
    let kind = kind_of(action);
    let key = action.key.text(model);
    let shown = history_key(model, action);
    let node = action.node.filter(|_| names_node(action));
    ActionRef {
        id: super::graph::number(id),
        kind,
        operation: operation(model, texts, action),
        internal_key: shown.as_ref().map(|_| key.clone()),
        key: shown.unwrap_or(key),
        on_node: node.map(|n| {
            let node = &model.nodes[n];
            (node.name.clone(), node.id.clone())
        }),
        router_node: node.and_then(|n| router(model, plan, action, n)),
    }
}

/// The task as text; pseudo-actions that are made once for each key have it for a task.
fn operation(model: &Model, texts: &mut Texts, action: &Action) -> Text {
    match action.key {
        Key::Gate(_) | Key::LoadStopped(_) => action.key.text(model).into(),
        _ => texts.word(action.task.name(&model.names)),
    }
}

fn kind_of(action: &Action) -> ActionKind {
    match action.task {
        Task::Fence if !action.is(F::PSEUDO) => ActionKind::Cluster,
        Task::Shutdown | Task::ClearFailcount => ActionKind::Cluster,
        Task::LrmDelete => ActionKind::ClusterCib,
        _ if action.is(F::PSEUDO) => ActionKind::Pseudo,
        _ => ActionKind::Resource,
    }
}

/// Pseudo-actions happen nowhere, except that of fencing a guest.
pub(super) fn names_node(action: &Action) -> bool {
    kind_of(action) != ActionKind::Pseudo || action.task == Task::Fence
}

/// The key with the id under which history knows an anonymous instance.
fn history_key(model: &Model, action: &Action) -> Option<String> {
    let rsc = action.rsc()?;
    let id = model.history_id(rsc)?;
    Some(match action.key {
        // Named after what agents are told, which is not always what the key was made of.
        Key::Notify(..) if action.task == Task::Notify => {
            let word = |name| action.meta(name).unwrap_or_default();
            let (phase, task) = (word("notify_type"), word("notify_operation"));
            format!("{id}_{phase}_notify_{task}_0")
        }
        _ => {
            let task = action.cancelled_task().unwrap_or(action.task);
            format!("{id}_{}_{}", task.name(&model.names), action.interval())
        }
    })
}

/// The cluster node through which an action on a remote node goes.
fn router(model: &Model, plan: &Plan, action: &Action, node: NodeId) -> Option<String> {
    if action.task == Task::Fence || !model.nodes[node].is_pacemaker_remote() {
        return None;
    }
    let connection = model.nodes[node].connection?;
    let began = model.current_node(&plan.nodes, &plan.rscs, connection);
    let ends = plan.assigned[connection];
    let host = match (began, ends) {
        (None, ends) => ends,
        (began, None) => began,
        (began, ends) if began == ends => ends,
        (began, ends) => {
            let task = match action.key {
                Key::Notify(_, _, task) => task,
                _ => action.task,
            };
            let before_move = matches!(
                task,
                Task::Cancel | Task::Stop | Task::Demote | Task::MigrateFrom | Task::MigrateTo
            );
            let half_moved = model.resources[connection].launcher.is_none()
                && plan.rscs[connection].partial_migration.is_some();
            if before_move && !half_moved {
                began
            } else {
                ends
            }
        }
    };
    host.map(|host| model.nodes[host].name.to_string())
}

/// The resource whose element is in an action: an executor carries that out.
pub(super) fn resource_of(action: &Action) -> Option<RscId> {
    action.rsc().filter(|_| !action.is(F::PSEUDO))
}

/// The element of a resource.
pub(super) fn resource(model: &Model, plan: &Plan, rsc: RscId) -> GraphResource {
    let resource = &model.resources[rsc];
    let state = &plan.rscs[rsc];
    let (shown, long) = match model.history_id(rsc) {
        Some(known) if state.is(RscFlags::REMOVED) => (known.clone(), Some(resource.id.clone())),
        _ if state.is(RscFlags::UNIQUE) => (resource.id.clone(), None),
        Some(known) if *known != resource.xml_id => (resource.xml_id.clone(), Some(known.clone())),
        _ => (resource.xml_id.clone(), Some(resource.id.clone())),
    };
    let agent = resource.primitive().map(|p| &*p.agent);
    GraphResource {
        element: resource.xml.name().to_owned(),
        id: shown.to_string(),
        long_id: long.map(|id| id.to_string()),
        class: agent.map(|a| a.class.to_string()),
        provider: agent.and_then(|a| a.provider.as_ref().map(ToString::to_string)),
        kind: agent.map(|a| a.kind.to_string()),
    }
}

/// The time of a shutdown lock that history must keep.
pub(super) fn shutdown_lock(model: &Model, plan: &Plan, id: ActionId) -> Option<i64> {
    let action = &plan.actions[id];
    let rsc = resource_of(action)?;
    let (node, since) = plan.rscs[rsc].lock?;
    let leaving = plan.nodes[node].is(NodeFlags::SHUTDOWN);
    let counts = action.node == Some(node)
        && model.resources[rsc].is_primitive()
        && (!leaving || action.task == Task::Stop);
    counts.then_some(since)
}

/// Ids of nodes that go down by an action.
pub(super) fn downed(model: &Model, plan: &Plan, id: ActionId) -> Vec<String> {
    let action = &plan.actions[id];
    let Some(node) = action.node.filter(|_| names_node(action)) else {
        return Vec::new();
    };
    let node_id = |n: NodeId| model.nodes[n].id.to_string();
    match action.key {
        Key::Shutdown(_) => vec![node_id(node)],
        Key::Fence(_, FenceOp::Off | FenceOp::Reboot) => {
            let mut all = vec![node_id(node)];
            all.extend(guests_on(model, plan, node).into_iter().map(node_id));
            all
        }
        Key::Op(rsc, Task::Stop, 0)
            if plan.rscs[rsc].is(RscFlags::REMOTE_CONNECTION) && !arrives(plan, id, rsc) =>
        {
            vec![model.resources[rsc].id.to_string()]
        }
        _ => Vec::new(),
    }
}

/// Whether a stop only ends a live migration.
fn arrives(plan: &Plan, stop: ActionId, rsc: RscId) -> bool {
    plan.edges.before(stop).iter().any(|edge| {
        let first = &plan.actions[edge.other];
        first.rsc() == Some(rsc)
            && first.task == Task::MigrateFrom
            && !edge.kinds.is_empty()
            && first.is_required()
    })
}

/// Nodes named like the launched connections that run on a node, in order of discovery. A node that is configured as
/// a member is one of them too, as long as there is any that is not.
fn guests_on(model: &Model, plan: &Plan, host: NodeId) -> Vec<NodeId> {
    let running = plan.nodes[host].running.iter();
    running
        .filter(|_| model.has_remote_nodes())
        .filter(|&&rsc| plan.rscs[rsc].is(RscFlags::REMOTE_CONNECTION))
        .filter(|&&rsc| model.resources[rsc].launcher.is_some())
        .filter_map(|&rsc| model.node_named(&model.resources[rsc].id))
        .collect()
}

/// Remote nodes that have to be told whether they are in maintenance.
pub(super) fn maintenance(model: &Model, plan: &Plan, id: ActionId) -> Vec<(String, bool)> {
    if plan.actions[id].key != Key::MaintenanceNodes {
        return Vec::new();
    }
    let order = model.node_order.iter().copied();
    order
        .filter(|&node| is_told_otherwise(model, plan, node))
        .map(|node| {
            let now = plan.nodes[node].is(NodeFlags::MAINTENANCE);
            (model.nodes[node].id.to_string(), now)
        })
        .collect()
}

/// Whether what a remote node knows about its maintenance is out of date.
pub fn is_told_otherwise(model: &Model, plan: &Plan, node: NodeId) -> bool {
    let state = &plan.nodes[node];
    model.nodes[node].is_pacemaker_remote()
        && state.is(NodeFlags::MAINTENANCE) != state.is(NodeFlags::REMOTE_MAINTENANCE)
}
