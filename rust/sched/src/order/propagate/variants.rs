//! How an ordering reaches the members of a collective.

use super::plain::update_rows;
use super::{Changed, Walk};
use crate::assign::compatible::compatible;
use crate::assign::record::unassign;
use crate::order::flags::{computed, is_instanced, underlying_task};
use crate::{ActionFlags as F, ActionId, Key, Run};
use pcmk_base::parse_bool;
use pcmk_model::{NodeId, OrderKinds as K, RscId, Task, Variant};

/// One kind of an ordering, to be applied to two actions.
#[derive(Clone, Copy)]
pub(super) struct Update {
    pub first: ActionId,
    pub then: ActionId,
    /// Only actions on this node.
    pub scope: Option<NodeId>,
    /// Flags of `first` as the ordering sees it.
    pub flags: F,
    /// Which flags the kind is about.
    pub filter: F,
    /// Exactly one kind.
    pub kind: K,
}

/// Applies a kind by the variant of the resource that has to follow (or, if it works backwards, to come first).
pub(super) fn update(walk: &mut Walk, run: &mut Run<'_>, task: &Update) -> Changed {
    let deciding = if task.kind == K::THEN_IMPLIES_FIRST {
        task.first
    } else {
        task.then
    };
    match run.plan.actions[deciding].rsc() {
        Some(rsc) => update_by_variant(walk, run, task, rsc),
        None => Changed::empty(),
    }
}

fn update_by_variant(walk: &mut Walk, run: &mut Run<'_>, task: &Update, rsc: RscId) -> Changed {
    match run.model.resources[rsc].variant {
        Variant::Primitive(_) => update_rows(walk, run, task),
        Variant::Group(_) => update_group(walk, run, task),
        Variant::Clone(_) | Variant::Bundle(_) => match interleaved(run, task) {
            Some(pair) => update_interleaved(walk, run, task, pair),
            None => update_instances(walk, run, task),
        },
    }
}

fn update_group(walk: &mut Walk, run: &mut Run<'_>, task: &Update) -> Changed {
    let mut changed = update_rows(walk, run, task);
    let Some(group) = run.plan.actions[task.then].rsc() else {
        return changed;
    };
    let wanted = run.plan.actions[task.then].task;
    for member in run.plan.children[group].clone() {
        if let Some(then) = run.plan.actions.newest(member, wanted, task.scope) {
            changed |= update_by_variant(walk, run, &Update { then, ..*task }, member);
        }
    }
    changed
}

fn update_instances(walk: &mut Walk, run: &mut Run<'_>, task: &Update) -> Changed {
    let mut changed = update_rows(walk, run, task);
    let Some(collective) = run.plan.actions[task.then].rsc() else {
        return changed;
    };
    let wanted = run.plan.actions[task.then].task;
    for instance in instances(run, collective) {
        let Some(then) = run.plan.actions.newest(instance, wanted, task.scope) else {
            continue;
        };
        if !computed(run, instance, then, task.scope).contains(F::RUNNABLE) {
            continue;
        }
        let of_instance = update_by_variant(walk, run, &Update { then, ..*task }, instance);
        if of_instance.contains(Changed::THEN) {
            walk.visit_followers(run, then);
        }
        changed |= of_instance;
    }
    changed
}

/// First's and then's resource, if an ordering between them is per node.
fn interleaved(run: &Run<'_>, task: &Update) -> Option<(RscId, RscId)> {
    let first = run.plan.actions[task.first].rsc()?;
    let then = run.plan.actions[task.then].rsc()?;
    if first == then || !is_instanced(run, first) || !is_instanced(run, then) {
        return None;
    }
    let down = matches!(subject_of(run, task.then), Some(Task::Stop | Task::Demote));
    let says = if down { first } else { then };
    let interleave = run.model.resources[says].meta("interleave");
    (interleave.and_then(parse_bool) == Some(true)).then_some((first, then))
}

/// What an action is or, for a notification, is about.
fn subject_of(run: &Run<'_>, id: ActionId) -> Option<Task> {
    match run.plan.actions[id].key {
        Key::Notify(_, _, task) | Key::Op(_, task, 0) => Some(task),
        _ => None,
    }
}

/// The instances that a clone's actions stand for; containers in a bundle.
fn instances(run: &Run<'_>, rsc: RscId) -> Vec<RscId> {
    match &run.model.resources[rsc].variant {
        Variant::Bundle(bundle) => bundle.replicas.iter().map(|r| r.container).collect(),
        _ => run.plan.children[rsc].clone(),
    }
}

fn update_interleaved(
    walk: &mut Walk,
    run: &mut Run<'_>,
    task: &Update,
    (first_rsc, then_rsc): (RscId, RscId),
) -> Changed {
    let going_down = matches!(
        subject_of(run, task.first),
        Some(Task::Stopped | Task::Demoted)
    );
    let mut changed = Changed::empty();
    for then_instance in instances(run, then_rsc) {
        let Some(first_instance) = compatible(run, then_instance, first_rsc, None, going_down)
        else {
            let mandatory =
                task.kind == K::UNRUNNABLE_FIRST_BLOCKS || task.kind == K::FIRST_IMPLIES_THEN;
            if !going_down && mandatory && unassign(run, then_instance) {
                changed |= Changed::THEN;
            }
            continue;
        };
        let first = instance_action(run, task.first, first_instance, task.scope, Side::First);
        let then = instance_action(run, task.then, then_instance, task.scope, Side::Then);
        let (Some((first, first_of)), Some((then, then_of))) = (first, then) else {
            continue;
        };
        if first != then && run.plan.edges.add(first, then, task.kind) {
            changed |= Changed::FIRST | Changed::THEN;
        }
        let flags = computed(run, first_of, first, task.scope);
        let of_instance = Update {
            first,
            then,
            flags,
            ..*task
        };
        changed |= update_by_variant(walk, run, &of_instance, then_of);
    }
    changed
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    First,
    Then,
}

/// The action of an instance behind a collective's action, with the resource that has it: for most tasks of a
/// container that is the resource inside.
fn instance_action(
    run: &Run<'_>,
    of: ActionId,
    instance: RscId,
    scope: Option<NodeId>,
    side: Side,
) -> Option<(ActionId, RscId)> {
    let asked = run.plan.actions[of].task;
    let inside_counts = match side {
        Side::First => !matches!(asked, Task::Stop | Task::Stopped),
        Side::Then => matches!(
            asked,
            Task::Promote | Task::Promoted | Task::Demote | Task::Demoted
        ),
    };
    let task = match side {
        Side::First => underlying_task(run, of),
        Side::Then => asked,
    };
    match inside(run, instance).filter(|_| inside_counts) {
        Some(inner) => Some((run.plan.actions.newest(inner, task, None)?, inner)),
        None => Some((run.plan.actions.newest(instance, task, scope)?, instance)),
    }
}

/// The resource inside a replica's container.
fn inside(run: &Run<'_>, container: RscId) -> Option<RscId> {
    let bundle = run.model.resources[container].parent?;
    let Variant::Bundle(spec) = &run.model.resources[bundle].variant else {
        return None;
    };
    let replica = spec.replicas.iter().find(|r| r.container == container)?;
    replica.child
}
