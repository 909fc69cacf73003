//! What a clone implies: its instances come and go between its own pseudo-actions.

use super::{constrain as constrain_instance, restart_of_promotable, tasks, within};
use crate::Run;
use pcmk_model::{OrderKinds as K, RscFlags, RscId, Task, Variant};

pub(super) fn constrain(run: &mut Run<'_>, clone: RscId) {
    let Variant::Clone(spec) = &run.model.resources[clone].variant else {
        return;
    };
    let ordered = spec.ordered;
    let promotable = run.plan.rscs[clone].is(RscFlags::PROMOTABLE);

    within(run, clone, Task::Stopped, Task::Start, K::ORDERED);
    within(
        run,
        clone,
        Task::Start,
        Task::Running,
        K::UNRUNNABLE_FIRST_BLOCKS,
    );
    within(
        run,
        clone,
        Task::Stop,
        Task::Stopped,
        K::UNRUNNABLE_FIRST_BLOCKS,
    );
    if promotable {
        within(run, clone, Task::Demoted, Task::Stop, K::ORDERED);
        within(
            run,
            clone,
            Task::Running,
            Task::Promote,
            K::UNRUNNABLE_FIRST_BLOCKS,
        );
    }
    if ordered {
        let resources = &run.model.resources;
        run.plan.children[clone].sort_by_key(|&instance| resources[instance].instance);
    }
    let instances = run.plan.children[clone].clone();
    for (position, &instance) in instances.iter().enumerate() {
        constrain_instance(run, instance);
        relate_instance(run, clone, instance);
        if ordered {
            for &later in &instances[position + 1..] {
                tasks(
                    run,
                    (instance, Task::Start),
                    (later, Task::Start),
                    K::ORDERED,
                );
                tasks(run, (later, Task::Stop), (instance, Task::Stop), K::ORDERED);
            }
        }
    }
    if promotable {
        relate_promotions(run, clone, &instances, ordered);
    }
}

fn relate_instance(run: &mut Run<'_>, clone: RscId, instance: RscId) {
    let up = K::UNRUNNABLE_FIRST_BLOCKS | K::THEN_IMPLIES_FIRST_GRAPHED;
    tasks(run, (clone, Task::Start), (instance, Task::Start), up);
    let done = K::FIRST_IMPLIES_THEN_GRAPHED;
    tasks(run, (instance, Task::Start), (clone, Task::Running), done);
    let down = K::THEN_IMPLIES_FIRST_GRAPHED;
    tasks(run, (clone, Task::Stop), (instance, Task::Stop), down);
    tasks(run, (instance, Task::Stop), (clone, Task::Stopped), done);
}

fn relate_promotions(run: &mut Run<'_>, clone: RscId, instances: &[RscId], ordered: bool) {
    restart_of_promotable(run, clone);
    let mut previous = None;
    for &instance in instances {
        within(run, instance, Task::Demote, Task::Promote, K::ORDERED);
        tasks(
            run,
            (clone, Task::Promote),
            (instance, Task::Promote),
            K::ORDERED,
        );
        tasks(
            run,
            (instance, Task::Promote),
            (clone, Task::Promoted),
            K::ORDERED,
        );
        if let Some(previous) = previous.filter(|_| ordered) {
            tasks(
                run,
                (previous, Task::Promote),
                (instance, Task::Promote),
                K::ORDERED,
            );
        }
        let down = K::THEN_IMPLIES_FIRST_GRAPHED;
        tasks(run, (clone, Task::Demote), (instance, Task::Demote), down);
        let done = K::FIRST_IMPLIES_THEN_GRAPHED;
        tasks(run, (instance, Task::Demote), (clone, Task::Demoted), done);
        if let Some(previous) = previous.filter(|_| ordered) {
            tasks(
                run,
                (instance, Task::Demote),
                (previous, Task::Demote),
                K::ORDERED,
            );
        }
        previous = Some(instance);
    }
}
