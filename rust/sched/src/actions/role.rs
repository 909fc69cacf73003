//! From the role and place a primitive has to those it shall have.

use crate::actions::request::{Need, request};
use crate::actions::{migration, recurring};
use crate::fencing::{fence_action, unfence};
use crate::{ActionFlags, Key, Reason, Run, Why};
use pcmk_base::Role;
use pcmk_model::{FenceOp, MultipleActive, NodeId, OrderKinds as K, RscFlags, RscId, Task};

/// What takes a resource from one role to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Stop,
    Start,
    Promote,
    Demote,
}

/// Makes the actions of a primitive: it is taken down as far as it must, and up again; what stays as it is gets
/// optional actions, which orderings may come to require.
pub fn create(run: &mut Run<'_>, rsc: RscId) {
    settle_next_role(run, rsc);
    let current = run.model.current_node(&run.plan.nodes, &run.plan.rscs, rsc);
    abort_dangling_migrations(run, rsc);

    let assigned = run.plan.assigned[rsc];
    let moving = current.is_some()
        && assigned.is_some()
        && current != assigned
        && run.plan.rscs[rsc].next_role >= Role::Started;
    let mut migrates = moving && migration::is_possible(run, rsc, current);
    // The first reason is the one that is told.
    let mut need_stop = match (current, assigned) {
        (Some(from), Some(to)) if moving => Some(Why::Moves(from, to)),
        _ => None,
    };
    let mut need_promote = None;

    let partial = run.plan.rscs[rsc].partial_migration;
    match partial {
        Some((source, target))
            if migrates
                && run.model.activity[rsc].active_on.len() == 2
                && current == Some(source)
                && assigned == Some(target) =>
        {
            run.plan.rscs[rsc].flags -= RscFlags::STOP_UNEXPECTED;
        }
        Some(_) => {
            // What was begun cannot be finished.
            run.plan.rscs[rsc].partial_migration = None;
            run.plan.rscs[rsc].flags -= RscFlags::STOP_UNEXPECTED;
            need_stop = need_stop.or(Some(Why::BrokenMigration));
            migrates = false;
        }
        None if must_stop_if_multiply_active(run, rsc) => {
            need_stop = need_stop.or(Some(Why::MultiplyActive));
        }
        None => {}
    }
    if run.plan.rscs[rsc].is(RscFlags::START_PENDING) {
        let start = request(run, rsc, Task::Start, 0, assigned, Need::Optional);
        run.plan.actions[start].flags |= ActionFlags::FORCE_GRAPH;
    }
    if !moving {
        let state = &run.plan.rscs[rsc];
        if state.is(RscFlags::FAILED) {
            if state.is(RscFlags::STOP_IF_FAILED) {
                need_stop = need_stop.or(Some(Why::Recovery));
            } else if state.next_role == Role::Promoted {
                need_promote = Some(Why::Recovery);
            }
        } else if state.is(RscFlags::BLOCKED) {
            need_stop = need_stop.or(Some(Why::Blocked));
        } else if state.current_role > Role::Started && current.is_some() && assigned.is_some() {
            let start = request(run, rsc, Task::Start, 0, assigned, Need::Optional);
            if run.plan.actions[start].is_required() {
                need_stop = need_stop.or(Some(Why::StartRequired(start)));
            }
        }
    }
    restart(run, rsc, need_stop, need_promote);
    change_role(run, rsc);
    recurring::create(run, rsc);
    if let (true, Some(source), Some(target)) = (migrates, current, assigned) {
        migration::create(run, rsc, source, target);
    }
}

fn settle_next_role(run: &mut Run<'_>, rsc: RscId) {
    let role = match run.plan.assigned[rsc] {
        Some(_) => Role::Started,
        None => Role::Stopped,
    };
    let state = &mut run.plan.rscs[rsc];
    if state.next_role == Role::Unknown {
        state.next_role = role;
    }
}

/// Where a resource came from in a migration that ended without the stop there, it is stopped.
fn abort_dangling_migrations(run: &mut Run<'_>, rsc: RscId) {
    for &source in &run.model.activity[rsc].dangling_sources {
        let need = Need::Required(Why::BrokenMigration);
        let stop = request(run, rsc, Task::Stop, 0, Some(source), need);
        run.plan.actions[stop].flags |= ActionFlags::MIGRATION_ABORT;
    }
}

