//! The flags of a collective's action, computed from those of its members.

use crate::{ActionFlags as F, ActionId, Key, Run, Why};
use pcmk_model::{NodeId, RscId, Task, Variant};

/// Flags of an action as an ordering sees it from a node. What members imply is kept in a collective's row.
pub fn for_ordering(run: &mut Run<'_>, id: ActionId, node: Option<NodeId>) -> F {
    let Some(rsc) = run.plan.actions[id].rsc() else {
        return run.plan.actions[id].flags;
    };
    let anywhere = computed(run, rsc, id, None);
    if node.is_none() || !run.model.resources[rsc].is_clone() {
        return anywhere;
    }
    // A bundle is required as a whole. Of a clone, what runs on one node matters for whether it is required; that it
    // can run somewhere is enough.
    let there = computed(run, rsc, id, node);
    there | (anywhere & F::RUNNABLE)
}

/// Flags of an action by the rule of its resource's variant, for one node or for all.
pub fn computed(run: &mut Run<'_>, rsc: RscId, id: ActionId, node: Option<NodeId>) -> F {
    if run.model.resources[rsc].is_primitive() {
        return run.plan.actions[id].flags;
    }
    if let Some(known) = run.plan.actions.computed(id, node) {
        return known;
    }
    let flags = of_collective(run, rsc, id, node);
    run.plan.actions.keep_computed(id, node, flags);
    flags
}

fn of_collective(run: &mut Run<'_>, rsc: RscId, id: ActionId, node: Option<NodeId>) -> F {
    let model = run.model;
    match &model.resources[rsc].variant {
        Variant::Primitive(_) => run.plan.actions[id].flags,
        Variant::Group(_) => of_group(run, rsc, id, node),
        Variant::Clone(_) => {
            let instances = run.plan.children[rsc].clone();
            of_instances(run, &instances, id, node)
        }
        Variant::Bundle(bundle) => {
            let inner = bundle.inner.filter(|_| is_inner_task(run, id));
            let instances = match inner {
                Some(clone) => run.plan.children[clone].clone(),
                None => bundle.replicas.iter().map(|r| r.container).collect(),
            };
            of_instances(run, &instances, id, node)
        }
    }
}

/// Clones and bundles: resources whose actions stand for those of instances.
pub fn is_instanced(run: &Run<'_>, rsc: RscId) -> bool {
    matches!(
        run.model.resources[rsc].variant,
        Variant::Clone(_) | Variant::Bundle(_)
    )
}

/// The task of the instances behind a collective's action; for a notification that which it is about. Groups have
/// actions for what is completed, as collectives do; primitives have not.
pub fn underlying_task(run: &Run<'_>, id: ActionId) -> Task {
    let task = match run.plan.actions[id].key {
        Key::Notify(_, _, task) => task,
        _ => run.plan.actions[id].task,
    };
    let of_groups = run.plan.actions[id].rsc().is_some_and(|rsc| {
        let first = run.plan.children[rsc].first();
        first.is_some_and(|&child| matches!(run.model.resources[child].variant, Variant::Group(_)))
    });
    if of_groups { task } else { task.underlying() }
}

/// Whether a bundle's action is one that the inner clone's instances carry out.
fn is_inner_task(run: &Run<'_>, id: ActionId) -> bool {
    !matches!(
        run.plan.actions[id].task.underlying(),
        Task::Start | Task::Stop | Task::Monitor | Task::Shutdown | Task::Fence
    )
}

fn of_group(run: &mut Run<'_>, group: RscId, id: ActionId, node: Option<NodeId>) -> F {
    let own_task = run.plan.actions[id].task;
    let mut flags = F::OPTIONAL | F::RUNNABLE | F::PSEUDO;
    for member in run.plan.children[group].clone() {
        let task = if run.model.resources[member].is_primitive() {
            own_task.underlying()
        } else {
            own_task
        };
        let Some(action) = run.plan.actions.newest(member, task, node) else {
            if !matches!(task, Task::Stop | Task::Demote) {
                flags -= F::RUNNABLE;
            }
            continue;
        };
        let of_member = computed(run, member, action, node);
        if flags.contains(F::OPTIONAL) && !of_member.contains(F::OPTIONAL) {
            flags -= F::OPTIONAL;
            run.plan.require(id, Why::Members(Some(action)));
        }
        if task != own_task && flags.contains(F::RUNNABLE) && !of_member.contains(F::RUNNABLE) {
            flags -= F::RUNNABLE;
            run.plan.block(id, Why::Members(Some(action)));
        }
    }
    flags
}

fn of_instances(run: &mut Run<'_>, instances: &[RscId], id: ActionId, node: Option<NodeId>) -> F {
    let task = underlying_task(run, id);
    let mut flags = F::OPTIONAL | F::RUNNABLE | F::PSEUDO;
    let mut any_runnable = false;
    for &instance in instances {
        let scope = node.filter(|_| run.model.resources[instance].is_primitive());
        let Some(action) = run.plan.actions.newest(instance, task, scope) else {
            continue;
        };
        let of_instance = computed(run, instance, action, node);
        if flags.contains(F::OPTIONAL) && !of_instance.contains(F::OPTIONAL) {
            flags -= F::OPTIONAL;
            run.plan.require(id, Why::Members(Some(action)));
        }
        any_runnable |= of_instance.contains(F::RUNNABLE);
    }
    if !any_runnable {
        flags -= F::RUNNABLE;
        if node.is_none() {
            run.plan.block(id, Why::Members(None));
        }
    }
    flags
}
