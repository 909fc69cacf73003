//! Orderings between the connection of a Pacemaker Remote node and what is done on that node.

use crate::fencing::fence_node;
use crate::order::relate::relate;
use crate::{ActionFlags, ActionId, End, Key, Run};
use pcmk_base::Role;
use pcmk_model::{
    FenceReason, NodeFlags, NodeId, NodeKind, OrderKinds as K, RscFlags, RscId, Task,
};

/// What can be expected of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Connection {
    /// Up, and stays up.
    Alive,
    /// Somewhere that cannot be reached now, and will come back elsewhere.
    Resting,
    /// Goes down in good order.
    Stopped,
    /// Lost for good.
    Failed,
    /// Not known.
    Unknown,
}

/// Relates every action on a remote node, newest first, to its connection.
pub fn order_remote(run: &mut Run<'_>) {
    if !run.model.has_remote_nodes() {
        return;
    }
    for id in run.plan.actions.newest_first() {
        order_action(run, id);
    }
}

fn order_action(run: &mut Run<'_>, id: ActionId) {
    let action = &run.plan.actions[id];
    let Some(rsc) = action.rsc() else { return };
    if action.task == Task::ClearFailcount && run.plan.rscs[rsc].is(RscFlags::REMOTE_CONNECTION) {
        let start = End::task(rsc, Task::Start);
        relate(run, End::Action(id), start, K::ORDERED);
        return;
    }
    let Some(node) = action.node else { return };
    if action.is(ActionFlags::PSEUDO) || !run.model.nodes[node].is_pacemaker_remote() {
        return;
    }
    let Some(connection) = run.model.nodes[node].connection else {
        return;
    };
    if action.task == Task::Start {
        stops_elsewhere_wait(run, rsc, node, connection);
    }
    match run.model.resources[connection].launcher {
        None => order_on_remote(run, id, node, connection),
        Some(launcher) => order_on_guest(run, id, node, connection, launcher),
    }
}

/// A resource that moves to a remote node stops elsewhere only once the connection is up.
fn stops_elsewhere_wait(run: &mut Run<'_>, rsc: RscId, node: NodeId, connection: RscId) {
    for stop in run
        .plan
        .actions
        .with_key(Key::Op(rsc, Task::Stop, 0))
        .to_vec()
    {
        if run.plan.actions[stop].node != Some(node) {
            let start = End::task(connection, Task::Start);
            relate(run, start, End::Action(stop), K::ORDERED);
        }
    }
}

/// Migrations count as stops.
fn effective_task(run: &Run<'_>, id: ActionId) -> Task {
    match run.plan.actions[id].task {
        Task::MigrateTo | Task::MigrateFrom => Task::Stop,
        task => task,
    }
}

fn after_start(run: &mut Run<'_>, connection: RscId, id: ActionId, kinds: K) {
    let kinds = kinds | K::GUEST_ALLOWED | K::UNRUNNABLE_FIRST_BLOCKS;
    relate(
        run,
        End::task(connection, Task::Start),
        End::Action(id),
        kinds,
    );
}

fn before_stop(run: &mut Run<'_>, connection: RscId, id: ActionId, kinds: K) {
    let kinds = kinds | K::GUEST_ALLOWED;
    relate(
        run,
        End::Action(id),
        End::task(connection, Task::Stop),
        kinds,
    );
}