/// Whether a resource that is active on more than one node must be stopped for it.
fn must_stop_if_multiply_active(run: &mut Run<'_>, rsc: RscId) -> bool {
    let active = run.model.active_count(&run.plan.nodes, rsc);
    let policy = run.model.resources[rsc].multiple_active;
    let flags = &mut run.plan.rscs[rsc].flags;
    if active <= 1 {
        *flags -= RscFlags::STOP_UNEXPECTED;
        return false;
    }
    match policy {
        MultipleActive::StopStart => true,
        MultipleActive::StopUnexpected => {
            *flags |= RscFlags::STOP_UNEXPECTED;
            true
        }
        MultipleActive::StopOnly | MultipleActive::Block => false,
    }
}

/// Down to a stop where it is, and up to the same role where it will be.
fn restart(run: &mut Run<'_>, rsc: RscId, need_stop: Option<Why>, need_promote: Option<Why>) {
    let need = |why: Option<Why>| why.map_or(Need::Optional, Need::Required);
    run.plan.rscs[rsc].flags |= RscFlags::RESTARTING;
    let began = run.plan.rscs[rsc].current_role;
    let mut role = began;
    while role != Role::Stopped {
        let next = step(role, Role::Stopped);
        let Some(change) = change(role, next) else {
            break;
        };
        perform(run, rsc, change, need(need_stop));
        role = next;
    }
    // The policy for lacking quorum may lower the next role on the way.
    while role != began
        && began <= run.plan.rscs[rsc].next_role
        && !run.plan.rscs[rsc].is(RscFlags::BLOCKED)
    {
        let next = step(role, began);
        let Some(change) = change(role, next) else {
            break;
        };
        let promotes = need_promote.filter(|_| next == Role::Promoted);
        perform(run, rsc, change, need(need_stop.or(promotes)));
        role = next;
    }
    run.plan.rscs[rsc].flags -= RscFlags::RESTARTING;
}

/// From the role a resource has to the one it shall have.
fn change_role(run: &mut Run<'_>, rsc: RscId) {
    let mut role = run.plan.rscs[rsc].current_role;
    while role != run.plan.rscs[rsc].next_role {
        let next = step(role, run.plan.rscs[rsc].next_role);
        let Some(change) = change(role, next) else {
            break;
        };
        let why = Why::Role(role, run.plan.rscs[rsc].next_role);
        perform(run, rsc, change, Need::Required(why));
        role = next;
    }
}

/// The role that is next on the way to another.
fn step(from: Role, target: Role) -> Role {
    use Role::{Promoted, Started, Stopped, Unknown, Unpromoted};
    match (from, target) {
        (Unknown, Unknown) => Unknown,
        (Unknown, _) | (_, Unknown) => Stopped,
        (from, target) if from == target => target,
        (Stopped, Promoted) => Unpromoted,
        (Unpromoted, Stopped | Started) => Stopped,
        (Promoted, _) => Unpromoted,
        (Stopped | Started | Unpromoted, target) => target,
    }
}

/// What takes a resource to the next role on its way, if anything does.
fn change(from: Role, next: Role) -> Option<Change> {
    use Role::{Promoted, Started, Stopped, Unknown, Unpromoted};
    match (from, next) {
        (Unknown | Started | Unpromoted, Stopped) => Some(Change::Stop),
        (Stopped, Started | Unpromoted) => Some(Change::Start),
        (Started | Unpromoted, Promoted) => Some(Change::Promote),
        (Promoted, Stopped | Started | Unpromoted) => Some(Change::Demote),
        _ => None,
    }
}

fn perform(run: &mut Run<'_>, rsc: RscId, change: Change, need: Need) {
    let assigned = run.plan.assigned[rsc];
    match (change, assigned) {
        (Change::Stop, _) => stop(run, rsc, need),
        (Change::Demote, _) => demote(run, rsc, need),
        (Change::Start, Some(node)) => start(run, rsc, node, need),
        (Change::Promote, Some(node)) => promote(run, rsc, node, need),
        (Change::Start | Change::Promote, None) => {}
    }
}

/// Whether a multiply active resource stays on a node while it is stopped on the others.
fn is_expected_on(run: &Run<'_>, rsc: RscId, node: NodeId) -> bool {
    let state = &run.plan.rscs[rsc];
    state.is(RscFlags::STOP_UNEXPECTED | RscFlags::RESTARTING)
        && state.next_role > Role::Stopped
        && run.plan.assigned[rsc] == Some(node)
}

