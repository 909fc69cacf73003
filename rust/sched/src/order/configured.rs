//! Configured orderings as relations, with the gates they need.

use crate::actions::request::{Need, request_key};
use crate::order::relate::relate;
use crate::{ActionFlags, End, Key, Run};
use pcmk_model::{GateId, OrderEnd, Task};

/// Records all configured orderings in order of creation.
pub fn relate_all(run: &mut Run<'_>) {
    let model = run.model;
    for order in &model.orders {
        let first = end(run, order.first);
        let then = end(run, order.then);
        let began = run.plan.relations.len();
        relate(run, first, then, order.kinds);
        let ended = run.plan.relations.len();
        if let Some(trace) = &mut run.plan.trace {
            trace.relations.push(began..ended);
        }
    }
}

fn end(run: &mut Run<'_>, end: OrderEnd) -> End {
    match end {
        OrderEnd::Task(rsc, task) => End::task(rsc, task),
        OrderEnd::Gate(gate) => gate_action(run, gate),
    }
}

fn gate_action(run: &mut Run<'_>, gate: GateId) -> End {
    let required = run.model.gates[gate].required;
    let id = request_key(run, Key::Gate(gate), Task::Gate, None, Need::Optional);
    let action = &mut run.plan.actions[id];
    action.flags |= ActionFlags::PSEUDO | ActionFlags::RUNNABLE;
    action.gate = (0, required);
    End::Action(id)
}