fn order_on_remote(run: &mut Run<'_>, id: ActionId, node: NodeId, connection: RscId) {
    let state = state_of(run, node, connection);
    let none = K::empty();
    match effective_task(run, id) {
        Task::Start | Task::Promote => {
            let kinds = if state == Connection::Failed {
                K::FIRST_IMPLIES_THEN
            } else {
                none
            };
            after_start(run, connection, id, kinds);
        }
        Task::Stop => match state {
            Connection::Alive => before_stop(run, connection, id, K::THEN_IMPLIES_FIRST),
            Connection::Failed => fence_node(run, node, FenceReason::ResourcesActive, false),
            Connection::Resting | Connection::Stopped | Connection::Unknown => {
                if run.plan.rscs[connection].next_role == Role::Stopped {
                    before_stop(run, connection, id, K::THEN_IMPLIES_FIRST);
                } else {
                    after_start(run, connection, id, none);
                }
            }
        },
        Task::Demote => {
            if matches!(state, Connection::Resting | Connection::Unknown) {
                after_start(run, connection, id, none);
            }
        }
        task => {
            if run.plan.actions[id].interval() > 0 && run.plan.actions[id].task != Task::Cancel {
                after_start(run, connection, id, K::FIRST_IMPLIES_THEN);
                return;
            }
            if task == Task::Monitor && state == Connection::Failed {
                fence_node(run, node, FenceReason::ResourcesUnknown, false);
            }
            let host = current_host(run, connection);
            if host.is_some() && state == Connection::Stopped {
                before_stop(run, connection, id, K::UNRUNNABLE_FIRST_BLOCKS);
            } else {
                after_start(run, connection, id, none);
            }
        }
    }
}

fn order_on_guest(
    run: &mut Run<'_>,
    id: ActionId,
    node: NodeId,
    connection: RscId,
    launcher: RscId,
) {
    let failed = run.plan.rscs[launcher].is(RscFlags::FAILED);
    if failed {
        fence_node(run, node, FenceReason::ContainerFailed, false);
    }
    match effective_task(run, id) {
        Task::Start | Task::Promote => {
            relate(
                run,
                End::task(launcher, Task::Start),
                End::Action(id),
                K::GUEST_ALLOWED | K::UNRUNNABLE_FIRST_BLOCKS | K::FIRST_IMPLIES_THEN,
            );
            after_start(run, connection, id, K::empty());
        }
        Task::Stop | Task::Demote => {
            if !failed {
                before_stop(run, connection, id, K::empty());
            }
        }
        task => {
            if run.plan.actions[id].interval() == 0 {
                after_start(run, connection, id, K::empty());
            } else if !matches!(task, Task::Other(_) | Task::Cancel) {
                after_start(run, connection, id, K::FIRST_IMPLIES_THEN);
            }
        }
    }
}

fn current_host(run: &Run<'_>, connection: RscId) -> Option<NodeId> {
    run.model
        .current_node(&run.plan.nodes, &run.plan.rscs, connection)
}

/// Whether a remote node's connection is lost for good.
pub fn is_lost_for_good(run: &Run<'_>, node: NodeId) -> bool {
    let remote = run.model.nodes[node].kind == NodeKind::Remote;
    let connection = run.model.nodes[node].connection.filter(|_| remote);
    connection.is_some_and(|c| state_of(run, node, c) == Connection::Failed)
}

fn state_of(run: &Run<'_>, node: NodeId, connection: RscId) -> Connection {
    let state = &run.plan.rscs[connection];
    let host = current_host(run, connection).map(|host| &run.plan.nodes[host]);
    if state.next_role == Role::Stopped || run.plan.assigned[connection].is_none() {
        let remote = &run.plan.nodes[node];
        let reconnects = run.model.resources[connection]
            .primitive()
            .is_some_and(|p| p.reconnect_interval > 0);
        return if host.is_some_and(|h| h.is(NodeFlags::UNCLEAN)) {
            Connection::Failed
        } else if !state.is(RscFlags::FAILED) {
            Connection::Stopped
        } else if state.next_role == Role::Stopped
            && reconnects
            && remote.is(NodeFlags::REMOTE_FENCED)
            && !remote.is(NodeFlags::SHUTDOWN)
        {
            Connection::Unknown
        } else {
            Connection::Failed
        };
    }
    match host {
        None => Connection::Unknown,
        Some(host) if !host.is_clean_online() => Connection::Resting,
        Some(_)
            if run.model.activity[connection].active_on.len() > 1
                && state.partial_migration.is_some() =>
        {
            Connection::Resting
        }
        Some(_) => Connection::Alive,
    }
}
