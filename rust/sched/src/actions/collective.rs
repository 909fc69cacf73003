//! Actions of collectives: those of what they consist of, and pseudo-actions for the whole.

use crate::actions::request::{Need, request_pseudo};
use crate::actions::{notify, role};
use crate::{ActionFlags as F, ActionId, Run, Why};
use pcmk_base::{Score, parse_bool};
use pcmk_model::{RscFlags, RscId, Task, Variant};

/// Makes the actions of a resource and of everything below it.
pub fn create(run: &mut Run<'_>, rsc: RscId) {
    match &run.model.resources[rsc].variant {
        Variant::Primitive(_) => role::create(run, rsc),
        Variant::Group(_) => create_group(run, rsc),
        Variant::Clone(_) => create_clone(run, rsc),
        Variant::Bundle(_) => create_bundle(run, rsc),
    }
}

fn create_group(run: &mut Run<'_>, group: RscId) {
    for member in run.plan.children[group].clone() {
        create(run, member);
    }
    let promotable = run.model.resources[group].meta("promotable");
    let mut tasks = vec![Task::Start, Task::Running, Task::Stop, Task::Stopped];
    if promotable.and_then(parse_bool) == Some(true) {
        tasks.extend([Task::Demote, Task::Demoted, Task::Promote, Task::Promoted]);
    }
    for task in tasks {
        request_pseudo(run, group, task, Need::Optional, true);
    }
}

fn create_clone(run: &mut Run<'_>, clone: RscId) {
    let instances = run.plan.children[clone].clone();
    let [start, running, stop, stopped] = create_instances(run, clone, &instances);
    notify::announce_starts_and_stops(run, clone, [start, running], [stop, stopped]);
    if run.plan.rscs[clone].is(RscFlags::PROMOTABLE) {
        create_role_changes(run, clone, &instances);
    }
}

fn create_bundle(run: &mut Run<'_>, rsc: RscId) {
    let Variant::Bundle(bundle) = &run.model.resources[rsc].variant else {
        return;
    };
    for replica in &bundle.replicas {
        let parts = [replica.ip, Some(replica.container), replica.connection];
        for part in parts.into_iter().flatten() {
            create(run, part);
        }
    }
    let containers: Vec<RscId> = bundle.replicas.iter().map(|r| r.container).collect();
    create_instances(run, rsc, &containers);
    let Some(inner) = bundle.inner else { return };
    create(run, inner);
    if run.plan.rscs[inner].is(RscFlags::PROMOTABLE) {
        for (begin, end) in [
            (Task::Promote, Task::Promoted),
            (Task::Demote, Task::Demoted),
        ] {
            request_pseudo(run, rsc, begin, Need::Optional, true);
            completed(run, rsc, end, Need::Optional, true);
        }
    }
}

/// What instances are about to do, taken together.
#[derive(Clone, Copy, Default)]
struct Outlook {
    active: bool,
    starting: bool,
    stopping: bool,
    restarting: bool,
}

/// Makes the actions of instances, and start, running, stop and stopped of the whole.
fn create_instances(run: &mut Run<'_>, collective: RscId, instances: &[RscId]) -> [ActionId; 4] {
    let mut outlook = Outlook::default();
    for &instance in instances {
        create(run, instance);
        look_at(run, instance, &mut outlook);
    }
    let starting = need_if(outlook.starting);
    let stopping = need_if(outlook.stopping);
    let start = request_pseudo(run, collective, Task::Start, starting, true);
    let any = outlook.active || outlook.starting;
    let running = completed(run, collective, Task::Running, starting, any);
    let stop = request_pseudo(run, collective, Task::Stop, stopping, true);
    let stopped = completed(run, collective, Task::Stopped, stopping, true);
    if !outlook.restarting {
        run.plan.actions[stop].flags |= F::MIGRATABLE;
    }
    [start, running, stop, stopped]
}

fn need_if(needed: bool) -> Need {
    Need::when(needed, Why::Members(None))
}

/// A pseudo-action that says that all is done; what waits for it goes before other things.
fn completed(run: &mut Run<'_>, rsc: RscId, task: Task, need: Need, runnable: bool) -> ActionId {
    let id = request_pseudo(run, rsc, task, need, runnable);
    run.plan.actions[id].priority = Score::INFINITY;
    id
}

fn look_at(run: &Run<'_>, instance: RscId, outlook: &mut Outlook) {
    for primitive in primitives(run, instance) {
        let (mut starting, mut stopping) = (false, false);
        for &id in run.plan.actions.of(primitive) {
            let action = &run.plan.actions[id];
            match action.task {
                Task::Start => starting |= action.is_required() && action.is_runnable(),
                // A stop that fencing implies is not carried out, but it is a stop.
                Task::Stop => {
                    stopping |=
                        action.is_required() && action.flags.intersects(F::PSEUDO | F::RUNNABLE);
                }
                _ => {}
            }
        }
        outlook.active |= !run.model.activity[primitive].active_on.is_empty();
        outlook.starting |= starting;
        outlook.stopping |= stopping;
        outlook.restarting |= starting && stopping;
    }
}

/// Primitives at or below a resource, in the current order.
pub fn primitives(run: &Run<'_>, rsc: RscId) -> Vec<RscId> {
    if run.model.resources[rsc].is_primitive() {
        return vec![rsc];
    }
    let children = run.plan.children[rsc].iter();
    children.flat_map(|&child| primitives(run, child)).collect()
}

/// Promotions and demotions of a promotable clone. Its instances are asked for their actions a second time.
fn create_role_changes(run: &mut Run<'_>, clone: RscId, instances: &[RscId]) {
    let (mut promoting, mut demoting) = (false, false);
    for &instance in instances {
        create(run, instance);
        for primitive in primitives(run, instance) {
            for &id in run.plan.actions.of(primitive) {
                let action = &run.plan.actions[id];
                promoting |= action.is_required() && action.task == Task::Promote;
                demoting |= action.is_required() && action.task == Task::Demote;
            }
        }
    }
    let promoting = need_if(promoting);
    let promote = request_pseudo(run, clone, Task::Promote, promoting, true);
    let promoted = completed(run, clone, Task::Promoted, promoting, true);
    notify::announce(run, clone, Task::Promote, Some(promote), Some(promoted));
    let demoting = need_if(demoting);
    let demote = request_pseudo(run, clone, Task::Demote, demoting, true);
    let demoted = completed(run, clone, Task::Demoted, demoting, true);
    notify::announce(run, clone, Task::Demote, Some(demote), Some(demoted));
    notify::order_role_changes(run, clone);
    // Promotion scores stood in the place of priorities until now.
    for &instance in instances {
        run.plan.rscs[instance].priority = run.plan.rscs[clone].priority;
    }
}
