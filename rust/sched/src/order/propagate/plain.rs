//! What one kind of ordering does to two rows of the action table.

use super::variants::Update;
use super::{Changed, Visit, Walk, clear_because};
use crate::order::apply::current_role;
use crate::{ActionFlags as F, ActionId, Run};
use pcmk_base::Role;
use pcmk_model::{OrderKinds as K, RscFlags, Task};

/// Applies one kind to the rows as they are, whatever their resources are.
pub(super) fn update_rows(walk: &mut Walk, run: &mut Run<'_>, task: &Update) -> Changed {
    let (first, then) = (task.first, task.then);
    let (first_before, then_before) = (run.plan.actions[first].flags, run.plan.actions[then].flags);
    match task.kind {
        K::ASYMMETRIC => asymmetric(run, first, then),
        K::THEN_IMPLIES_FIRST => then_implies_first(run, task),
        K::PROMOTED_THEN_IMPLIES_FIRST => promoted_then_implies_first(run, task),
        K::UNMIGRATABLE_THEN_BLOCKS => unmigratable_then_blocks(run, first, then),
        K::FIRST_ELSE_THEN => first_else_then(run, first, then),
        K::UNRUNNABLE_FIRST_BLOCKS
            if run.plan.actions[then].is_runnable() && !task.flags.contains(F::RUNNABLE) =>
        {
            clear_because(run, then, F::RUNNABLE, first, task.kind);
            clear_because(run, then, F::MIGRATABLE, first, task.kind);
        }
        K::FIRST_IMPLIES_THEN => {
            let required = !task.flags.contains(F::OPTIONAL);
            if required && !run.plan.actions[first].is(F::MIGRATABLE) {
                clear_because(run, then, F::OPTIONAL, first, task.kind);
            }
        }
        K::INTERMEDIATE_STOP => intermediate_stop(run, task),
        _ => {}
    }
    let mut changed = Changed::empty();
    if run.plan.actions[then].flags != then_before {
        changed |= Changed::THEN;
        let parent = run.plan.actions[then]
            .rsc()
            .and_then(|rsc| run.model.resources[rsc].parent);
        if parent.is_some() {
            walk.visit(run, then);
        }
    }
    if run.plan.actions[first].flags != first_before {
        changed |= Changed::FIRST;
    }
    changed
}

fn then_implies_first(run: &mut Run<'_>, task: &Update) {
    let (first, then) = (task.first, task.then);
    if !run.plan.actions[then].is_required() {
        return;
    }
    if !task.flags.contains(F::OPTIONAL) {
        clear_because(run, first, F::OPTIONAL, then, K::THEN_IMPLIES_FIRST);
    }
    if task.flags.contains(F::MIGRATABLE) && !run.plan.actions[then].is(F::MIGRATABLE) {
        clear_because(run, first, F::MIGRATABLE, then, K::THEN_IMPLIES_FIRST);
    }
}

fn promoted_then_implies_first(run: &mut Run<'_>, task: &Update) {
    let (first, then) = (task.first, task.then);
    let promoted = run.plan.actions[then]
        .rsc()
        .is_some_and(|rsc| current_role(run, rsc) == Role::Promoted);
    if !promoted || !run.plan.actions[then].is_required() {
        return;
    }
    clear_because(
        run,
        first,
        F::OPTIONAL,
        then,
        K::PROMOTED_THEN_IMPLIES_FIRST,
    );
    if run.plan.actions[first].is(F::MIGRATABLE) && !run.plan.actions[then].is(F::MIGRATABLE) {
        clear_because(
            run,
            first,
            F::MIGRATABLE,
            then,
            K::PROMOTED_THEN_IMPLIES_FIRST,
        );
    }
}

fn unmigratable_then_blocks(run: &mut Run<'_>, first: ActionId, then: ActionId) {
    if !run.plan.actions[then].is(F::MIGRATABLE | F::RUNNABLE) {
        clear_because(run, first, F::RUNNABLE, then, K::UNMIGRATABLE_THEN_BLOCKS);
    }
    if run.plan.actions[then].is_required() {
        clear_because(run, first, F::OPTIONAL, then, K::UNMIGRATABLE_THEN_BLOCKS);
    }
}

fn first_else_then(run: &mut Run<'_>, first: ActionId, then: ActionId) {
    if !run.plan.actions[first].is_runnable() {
        clear_because(run, then, F::MIGRATABLE, first, K::FIRST_ELSE_THEN);
        run.plan.actions.take(then, F::PSEUDO);
    }
}

/// A start that a one-way ordering forbids takes its resource down, unless it stays where it is anyway.
fn asymmetric(run: &mut Run<'_>, first: ActionId, then: ActionId) {
    let Some(rsc) = run.plan.actions[then].rsc() else {
        return;
    };
    if run.plan.actions[first].is_runnable() {
        return;
    }
    let action = &run.plan.actions[then];
    if action.is(F::OPTIONAL) {
        let role = current_role(run, rsc);
        let active_on = run.model.activity[rsc].active_on.as_slice();
        let stays_down = role == Role::Stopped && action.task == Task::Stop;
        let stays_up = role >= Role::Started
            && action.task == Task::Start
            && active_on.len() == 1
            && active_on.first().copied() == action.node;
        if stays_down || stays_up {
            return;
        }
    }
    clear_because(run, then, F::OPTIONAL, first, K::ASYMMETRIC);
    clear_because(run, then, F::RUNNABLE, first, K::ASYMMETRIC);
}

/// What restarts is stopped first, and what cannot start again is stopped all the same.
fn intermediate_stop(run: &mut Run<'_>, task: &Update) {
    let (first, then) = (task.first, task.then);
    let (Some(first_rsc), Some(then_rsc)) =
        (run.plan.actions[first].rsc(), run.plan.actions[then].rsc())
    else {
        return;
    };
    let primitives = [first_rsc, then_rsc]
        .iter()
        .all(|&rsc| run.model.resources[rsc].is_primitive());
    if !primitives {
        return;
    }
    let restarts = task.filter.contains(F::OPTIONAL) && run.plan.actions[then].is_required();
    let cannot_start = task.filter.contains(F::RUNNABLE)
        && !run.plan.actions[then].is_runnable()
        && run.plan.rscs[then_rsc].is(RscFlags::MANAGED)
        && first_rsc == then_rsc;
    if !restarts && !cannot_start {
        return;
    }
    if run.plan.actions[first].is_runnable() || run.plan.actions[then].is_required() {
        clear_because(run, first, F::OPTIONAL, then, K::INTERMEDIATE_STOP);
    }
    if !run.plan.actions[then].is(F::MIGRATABLE) {
        clear_because(run, first, F::MIGRATABLE, then, K::INTERMEDIATE_STOP);
    }
    if run.plan.actions[first].is_required() && !run.plan.actions[first].is_runnable() {
        clear_because(run, then, F::RUNNABLE, first, K::INTERMEDIATE_STOP);
    }
}
