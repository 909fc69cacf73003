//! Recurring operations: those for the role a resource will have, and those for where it must not run.

use crate::actions::cancel::cancel;
use crate::actions::request::{Need, request};
use crate::actions::{NOT_RUNNING, PROMOTED};
use crate::order::relate::relate;
use crate::{ActionFlags, ActionId, End, Key, Run, Why};
use pcmk_base::Role;
use pcmk_model::{NodeFlags, NodeId, OpConfig, OpRole, OrderKinds as K, RscFlags, RscId, Task};

/// Makes the recurring operations of a primitive.
pub fn create(run: &mut Run<'_>, rsc: RscId) {
    let state = &run.plan.rscs[rsc];
    if state
        .flags
        .intersects(RscFlags::BLOCKED | RscFlags::MAINTENANCE)
    {
        return;
    }
    let Some(primitive) = run.model.resources[rsc].primitive() else {
        return;
    };
    let ops = primitive.ops.clone();
    let to_be_active = state.next_role != Role::Stopped || !state.is(RscFlags::MANAGED);
    let assigned = run.plan.assigned[rsc];
    let start = assigned
        .filter(|&node| to_be_active && !run.plan.nodes[node].is(NodeFlags::MAINTENANCE))
        .map(|node| {
            let start = request(run, rsc, Task::Start, 0, Some(node), Need::Optional);
            (node, start)
        });
    for op in ops.iter().filter(|op| op.recurs && op.enabled) {
        match op.role {
            OpRole::Only(Role::Stopped) => while_inactive(run, rsc, op, assigned),
            OpRole::Only(_) | OpRole::Any => {
                if let Some((node, start)) = start {
                    while_active(run, rsc, op, node, start);
                }
            }
            OpRole::Invalid => {}
        }
    }
}

/// Actions for an operation on exactly this node.
fn existing(run: &Run<'_>, rsc: RscId, op: &OpConfig, node: NodeId) -> Vec<ActionId> {
    let key = Key::Op(rsc, op.task, op.interval);
    let mut found = run.plan.actions.with_key(key).to_vec();
    found.retain(|&id| run.plan.actions[id].node == Some(node));
    found
}

fn while_active(run: &mut Run<'_>, rsc: RscId, op: &OpConfig, node: NodeId, start: ActionId) {
    let known = existing(run, rsc, op, node);
    let goes_on = !run.plan.actions[start].is_required()
        && !known.is_empty()
        && !known
            .iter()
            .any(|&id| run.plan.actions[id].is(ActionFlags::RESCHEDULE));
    let next_role = run.plan.rscs[rsc].next_role;
    let fits = match op.role {
        OpRole::Only(role) => role == next_role,
        OpRole::Any | OpRole::Invalid => next_role != Role::Promoted,
    };
    if !fits {
        if goes_on {
            cancel_for_other_role(run, rsc, op, node);
        }
        return;
    }
    let need = Need::when(!goes_on, Why::Recurring);
    let id = request(run, rsc, op.task, op.interval, Some(node), need);
    if !run.plan.actions[start].is_runnable() {
        run.plan
            .block(id, Why::Order(start, K::UNRUNNABLE_FIRST_BLOCKS));
    }
    if !run.plan.nodes[node].is_clean_online() {
        run.plan.block(id, Why::Offline(node));
    }
    if next_role == Role::Promoted {
        run.plan.actions[id].expected_rc = Some(PROMOTED);
    }
    if run.plan.rscs[rsc].is(RscFlags::MANAGED) {
        order_after_changes(run, rsc, id);
    }
}

