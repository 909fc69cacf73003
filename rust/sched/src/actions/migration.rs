//! Live migration: instead of a stop and a start, a resource is taken over while it runs.
//!
//! The stop and start are still there: the stop cleans up at the source, the start is not carried out. Whether the
//! moves are needed and possible, orderings carry over from the stop and start.

use crate::actions::request::{Need, request};
use crate::order::relate::relate;
use crate::{ActionFlags as F, ActionId, End, Run};
use pcmk_model::{NodeFlags, NodeId, OrderKinds as K, RscFlags, RscId, Task};

/// Whether a resource can be migrated from the node it is on to the one it is assigned to, as far as it and the
/// nodes decide that.
pub fn is_possible(run: &Run<'_>, rsc: RscId, current: Option<NodeId>) -> bool {
    let state = &run.plan.rscs[rsc];
    let is_clean = |node: Option<NodeId>| {
        node.is_some_and(|node| !run.plan.nodes[node].is(NodeFlags::UNCLEAN))
    };
    state.is(RscFlags::MIGRATABLE | RscFlags::MANAGED)
        && !state
            .flags
            .intersects(RscFlags::FAILED | RscFlags::START_PENDING)
        && is_clean(current)
        && is_clean(run.plan.assigned[rsc])
}

/// Makes the actions of a migration, or of the rest of one that was begun.
pub fn create(run: &mut Run<'_>, rsc: RscId, source: NodeId, target: NodeId) {
    let begun = run.plan.rscs[rsc].partial_migration.is_some();
    let ask =
        |run: &mut Run<'_>, task, node| request(run, rsc, task, 0, Some(node), Need::Optional);
    let start = ask(run, Task::Start, target);
    let stop = ask(run, Task::Stop, source);
    let leave = (!begun).then(|| ask(run, Task::MigrateTo, source));
    let arrive = ask(run, Task::MigrateFrom, target);
    for id in [Some(start), Some(stop), leave, Some(arrive)]
        .into_iter()
        .flatten()
    {
        run.plan.actions[id].flags |= F::MIGRATABLE;
    }
    run.plan.actions[start].flags |= F::PSEUDO;

    let first = leave.unwrap_or(arrive);
    run.plan.actions[first].needs = run.plan.actions[start].needs;
    let first_task = run.plan.actions[first].task;
    let blocks = K::ORDERED | K::UNMIGRATABLE_THEN_BLOCKS;
    order(run, rsc, Task::Monitor, first_task, K::ORDERED);
    if leave.is_some() {
        order(run, rsc, Task::MigrateTo, Task::MigrateFrom, blocks);
    }
    order(run, rsc, Task::MigrateFrom, Task::Stop, blocks);
    let else_start = blocks | K::FIRST_ELSE_THEN;
    order(run, rsc, Task::MigrateFrom, Task::Start, else_start);

    if let Some(leave) = leave {
        name_ends(run, leave, source, target);
        // Whoever sees only the source lost must know that the target may have it.
        if !run.plan.rscs[rsc].is(RscFlags::REMOTE_CONNECTION) {
            run.plan.actions[leave].set_meta("record-pending", "true");
        }
    }
    name_ends(run, arrive, source, target);
}

fn order(run: &mut Run<'_>, rsc: RscId, first: Task, then: Task, kinds: K) {
    relate(run, End::task(rsc, first), End::task(rsc, then), kinds);
}

fn name_ends(run: &mut Run<'_>, id: ActionId, source: NodeId, target: NodeId) {
    let nodes = &run.model.nodes;
    let action = &mut run.plan.actions[id];
    action.set_meta("migrate_source", nodes[source].name.clone());
    action.set_meta("migrate_target", nodes[target].name.clone());
}
