//! What a bundle implies: containers between addresses and connections, the inner clone between its own actions.

use super::launcher::colocate;
use super::{constrain as constrain_part, restart_of_promotable, tasks};
use crate::Run;
use pcmk_base::Score;
use pcmk_model::{OrderKinds as K, Replica, RscFlags, RscId, Task, Variant};

pub(super) fn constrain(run: &mut Run<'_>, bundle: RscId) {
    let model = run.model;
    let Variant::Bundle(spec) = &model.resources[bundle].variant else {
        return;
    };
    for replica in &spec.replicas {
        constrain_replica(run, bundle, replica);
    }
    if let Some(inner) = spec.inner {
        relate_inner(run, bundle, inner);
    }
}

fn constrain_replica(run: &mut Run<'_>, bundle: RscId, replica: &Replica) {
    let container = replica.container;
    constrain_part(run, container);
    let up = K::UNRUNNABLE_FIRST_BLOCKS | K::THEN_IMPLIES_FIRST_GRAPHED;
    tasks(run, (bundle, Task::Start), (container, Task::Start), up);
    let down = K::THEN_IMPLIES_FIRST_GRAPHED;
    if let Some(child) = replica.child {
        tasks(run, (bundle, Task::Stop), (child, Task::Stop), down);
    }
    tasks(run, (bundle, Task::Stop), (container, Task::Stop), down);
    let done = K::FIRST_IMPLIES_THEN_GRAPHED;
    tasks(run, (container, Task::Start), (bundle, Task::Running), done);
    tasks(run, (container, Task::Stop), (bundle, Task::Stopped), done);
    if let Some(ip) = replica.ip {
        constrain_part(run, ip);
        let up = K::UNRUNNABLE_FIRST_BLOCKS | K::GUEST_ALLOWED;
        tasks(run, (ip, Task::Start), (container, Task::Start), up);
        let down = K::THEN_IMPLIES_FIRST | K::GUEST_ALLOWED;
        tasks(run, (container, Task::Stop), (ip, Task::Stop), down);
        colocate(
            run,
            "#ip-with-container",
            ip,
            container,
            Score::INFINITY,
            true,
        );
    }
    if let Some(connection) = replica.connection {
        constrain_part(run, connection);
    }
}

fn relate_inner(run: &mut Run<'_>, bundle: RscId, inner: RscId) {
    let down = K::THEN_IMPLIES_FIRST_GRAPHED;
    let done = K::FIRST_IMPLIES_THEN_GRAPHED;
    tasks(run, (bundle, Task::Start), (inner, Task::Start), down);
    tasks(run, (inner, Task::Running), (bundle, Task::Running), done);
    tasks(run, (bundle, Task::Stop), (inner, Task::Stop), down);
    tasks(run, (inner, Task::Stopped), (bundle, Task::Stopped), done);
    constrain_part(run, inner);
    if run.plan.rscs[inner].is(RscFlags::PROMOTABLE) {
        restart_of_promotable(run, bundle);
        tasks(run, (bundle, Task::Demote), (inner, Task::Demote), down);
        tasks(run, (inner, Task::Demoted), (bundle, Task::Demoted), done);
        tasks(run, (bundle, Task::Promote), (inner, Task::Promote), down);
        tasks(run, (inner, Task::Promoted), (bundle, Task::Promoted), done);
    }
}
