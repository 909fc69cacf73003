//! Ending recurring operations.

use crate::actions::request::{Need, request_key};
use crate::order::relate::relate;
use crate::{ActionFlags, ActionId, End, Key, Run, Why};
use pcmk_base::IntervalMs;
use pcmk_model::{NodeId, OpRecord, OrderKinds, RscId, Task};

/// Makes the action that ends a recurring operation. If there is an action for that operation on the node, it
/// becomes the cancel.
pub fn cancel(
    run: &mut Run<'_>,
    rsc: RscId,
    task: Task,
    interval: IntervalMs,
    node: NodeId,
) -> ActionId {
    let key = Key::Op(rsc, task, interval);
    let need = Need::Required(Why::Cancelled);
    let id = request_key(run, key, Task::Cancel, Some(node), need);
    let action = &mut run.plan.actions[id];
    if action.task != Task::Cancel {
        action.task = Task::Cancel;
        action.flags |= ActionFlags::WAS_OPERATION;
    }
    id
}

/// Ends an operation that history shows as running; if the resource is stopped, then after that.
pub fn cancel_recorded(run: &mut Run<'_>, rsc: RscId, record: &OpRecord, node: NodeId) {
    let id = cancel(run, rsc, record.task, record.interval, node);
    if let Some(call) = record.xml.attr("call-id") {
        run.plan.actions[id].set_meta("call-id", call);
    }
    let stop = End::task(rsc, Task::Stop);
    relate(run, stop, End::Action(id), OrderKinds::ORDERED);
}
