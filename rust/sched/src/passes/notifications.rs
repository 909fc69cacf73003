//! Settles the actions of clones and makes the notifications of their instances; tells remote nodes about
//! maintenance.
//!
//! Reads: actions, edges, children, rscs, model.activity.
//! Writes: actions (notify, flags of collectives, meta), edges.
//! Place: after `drop_edges`, last.
//! Work in: actions::notify.

use crate::actions::notify;
use crate::actions::request::{Need, request_key};
use crate::output::is_told_otherwise;
use crate::{ActionFlags, Key, Pass, Run};
use pcmk_model::Task;

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "notifications",
    run,
};

fn run(run: &mut Run<'_>) {
    notify::settle_all(run);
    tell_of_maintenance(run);
}

/// One action for all remote nodes that do not know yet whether they are in maintenance.
fn tell_of_maintenance(run: &mut Run<'_>) {
    let mut nodes = run.model.node_order.iter();
    if nodes.any(|&node| is_told_otherwise(run.model, run.plan, node)) {
        let key = Key::MaintenanceNodes;
        let id = request_key(run, key, Task::MaintenanceNodes, None, Need::Optional);
        run.plan.actions[id].flags |= ActionFlags::PSEUDO | ActionFlags::FORCE_GRAPH;
    }
}
