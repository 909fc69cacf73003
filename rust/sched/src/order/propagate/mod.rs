//! Carrying flags along edges to a fixed point.
//!
//! An action is visited as the one that follows: each edge before it may change it or the action at the other
//! end, and whoever is changed has those visited that depend on him. Visits nest in the order in which changes are
//! found, because the first reason for a change is the one that is kept. Where nesting gets deep the rest waits in
//! a queue, so that long chains need no deep stack.

mod edge;
mod plain;
mod variants;

use crate::order::block::block_dependents;
use crate::{ActionFlags, ActionId, Edge, Key, Reason, Run, Why, Word, codes};
use bitflags::bitflags;
use pcmk_base::{Entity, IdSet};
use pcmk_model::{NodeId, OrderKinds as K, RscFlags, RscId, Task, Variant};
use std::collections::VecDeque;

/// How deep visits nest before further ones are queued.
const DEPTH: usize = 96;
/// Visits allowed for each action and edge; far more than any sound input needs.
const VISITS_PER_ITEM: usize = 64;
/// Looks at edges in all visits, each counted with the children of both sides: they are many where much hangs on one
/// action.
const MOST_LOOKS: usize = 300_000_000;

bitflags! {
    /// Who changed.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(super) struct Changed: u8 {
        const FIRST = 1;
        const THEN = 1 << 1;
    }
}

/// Something that visits actions.
pub trait Visit: Send {
    /// Looks at everything that an action waits for.
    fn visit(&mut self, run: &mut Run<'_>, then: ActionId);
}

/// One propagation under way.
#[derive(Debug, Default)]
pub(super) struct Walk {
    depth: usize,
    visits: usize,
    looks: usize,
    gave_up: bool,
    waiting: VecDeque<ActionId>,
    is_waiting: IdSet<ActionId>,
}

/// Visits every action, newest first, until nothing changes.
pub fn propagate(run: &mut Run<'_>) {
    let mut walk = Walk::default();
    for id in run.plan.actions.newest_first() {
        walk.visit(run, id);
        walk.catch_up(run);
    }
}

/// Blocks the dependents of everything that cannot run as made.
pub fn block_all(run: &mut Run<'_>) {
    let mut walk = Walk::default();
    for id in run.plan.actions.newest_first() {
        block_dependents(run, &mut walk, id);
        walk.catch_up(run);
    }
}

impl Visit for Walk {
    fn visit(&mut self, run: &mut Run<'_>, then: ActionId) {
        if self.depth >= DEPTH {
            if self.is_waiting.insert(then) {
                self.waiting.push_back(then);
            }
            return;
        }
        if !self.may_visit(run) {
            return;
        }
        self.depth += 1;
        visit(self, run, then);
        self.depth -= 1;
    }
}

impl Walk {
    fn catch_up(&mut self, run: &mut Run<'_>) {
        while let Some(next) = self.waiting.pop_front() {
            self.is_waiting.remove(next);
            self.visit(run, next);
        }
    }

    fn visit_followers(&mut self, run: &mut Run<'_>, first: ActionId) {
        let mut at = run.plan.edges.after(first).len();
        while at > 0 {
            at -= 1;
            let follower = run.plan.edges.after(first)[at].other;
            self.visit(run, follower);
        }
    }