fn order_after_changes(run: &mut Run<'_>, rsc: RscId, id: ActionId) {
    let state = &run.plan.rscs[rsc];
    let (current, next) = (state.current_role, state.next_role);
    let mut after = |task, kinds| {
        let kinds = kinds | K::UNRUNNABLE_FIRST_BLOCKS;
        relate(run, End::task(rsc, task), End::Action(id), kinds);
    };
    after(Task::Start, K::FIRST_IMPLIES_THEN);
    after(Task::ReloadAgent, K::FIRST_IMPLIES_THEN);
    if next == Role::Promoted {
        after(Task::Promote, K::ORDERED);
    } else if current == Role::Promoted {
        after(Task::Demote, K::ORDERED);
    }
}

/// An operation that runs and is not for the next role ends before the role changes.
fn cancel_for_other_role(run: &mut Run<'_>, rsc: RscId, op: &OpConfig, node: NodeId) {
    let id = cancel(run, rsc, op.task, op.interval, node);
    let state = &run.plan.rscs[rsc];
    let change = match (state.current_role, state.next_role) {
        (Role::Started | Role::Unpromoted, Role::Promoted) => Task::Promote,
        (Role::Started | Role::Unpromoted, Role::Stopped) => Task::Stop,
        (Role::Promoted, _) => Task::Demote,
        _ => return,
    };
    let change = End::task(rsc, change);
    relate(run, End::Action(id), change, K::UNRUNNABLE_FIRST_BLOCKS);
}

/// An operation for the role stopped recurs on all nodes but the one the resource will be on.
fn while_inactive(run: &mut Run<'_>, rsc: RscId, op: &OpConfig, assigned: Option<NodeId>) {
    if !run.plan.rscs[rsc].is(RscFlags::UNIQUE) {
        return;
    }
    for &node in &run.model.node_order {
        if assigned == Some(node) {
            cancel_where_it_will_run(run, rsc, op, node);
        } else {
            watch_inactive(run, rsc, op, node);
        }
    }
}

fn cancel_where_it_will_run(run: &mut Run<'_>, rsc: RscId, op: &OpConfig, node: NodeId) {
    if existing(run, rsc, op, node).is_empty() {
        return;
    }
    let id = cancel(run, rsc, op.task, op.interval, node);
    if matches!(
        run.plan.rscs[rsc].next_role,
        Role::Started | Role::Unpromoted
    ) {
        let start = End::task(rsc, Task::Start);
        relate(run, End::Action(id), start, K::UNRUNNABLE_FIRST_BLOCKS);
    }
}

fn watch_inactive(run: &mut Run<'_>, rsc: RscId, op: &OpConfig, node: NodeId) {
    let is_new = existing(run, rsc, op, node).is_empty();
    let need = Need::when(is_new, Why::Recurring);
    let id = request(run, rsc, op.task, op.interval, Some(node), need);
    run.plan.actions[id].expected_rc = Some(NOT_RUNNING);
    let managed = run.plan.rscs[rsc].is(RscFlags::MANAGED);
    if managed {
        let probes = Key::Op(rsc, Task::Monitor, 0);
        for probe in run.plan.actions.claim(probes, Some(node)) {
            run.plan.edges.add(probe, id, K::UNRUNNABLE_FIRST_BLOCKS);
        }
    }
    for stop in run
        .plan
        .actions
        .with_key(Key::Op(rsc, Task::Stop, 0))
        .to_vec()
    {
        let action = &run.plan.actions[stop];
        if action.node != Some(node) {
            continue;
        }
        let (required, runnable) = (action.is_required(), action.is_runnable());
        if required && !managed {
            run.plan.actions[id].flags |= ActionFlags::OPTIONAL;
        }
        if !runnable {
            run.plan
                .block(id, Why::Order(stop, K::UNRUNNABLE_FIRST_BLOCKS));
        }
        if managed {
            let kinds = K::FIRST_IMPLIES_THEN | K::UNRUNNABLE_FIRST_BLOCKS;
            relate(run, End::Action(stop), End::Action(id), kinds);
        }
    }
    if !run.plan.nodes[node].is_clean_online() {
        run.plan.block(id, Why::Offline(node));
    }
}
