//! Orderings and colocations that the structure of a resource implies.

mod bundle;
mod clone;
mod group;
mod launcher;
mod primitive;

use crate::order::relate::relate;
use crate::{End, Run};
use pcmk_model::{OrderKinds, RscId, Task, Variant};

/// Records what the structure of a resource and everything below it implies.
pub fn constrain(run: &mut Run<'_>, rsc: RscId) {
    match run.model.resources[rsc].variant {
        Variant::Primitive(_) => primitive::constrain(run, rsc),
        Variant::Group(_) => group::constrain(run, rsc),
        Variant::Clone(_) => clone::constrain(run, rsc),
        Variant::Bundle(_) => bundle::constrain(run, rsc),
    }
}

/// Relates two tasks of resources.
fn tasks(
    run: &mut Run<'_>,
    (first, first_task): (RscId, Task),
    (then, then_task): (RscId, Task),
    kinds: OrderKinds,
) {
    relate(
        run,
        End::task(first, first_task),
        End::task(then, then_task),
        kinds,
    );
}

/// Relates two tasks of one resource.
fn within(run: &mut Run<'_>, rsc: RscId, first: Task, then: Task, kinds: OrderKinds) {
    tasks(run, (rsc, first), (rsc, then), kinds);
}

/// Orders the role changes of a promotable collective so that a restart passes through every role.
fn restart_of_promotable(run: &mut Run<'_>, rsc: RscId) {
    const STEPS: [(Task, Task); 7] = [
        (Task::Stopped, Task::Start),
        (Task::Stopped, Task::Promote),
        (Task::Demoted, Task::Stop),
        (Task::Demoted, Task::Start),
        (Task::Demoted, Task::Promote),
        (Task::Running, Task::Promote),
        (Task::Demote, Task::Demoted),
    ];
    for (first, then) in STEPS {
        within(run, rsc, first, then, OrderKinds::ORDERED);
    }
}
