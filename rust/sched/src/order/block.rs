//! What cannot run keeps those from running that must be with it.

use crate::nested::nested;
use crate::order::propagate::Visit;
use crate::{ActionId, Reason, Run, Why};
use pcmk_base::{Role, Score};
use pcmk_model::{Colocation, ColocationId, RscId, Task};

/// For an unrunnable start or promote, makes the same of every mandatory dependent unrunnable.
///
/// Instances of a collective count together: only when none of them can run, its dependents cannot.
pub fn block_dependents(run: &mut Run<'_>, visit: &mut dyn Visit, id: ActionId) {
    block_dependents_of(run, visit, id, 0);
}

fn block_dependents_of(run: &mut Run<'_>, visit: &mut dyn Visit, id: ActionId, level: usize) {
    let action = &run.plan.actions[id];
    let task = action.task;
    let (Some(rsc), false) = (action.rsc(), action.is_runnable()) else {
        return;
    };
    if !matches!(task, Task::Start | Task::Promote) {
        return;
    }
    let primary = run.model.outermost(rsc);
    if !cannot_run_anywhere(run, primary, task) {
        return;
    }
    for colocation in crate::assign::colocation_lists::with_this(run, primary) {
        let Colocation {
            dependent,
            dependent_role,
            primary_role,
            score,
            ..
        } = run.plan.colocations.table[colocation];
        if score != Score::INFINITY
            || (task == Task::Promote && primary_role != Some(Role::Promoted))
        {
            continue;
        }
        let blocked = if dependent_role == Some(Role::Promoted) {
            Task::Promote
        } else {
            Task::Start
        };
        let why = Blocked {
            task: blocked,
            primary: rsc,
            colocation,
        };
        nested(level, || block(run, visit, dependent, why, level + 1));
    }
}

/// Whether every child of a collective has the action and none can run it. A primitive is its own.
fn cannot_run_anywhere(run: &Run<'_>, rsc: RscId, task: Task) -> bool {
    run.plan.children[rsc].iter().all(|&child| {
        let newest = run.plan.actions.newest(child, task, None);
        newest.is_some_and(|id| !run.plan.actions[id].is_runnable())
    })
}

/// What is blocked, and because of which resource.
#[derive(Clone, Copy)]
struct Blocked {
    task: Task,
    primary: RscId,
    colocation: ColocationId,
}

fn block(run: &mut Run<'_>, visit: &mut dyn Visit, rsc: RscId, why: Blocked, level: usize) {
    for id in run.plan.actions.of(rsc).to_vec().into_iter().rev() {
        let action = &run.plan.actions[id];
        if action.task != why.task || !action.is_runnable() {
            continue;
        }
        run.plan.block(id, Why::Colocation(why.colocation));
        let reason = &mut run.plan.actions[id].reason;
        reason.get_or_insert(Reason::ColocationWith(why.primary));
        block_dependents_of(run, visit, id, level);
        visit.visit(run, id);
    }
    for child in run.plan.children[rsc].clone() {
        block(run, visit, child, why, level);
    }
}
