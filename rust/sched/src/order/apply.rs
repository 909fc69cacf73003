//! Turning relations into edges, oldest first, once all actions are made.

use crate::actions::request::{Need, request};
use crate::{ActionFlags, ActionId, End, Key, Relation, Run, Why, codes};
use pcmk_base::{Diagnostic, Entity, Level, Role};
use pcmk_model::{OrderKinds as K, RscId, Task};
use smallvec::{SmallVec, smallvec};

type Candidates = SmallVec<[ActionId; 4]>;

/// Makes the edges of all relations.
pub fn apply_all(run: &mut Run<'_>) {
    let mut next = 0;
    while let Some(&relation) = run.plan.relations.get(next) {
        next += 1;
        apply(run, relation);
    }
}

fn apply(run: &mut Run<'_>, relation: Relation) {
    if rsc_of(run, relation.first).is_some() {
        for first in first_actions(run, relation) {
            apply_after(run, Some(first), relation);
        }
        return;
    }
    match relation.first {
        End::Action(first) => apply_after(run, Some(first), relation),
        End::Op(..) => apply_after(run, None, relation),
    }
}

/// The actions on the first side; one is made if there is none and it would matter.
fn first_actions(run: &mut Run<'_>, relation: Relation) -> Candidates {
    let (rsc, task, interval) = match relation.first {
        End::Action(id) => return smallvec![id],
        End::Op(rsc, task, interval) => (rsc, task, interval),
    };
    let found = candidates(run, relation.first);
    if !found.is_empty() || rsc_of(run, relation.then) == Some(rsc) {
        return found;
    }
    let role = current_role(run, rsc);
    if (role == Role::Stopped && task == Task::Stop)
        || (role == Role::Unpromoted && task == Task::Demote)
    {
        return found;
    }
    smallvec![request(run, rsc, task, interval, None, Need::Optional)]
}

fn apply_after(run: &mut Run<'_>, first: Option<ActionId>, relation: Relation) {
    let Some(then_rsc) = rsc_of(run, relation.then) else {
        if let (Some(first), End::Action(then)) = (first, relation.then) {
            run.plan.edges.add(first, then, relation.kinds);
        }
        return;
    };
    let mut kinds = relation.kinds;
    if let Some(first) = first {
        let action = &run.plan.actions[first];
        if action.rsc() == Some(then_rsc) && action.is(ActionFlags::MIGRATION_ABORT) {
            kinds -= K::FIRST_IMPLIES_THEN;
        }
    }
    for then in candidates(run, relation.then) {
        match first {
            Some(first) if first != then => {
                run.plan.edges.add(first, then, kinds);
            }
            Some(_) => {}
            None if kinds.contains(K::FIRST_IMPLIES_THEN) => nothing_to_follow(run, then),
            None => {}
        }
    }
}

/// Nothing exists that a mandatory ordering could follow.
fn nothing_to_follow(run: &mut Run<'_>, then: ActionId) {
    run.plan.block(then, Why::NothingToFollow);
    let entity = Entity::Action(run.plan.actions[then].key.text(run.model));
    let found = Diagnostic::new(Level::Warning, codes::NOTHING_TO_ORDER_AFTER, entity);
    run.plan.diagnostics.push(found);
}

/// Actions on one side of a relation that exist, in order of creation.
pub(super) fn candidates(run: &Run<'_>, end: End) -> Candidates {
    match end {
        End::Action(id) => smallvec![id],
        End::Op(rsc, task, interval) => {
            Candidates::from_slice(run.plan.actions.with_key(Key::Op(rsc, task, interval)))
        }
    }
}

/// The resource of one side of a relation.
pub(super) fn rsc_of(run: &Run<'_>, end: End) -> Option<RscId> {
    match end {
        End::Action(id) => run.plan.actions[id].rsc(),
        End::Op(rsc, _, _) => Some(rsc),
    }
}

/// The task of one side of a relation.
pub(super) fn task_of(run: &Run<'_>, end: End) -> Task {
    match end {
        End::Action(id) => run.plan.actions[id].task,
        End::Op(_, task, _) => task,
    }
}

/// The role a resource has now; of a collective the highest of its members.
pub(crate) fn current_role(run: &Run<'_>, rsc: RscId) -> Role {
    if run.model.resources[rsc].is_primitive() {
        return run.plan.rscs[rsc].current_role;
    }
    let children = run.plan.children[rsc].iter();
    children
        .map(|&child| current_role(run, child))
        .max()
        .unwrap_or(Role::Unknown)
}
