//! One edge: which of its kinds say something about the two actions, in the order in which they are tried.

use super::variants::{Update, update};
use super::{Changed, Walk};
use crate::order::flags::for_ordering;
use crate::{ActionFlags as F, ActionId, Run, Why};
use pcmk_model::{NodeId, OrderKinds as K, RscFlags, Task};

/// Applies the edge before `then` at a position of its list. The kinds of that entry may change.
pub(super) fn apply(
    walk: &mut Walk,
    run: &mut Run<'_>,
    first: ActionId,
    then: ActionId,
    at: usize,
    (first_node, then_node): (Option<NodeId>, Option<NodeId>),
) -> Changed {
    let first_flags = for_ordering(run, first, then_node);
    let then_flags = for_ordering(run, then, first_node);
    let mut kinds = run.plan.edges.before(then)[at].kinds;
    let mut scope = run.plan.actions[then].node;
    if kinds.contains(K::FIRST_IMPLIES_SAME_NODE_THEN) {
        kinds = (kinds - K::FIRST_IMPLIES_SAME_NODE_THEN) | K::FIRST_IMPLIES_THEN;
        run.plan.edges.set_before_kinds(then, at, kinds);
        scope = run.plan.actions[first].node;
    }
    let end = Ends {
        first,
        then,
        first_flags,
        scope,
    };
    let mut changed = if run.plan.actions[then].rsc().is_some() {
        apply_to_rsc(walk, run, &end, kinds, at)
    } else {
        apply_to_node_action(walk, run, &end, kinds)
    };
    put_into_graph(run, &end, kinds, then_flags);
    if kinds.intersects(K::FIRST_IMPLIES_THEN | K::THEN_IMPLIES_FIRST | K::INTERMEDIATE_STOP)
        && is_hopeless_stop(run, first)
        && run.plan.actions[then].is_runnable()
    {
        run.plan.block(then, Why::Order(first, kinds));
        changed |= Changed::THEN;
    }
    changed
}

struct Ends {
    first: ActionId,
    then: ActionId,
    first_flags: F,
    scope: Option<NodeId>,
}

impl Ends {
    fn update(&self, kind: K, flags: F, filter: F) -> Update {
        Update {
            first: self.first,
            then: self.then,
            scope: self.scope,
            flags,
            filter,
            kind,
        }
    }
}

fn apply_to_rsc(walk: &mut Walk, run: &mut Run<'_>, end: &Ends, kinds: K, at: usize) -> Changed {
    let flags = end.first_flags;
    let optional = flags & F::OPTIONAL;
    let mut changed = Changed::empty();
    for kind in [
        K::FIRST_IMPLIES_THEN,
        K::INTERMEDIATE_STOP,
        K::THEN_IMPLIES_FIRST,
        K::PROMOTED_THEN_IMPLIES_FIRST,
        K::NESTED_REMOTE_PROBE,
        K::UNRUNNABLE_FIRST_BLOCKS,
        K::UNMIGRATABLE_THEN_BLOCKS,
        K::FIRST_ELSE_THEN,
        K::ORDERED,
        K::ASYMMETRIC,
    ] {
        if !kinds.contains(kind) {
            continue;
        }
        let task = match kind {
            K::FIRST_IMPLIES_THEN | K::PROMOTED_THEN_IMPLIES_FIRST => {
                end.update(kind, optional, F::OPTIONAL)
            }
            K::INTERMEDIATE_STOP => end.update(kind, flags, F::OPTIONAL | F::RUNNABLE),
            K::THEN_IMPLIES_FIRST if run.plan.actions[end.first].rsc().is_none() => {
                changed |= unneeded_first(run, end);
                continue;
            }
            K::THEN_IMPLIES_FIRST | K::UNMIGRATABLE_THEN_BLOCKS | K::FIRST_ELSE_THEN => {
                end.update(kind, flags, F::OPTIONAL)
            }
            K::NESTED_REMOTE_PROBE if is_probe_of_something_active(run, end) => {
                run.plan.edges.set_before_kinds(end.then, at, K::empty());
                continue;
            }
            K::NESTED_REMOTE_PROBE => end.update(K::UNRUNNABLE_FIRST_BLOCKS, flags, F::RUNNABLE),
            _ => end.update(kind, flags, F::RUNNABLE),
        };
        changed |= update(walk, run, &task);
    }
    changed
}

