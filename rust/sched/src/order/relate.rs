//! Recording a relation, with those it implies for live migration.

use crate::{Actions, End, Relation, Run};
use pcmk_model::{OrderKinds, RscFlags, RscId, Task};

/// Records that `first` comes before `then`. A relation without kinds is nothing.
///
/// If a side can migrate live, the moves stand for its start and stop, so the same is recorded for them.
pub fn relate(run: &mut Run<'_>, first: End, then: End, kinds: OrderKinds) {
    if kinds.is_empty() {
        return;
    }
    run.plan.relations.push(Relation { first, then, kinds });
    relate_migrations(run, first, then);
}

fn relate_migrations(run: &mut Run<'_>, first: End, then: End) {
    let (Some((a, first_task)), Some((b, then_task))) = (side(run, first), side(run, then)) else {
        return;
    };
    if a == b || run.model.is_ancestor(a, b) || run.model.is_ancestor(b, a) {
        return;
    }
    let a_migrates = run.plan.rscs[a].is(RscFlags::MIGRATABLE);
    let b_migrates = run.plan.rscs[b].is(RscFlags::MIGRATABLE);
    let b_arrives = run.plan.rscs[b].partial_migration.is_some();
    let mut plain = OrderKinds::ORDERED;
    if a_migrates {
        plain |= OrderKinds::IF_FIRST_UNMIGRATABLE;
    }
    let end = End::task;
    match (first_task, then_task) {
        (Task::Start, Task::Start) => {
            if a_migrates && b_migrates {
                relate(
                    run,
                    end(a, Task::MigrateFrom),
                    end(b, Task::MigrateTo),
                    OrderKinds::ORDERED,
                );
            }
            if b_migrates {
                relate(run, end(a, Task::Start), end(b, Task::MigrateTo), plain);
            }
        }
        (Task::Stop, Task::Stop) if b_migrates => {
            relate(run, end(a, Task::Stop), end(b, Task::MigrateTo), plain);
            if b_arrives {
                relate(run, end(a, Task::Stop), end(b, Task::MigrateFrom), plain);
            }
        }
        (Task::Promote, Task::Start) if b_migrates => {
            relate(
                run,
                end(a, Task::Promote),
                end(b, Task::MigrateTo),
                OrderKinds::ORDERED,
            );
        }
        (Task::Demote, Task::Stop) if b_migrates => {
            relate(
                run,
                end(a, Task::Demote),
                end(b, Task::MigrateTo),
                OrderKinds::ORDERED,
            );
            if b_arrives {
                relate(
                    run,
                    end(a, Task::Demote),
                    end(b, Task::MigrateFrom),
                    OrderKinds::ORDERED,
                );
            }
        }
        _ => {}
    }
}

/// The resource and task of a side, if it has a resource.
fn side(run: &Run<'_>, end: End) -> Option<(RscId, Task)> {
    match end {
        End::Op(rsc, task, 0) => Some((rsc, task)),
        End::Op(..) => None,
        End::Action(id) => {
            let actions: &Actions = &run.plan.actions;
            actions[id].rsc().map(|rsc| (rsc, actions[id].task))
        }
    }
}
