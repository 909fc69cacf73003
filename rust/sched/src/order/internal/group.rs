//! What a group implies: its members start in order and stop in reverse, each with the one before it.

use super::launcher::colocate;
use super::{constrain as constrain_member, tasks, within};
use crate::Run;
use pcmk_base::Score;
use pcmk_model::{OrderKinds as K, RscFlags, RscId, Task, Variant};

/// What is the same for all members.
struct Shape {
    group: RscId,
    ordered: bool,
    colocated: bool,
    promotable: bool,
}

pub(super) fn constrain(run: &mut Run<'_>, group: RscId) {
    let Variant::Group(spec) = &run.model.resources[group].variant else {
        return;
    };
    let top = run.model.top_of(group);
    let shape = Shape {
        group,
        ordered: spec.ordered,
        colocated: spec.colocated,
        promotable: run.plan.rscs[top].is(RscFlags::PROMOTABLE),
    };
    within(
        run,
        group,
        Task::Stop,
        Task::Stopped,
        K::UNRUNNABLE_FIRST_BLOCKS,
    );
    within(run, group, Task::Stopped, Task::Start, K::ORDERED);
    within(
        run,
        group,
        Task::Start,
        Task::Running,
        K::UNRUNNABLE_FIRST_BLOCKS,
    );

    let mut previous = None;
    let mut last_active = None;
    for member in run.plan.children[group].clone() {
        constrain_one(run, &shape, member, previous, last_active);
        if is_active(run, member) {
            last_active = Some(member);
        }
        previous = Some(member);
    }
}

fn constrain_one(
    run: &mut Run<'_>,
    shape: &Shape,
    member: RscId,
    previous: Option<RscId>,
    last_active: Option<RscId>,
) {
    constrain_member(run, member);
    if let Some(previous) = previous.filter(|_| shape.colocated) {
        let influence = run.plan.rscs[member].is(RscFlags::CRITICAL);
        colocate(
            run,
            "#group-members",
            member,
            previous,
            Score::INFINITY,
            influence,
        );
    }
    relate_with_group(run, shape, member, previous.is_none());
    match previous {
        _ if !shape.ordered => relate_unordered(run, shape, member),
        Some(previous) => relate_with_previous(run, shape, member, previous),
        None => {}
    }
    if let (true, Some(previous), Some(last)) = (shape.ordered, previous, last_active) {
        // A member in between that is down does not break the order of stopping.
        if is_active(run, member) && !is_active(run, previous) {
            tasks(run, (member, Task::Stop), (last, Task::Stop), K::ORDERED);
        }
    }
}

fn relate_with_group(run: &mut Run<'_>, shape: &Shape, member: RscId, is_first: bool) {
    let group = shape.group;
    let ends_order = is_first && shape.ordered;
    let (mut down, mut post_down) = (K::THEN_IMPLIES_FIRST_GRAPHED, K::FIRST_IMPLIES_THEN_GRAPHED);
    if ends_order {
        down |= K::ORDERED;
        post_down = K::FIRST_IMPLIES_THEN;
    }
    let post_up =
        K::UNRUNNABLE_FIRST_BLOCKS | K::FIRST_IMPLIES_THEN | K::FIRST_IMPLIES_THEN_GRAPHED;
    let up = K::THEN_IMPLIES_FIRST_GRAPHED;
    if shape.promotable {
        tasks(run, (group, Task::Demote), (member, Task::Demote), down);
        tasks(
            run,
            (member, Task::Demote),
            (group, Task::Demoted),
            post_down,
        );
        tasks(
            run,
            (member, Task::Promote),
            (group, Task::Promoted),
            post_up,
        );
        tasks(run, (group, Task::Promote), (member, Task::Promote), up);
    }
    tasks(run, (group, Task::Stop), (member, Task::Stop), down);
    tasks(run, (member, Task::Stop), (group, Task::Stopped), post_down);
    tasks(run, (group, Task::Start), (member, Task::Start), up);
    tasks(run, (member, Task::Start), (group, Task::Running), post_up);
}

fn relate_unordered(run: &mut Run<'_>, shape: &Shape, member: RscId) {
    let kinds = K::FIRST_IMPLIES_THEN | K::UNRUNNABLE_FIRST_BLOCKS | K::THEN_IMPLIES_FIRST_GRAPHED;
    tasks(
        run,
        (shape.group, Task::Start),
        (member, Task::Start),
        kinds,
    );
    if shape.promotable {
        tasks(
            run,
            (shape.group, Task::Promote),
            (member, Task::Promote),
            kinds,
        );
    }
}

fn relate_with_previous(run: &mut Run<'_>, shape: &Shape, member: RscId, previous: RscId) {
    let up = K::FIRST_IMPLIES_THEN | K::UNRUNNABLE_FIRST_BLOCKS;
    tasks(run, (previous, Task::Start), (member, Task::Start), up);
    let down = K::ORDERED | K::INTERMEDIATE_STOP;
    tasks(run, (member, Task::Stop), (previous, Task::Stop), down);
    if !is_active_nowhere(run, member) && is_active_nowhere(run, previous) {
        // The member before it was lost: this one has to stop before that one starts.
        let kinds = K::THEN_IMPLIES_FIRST | K::UNRUNNABLE_FIRST_BLOCKS;
        tasks(run, (member, Task::Stop), (previous, Task::Start), kinds);
    }
    if shape.promotable {
        tasks(run, (previous, Task::Promote), (member, Task::Promote), up);
        tasks(
            run,
            (member, Task::Demote),
            (previous, Task::Demote),
            K::ORDERED,
        );
    }
}

fn is_active_nowhere(run: &Run<'_>, rsc: RscId) -> bool {
    run.model.activity[rsc].active_on.is_empty()
}

fn is_active(run: &Run<'_>, rsc: RscId) -> bool {
    !is_active_nowhere(run, rsc)
}