fn apply_to_node_action(walk: &mut Walk, run: &mut Run<'_>, end: &Ends, kinds: K) -> Changed {
    let required = !end.first_flags.contains(F::OPTIONAL);
    let runnable = end.first_flags.contains(F::RUNNABLE);
    let mut changed = Changed::empty();
    let then = &run.plan.actions[end.then];
    if kinds.contains(K::FIRST_IMPLIES_THEN) && required && then.is(F::OPTIONAL) {
        run.plan.require(end.then, Why::Order(end.first, kinds));
        changed |= Changed::THEN;
    }
    if kinds.contains(K::THEN_IMPLIES_FIRST) {
        changed |= if run.plan.actions[end.first].rsc().is_some() {
            let task = end.update(K::THEN_IMPLIES_FIRST, end.first_flags, F::OPTIONAL);
            update(walk, run, &task)
        } else {
            unneeded_first(run, end)
        };
    }
    let then = &mut run.plan.actions[end.then];
    if kinds.contains(K::MIN_RUNNABLE) && runnable {
        then.gate.0 += 1;
        if then.gate.0 >= then.gate.1 && !then.is_runnable() {
            then.flags |= F::RUNNABLE;
            changed |= Changed::THEN;
        }
    }
    if kinds.contains(K::UNRUNNABLE_FIRST_BLOCKS) && !runnable && then.is_runnable() {
        run.plan.block(end.then, Why::Order(end.first, kinds));
        changed |= Changed::THEN;
    }
    changed
}

/// An action without a resource that comes before an implied one: once required it is taken out.
fn unneeded_first(run: &mut Run<'_>, end: &Ends) -> Changed {
    let required = !end.first_flags.contains(F::OPTIONAL);
    if !required || !run.plan.actions[end.first].is_runnable() {
        return Changed::empty();
    }
    let why = Why::Order(end.then, K::THEN_IMPLIES_FIRST);
    run.plan.block(end.first, why);
    Changed::FIRST
}

fn is_probe_of_something_active(run: &Run<'_>, end: &Ends) -> bool {
    let active = run.plan.actions[end.first]
        .rsc()
        .is_some_and(|rsc| !run.model.activity[rsc].active_on.is_empty());
    active && !end.first_flags.contains(F::RUNNABLE)
}

/// Pseudo-actions that nobody needs still show in the graph next to those that are.
fn put_into_graph(run: &mut Run<'_>, end: &Ends, kinds: K, then_flags: F) {
    let first_required = !end.first_flags.contains(F::OPTIONAL);
    if kinds.contains(K::FIRST_IMPLIES_THEN_GRAPHED)
        && first_required
        && run.plan.actions[end.first].is_runnable()
    {
        run.plan.actions.give(end.then, F::FORCE_GRAPH);
    }
    if kinds.contains(K::THEN_IMPLIES_FIRST_GRAPHED) && !then_flags.contains(F::OPTIONAL) {
        run.plan.actions.give(end.first, F::FORCE_GRAPH);
    }
}

/// A stop that nobody will carry out: the resource is neither managed nor able to recover.
fn is_hopeless_stop(run: &Run<'_>, first: ActionId) -> bool {
    let action = &run.plan.actions[first];
    let Some(rsc) = action.rsc() else {
        return false;
    };
    let state = &run.plan.rscs[rsc];
    action.task == Task::Stop
        && !action.is_runnable()
        && !state.is(RscFlags::MANAGED)
        && state.is(RscFlags::BLOCKED)
}