    fn may_visit(&mut self, run: &mut Run<'_>) -> bool {
        let limit = VISITS_PER_ITEM * (run.plan.actions.len() + run.plan.edges.len()) + 10_000;
        self.visits += 1;
        let may_visit = self.visits < limit && self.looks < MOST_LOOKS;
        if !may_visit && !std::mem::replace(&mut self.gave_up, true) {
            let sink = &mut run.plan.diagnostics;
            sink.error(codes::BUDGET_EXHAUSTED, Entity::Cluster);
        }
        may_visit
    }
}

fn visit(walk: &mut Walk, run: &mut Run<'_>, then: ActionId) {
    let before = run.plan.actions[then].flags;
    let is_gate = run.plan.actions[then].gate.1 > 0;
    if is_gate {
        run.plan.actions[then].gate.0 = 0;
        run.plan.actions[then].flags -= ActionFlags::RUNNABLE;
    }
    let mut changed = Changed::empty();
    let mut at = run.plan.edges.before(then).len();
    while at > 0 {
        at -= 1;
        changed = visit_edge(walk, run, then, at, changed);
    }
    if is_gate {
        changed.set(Changed::THEN, run.plan.actions[then].flags != before);
        if !run.plan.actions[then].is_runnable() {
            run.plan.note(then, Word::Unrunnable, Why::Gate);
        }
    }
    if changed.contains(Changed::THEN) {
        let lost = before.contains(ActionFlags::RUNNABLE) && !run.plan.actions[then].is_runnable();
        if lost {
            block_dependents(run, walk, then);
        }
        walk.visit(run, then);
        walk.visit_followers(run, then);
    }
}

/// Looks at one edge before `then`; what changed at `then` adds up over its edges.
fn visit_edge(
    walk: &mut Walk,
    run: &mut Run<'_>,
    then: ActionId,
    at: usize,
    changed: Changed,
) -> Changed {
    let Edge {
        other: first,
        kinds,
    } = run.plan.edges.before(then)[at];
    walk.looks += 1 + children(run, first) + children(run, then);
    let first_node = node_of(run, first);
    let then_node = node_of(run, then);
    if kinds.contains(K::IF_ON_SAME_NODE) && are_apart(first_node, then_node) {
        run.plan.edges.set_before_kinds(then, at, K::empty());
        return changed;
    }
    let mut changed = changed - Changed::FIRST;
    let first_rsc = run.plan.actions[first].rsc();
    if kinds.contains(K::THEN_CANCELS_FIRST) && run.plan.actions[then].is_required() {
        if let Some(rsc) = first_rsc {
            abandon(run, first, rsc);
        }
    }
    let stand_in = completed(run, first, then);
    if stand_in == first {
        changed |= edge::apply(walk, run, first, then, at, (first_node, then_node));
    } else if stand_in != then && run.plan.edges.add(stand_in, then, kinds) {
        changed |= Changed::THEN;
        run.plan.edges.set_before_kinds(then, at, K::empty());
    }
    if changed.contains(Changed::FIRST) {
        walk.visit_followers(run, stand_in);
        walk.visit(run, stand_in);
    }
    changed
}

fn children(run: &Run<'_>, id: ActionId) -> usize {
    let rsc = run.plan.actions[id].rsc();
    rsc.map_or(0, |rsc| run.plan.children[rsc].len())
}

/// What is required makes what it cancels pointless, such as a stop the reload before it.
fn abandon(run: &mut Run<'_>, first: ActionId, rsc: RscId) {
    run.plan.actions.give(first, ActionFlags::OPTIONAL);
    if run.plan.actions[first].task == Task::ReloadAgent {
        run.plan.rscs[rsc].flags -= RscFlags::RELOAD;
    }
}

/// Where an action counts as being; a group's start is where the group was assigned.
fn node_of(run: &Run<'_>, id: ActionId) -> Option<NodeId> {
    let action = &run.plan.actions[id];
    match action.rsc() {
        Some(rsc)
            if action.task == Task::Start
                && matches!(run.model.resources[rsc].variant, Variant::Group(_)) =>
        {
            assigned_node(run, rsc).or(action.node)
        }
        _ => action.node,
    }
}

/// The one node that all primitives of a resource are assigned to, if there is just one.
fn assigned_node(run: &Run<'_>, rsc: RscId) -> Option<NodeId> {
    let mut nodes = run.model.primitives(rsc).into_iter();
    let mut found = None;
    nodes
        .all(|primitive| match (run.plan.assigned[primitive], found) {
            (None, _) => true,
            (node, None) => {
                found = node;
                true
            }
            (node, known) => node == known,
        })
        .then_some(found)
        .flatten()
}

fn are_apart(a: Option<NodeId>, b: Option<NodeId>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a != b)
}

/// What stands for an action of a collective in the eyes of those outside it: its completion.
fn completed(run: &Run<'_>, first: ActionId, then: ActionId) -> ActionId {
    let (Some(rsc), Some(then_rsc)) = (run.plan.actions[first].rsc(), run.plan.actions[then].rsc())
    else {
        return first;
    };
    if rsc == then_rsc
        || run.model.resources[rsc].is_primitive()
        || run.model.is_ancestor(rsc, then_rsc)
    {
        return first;
    }
    let Key::Op(_, task, 0) = run.plan.actions[first].key else {
        return first;
    };
    let Some(done) = task.completed() else {
        return first;
    };
    // A bundle itself has no notifications: then what was asked for stands.
    let notifies = run.plan.rscs[rsc].is(RscFlags::NOTIFY)
        && (super::flags::is_instanced(run, rsc) || run.model.bundle_of(rsc).is_some());
    let key = if notifies {
        Key::Notify(rsc, crate::NotifyPhase::ConfirmedPost, done)
    } else {
        Key::Op(rsc, done, 0)
    };
    let found = run.plan.actions.with_key(key).last();
    found.copied().unwrap_or(first)
}

/// Clears a flag of an action because of another one, and keeps why unless both are of one resource or a reason
/// is known already.
pub(super) fn clear_because(
    run: &mut Run<'_>,
    id: ActionId,
    flag: ActionFlags,
    cause: ActionId,
    kind: K,
) {
    if !run.plan.actions[id].is(flag) {
        return;
    }
    run.plan.actions[id].flags -= flag;
    let word = if flag == ActionFlags::RUNNABLE {
        Word::Unrunnable
    } else if flag == ActionFlags::MIGRATABLE {
        Word::Unmigrateable
    } else {
        Word::Required
    };
    run.plan.note(id, word, Why::Order(cause, kind));
    if run.plan.actions[id].rsc() == run.plan.actions[cause].rsc() {
        return;
    }
    run.plan.actions[id]
        .reason
        .get_or_insert(Reason::Because(word, cause));
}
