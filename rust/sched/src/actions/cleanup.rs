//! Forgetting: fail counts, and the history of what is not there any more.

use crate::actions::request::{Need, request};
use crate::order::relate::relate;
use crate::{ActionId, End, Run, Why};
use pcmk_model::{FailCounting, NodeFlags, NodeId, OrderKinds, RscFlags, RscId, Task};

/// Makes the action that clears the fail counts of a resource on a node. Nothing waits for its result.
pub fn clear_failcount(run: &mut Run<'_>, rsc: RscId, node: NodeId) -> ActionId {
    let id = request(
        run,
        rsc,
        Task::ClearFailcount,
        0,
        Some(node),
        Need::Required(Why::Forget),
    );
    run.plan.actions[id].set_meta("op_no_wait", "true");
    id
}

/// Whether failures of a resource on a node count now.
pub fn has_failures(run: &Run<'_>, rsc: RscId, node: NodeId) -> bool {
    let counting = FailCounting {
        effective: true,
        launched: false,
    };
    run.model.fail_count(rsc, node, counting, None).count > 0
}

/// Clears the fail counts of removed resources, before they are stopped.
pub fn clear_failcounts_of_removed(run: &mut Run<'_>) {
    if !run.model.options.stop_removed_resources {
        return;
    }
    for rsc in run.plan.top.clone() {
        if !run.plan.rscs[rsc].is(RscFlags::REMOVED) {
            continue;
        }
        for &node in &run.model.node_order {
            if run.plan.nodes[node].is(NodeFlags::ONLINE) && has_failures(run, rsc, node) {
                let clear = clear_failcount(run, rsc, node);
                let stop = End::task(rsc, Task::Stop);
                relate(run, End::Action(clear), stop, OrderKinds::ORDERED);
            }
        }
    }
}

/// Makes the action by which a node's executor forgets a resource: after its stop and before a start. Not where a
/// failure still has to be dealt with, and not on nodes that cannot do it.
pub fn forget(run: &mut Run<'_>, rsc: RscId, node: NodeId) {
    if run.plan.rscs[rsc].is(RscFlags::FAILED) || !run.plan.nodes[node].is_clean_online() {
        return;
    }
    let need = Need::Required(Why::Forget);
    request(run, rsc, Task::Delete, 0, Some(node), need);
    for (first, then) in [(Task::Stop, Task::Delete), (Task::Delete, Task::Start)] {
        let (first, then) = (End::task(rsc, first), End::task(rsc, then));
        relate(run, first, then, OrderKinds::ORDERED);
    }
}