fn stop(run: &mut Run<'_>, rsc: RscId, need: Need) {
    let mut need = need;
    for &node in &run.model.activity[rsc].active_on {
        if is_expected_on(run, rsc, node) {
            continue;
        }
        let assigned = run.plan.assigned[rsc];
        if let Some((_, target)) = run.plan.rscs[rsc].partial_migration {
            if target == node && assigned == Some(node) {
                continue;
            }
            need = Need::Required(Why::BrokenMigration);
        }
        let id = request(run, rsc, Task::Stop, 0, Some(node), need);
        let state = &run.plan.rscs[rsc];
        let unexpected = state.is(RscFlags::RESTARTING | RscFlags::STOP_UNEXPECTED);
        let managed = state.is(RscFlags::MANAGED);
        let needs_unfencing = state.is(RscFlags::NEEDS_UNFENCING);
        let action = &mut run.plan.actions[id];
        if assigned.is_none() {
            action.reason = Some(Reason::NodeAvailability);
        } else if unexpected {
            action.reason = Some(Reason::MultiplyActive);
        }
        if !managed {
            run.plan.block(id, Why::Unmanaged);
        }
        if needs_unfencing {
            let on = Some(FenceOp::On);
            let unfence = fence_action(run, node, on, Need::Optional, None, false);
            run.plan.edges.add(id, unfence, K::THEN_IMPLIES_FIRST);
        }
    }
}

/// A start that cannot run stays optional, so that nothing is done only to be blocked.
fn start(run: &mut Run<'_>, rsc: RscId, node: NodeId, need: Need) {
    let id = request(run, rsc, Task::Start, 0, Some(node), Need::Optional);
    unfence::order_after(run, rsc, node, id, K::FIRST_IMPLIES_THEN);
    let expected = is_expected_on(run, rsc, node);
    if let Some(why) = need.why() {
        if run.plan.actions[id].is_runnable() {
            run.plan.require(id, why);
        }
    }
    if expected {
        run.plan.actions[id].flags |= ActionFlags::PSEUDO;
    }
}

/// Nothing is promoted where it cannot start.
fn promote(run: &mut Run<'_>, rsc: RscId, node: NodeId, need: Need) {
    let there = |run: &Run<'_>, task| {
        let mut ids = run.plan.actions.with_key(Key::Op(rsc, task, 0)).to_vec();
        ids.retain(|&id| run.plan.actions[id].node == Some(node));
        ids
    };
    let starts = there(run, Task::Start);
    let stuck = starts
        .into_iter()
        .find(|&id| !run.plan.actions[id].is_runnable());
    if let Some(start) = stuck {
        for id in there(run, Task::Promote) {
            let why = Why::Order(start, K::UNRUNNABLE_FIRST_BLOCKS);
            run.plan.block(id, why);
        }
        return;
    }
    let id = request(run, rsc, Task::Promote, 0, Some(node), need);
    if is_expected_on(run, rsc, node) {
        run.plan.actions[id].flags |= ActionFlags::PSEUDO;
    }
}

fn demote(run: &mut Run<'_>, rsc: RscId, need: Need) {
    for &node in &run.model.activity[rsc].active_on {
        if !is_expected_on(run, rsc, node) {
            request(run, rsc, Task::Demote, 0, Some(node), need);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 4] = [
        Role::Stopped,
        Role::Started,
        Role::Unpromoted,
        Role::Promoted,
    ];

    fn walk(from: Role, target: Role) -> (Vec<Change>, Role) {
        let (mut changes, mut role) = (Vec::new(), from);
        while role != target {
            let next = step(role, target);
            let Some(change) = change(role, next) else {
                break;
            };
            changes.push(change);
            role = next;
        }
        (changes, role)
    }

    #[test]
    fn every_walk_ends() {
        for from in ROLES {
            for target in ROLES {
                let (changes, end) = walk(from, target);
                assert!(changes.len() <= 3, "{from} to {target}");
                let stays = (from, target) == (Role::Started, Role::Unpromoted);
                assert!(end == target || stays, "{from} to {target} ends at {end}");
            }
        }
    }

    #[test]
    fn roles_are_passed_one_by_one() {
        use Change::{Demote, Promote, Start, Stop};
        assert_eq!(walk(Role::Stopped, Role::Promoted).0, [Start, Promote]);
        assert_eq!(walk(Role::Promoted, Role::Stopped).0, [Demote, Stop]);
        assert_eq!(walk(Role::Unpromoted, Role::Started).0, [Stop, Start]);
        assert_eq!(walk(Role::Unknown, Role::Stopped).0, [Stop]);
    }
}
