//! Makes the actions that reading the status asked for.
//!
//! Reads: model.requests.
//! Writes: actions (optional recurring operations, required stops and demotes, fail count clearing,
//!         optional fencing), node flags through fencing.
//! Place: first, before `configured_orders`.
//! Work in: actions::request, fencing.

use crate::actions::request::{Need, request};
use crate::fencing::fence_action;
use crate::{ActionFlags, ActionId, Pass, Run, Why};
use pcmk_base::Text;
use pcmk_model::{NodeId, OrderKinds, Request, RscId, Task};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "replay_requests",
    run,
};

fn run(run: &mut Run<'_>) {
    for asked in &run.model.requests {
        replay(run, asked);
    }
}

fn replay(run: &mut Run<'_>, asked: &Request) {
    match *asked {
        Request::Stop {
            rsc,
            node,
            required,
        } => {
            once(run, rsc, Task::Stop, node, required);
        }
        Request::Demote {
            rsc,
            node,
            required,
        } => {
            once(run, rsc, Task::Demote, node, required);
        }
        Request::RelaxStops(rsc, node) => relax_stops(run, rsc, node),
        Request::Recurring {
            rsc,
            task,
            interval,
            node,
        } => {
            request(run, rsc, task, interval, Some(node), Need::Optional);
        }
        Request::ClearFailcount {
            rsc,
            node,
            after_fencing,
            required,
        } => {
            let clear = once(run, rsc, Task::ClearFailcount, node, required);
            let meta = &mut run.plan.actions[clear].meta;
            meta.push(("op_no_wait", Text::from("true")));
            if let Some(remote) = after_fencing {
                let fence = fence_action(run, remote, None, Need::Optional, None, false);
                let kinds = OrderKinds::FIRST_IMPLIES_THEN;
                run.plan.edges.add(fence, clear, kinds);
            }
        }
        Request::LrmDelete {
            rsc,
            node,
            required,
        } => {
            once(run, rsc, Task::LrmDelete, node, required);
        }
        Request::Fence {
            node,
            reason,
            priority_delay,
        } => {
            let reason = Some(reason);
            fence_action(run, node, None, Need::Optional, reason, priority_delay);
        }
    }
}

/// An action that does not recur. Whether it is required follows from what was known when it was asked for: the
/// resource may have become unmanaged since.
fn once(run: &mut Run<'_>, rsc: RscId, task: Task, node: NodeId, required: bool) -> ActionId {
    let before = run.plan.actions.len();
    let need = Need::Required(Why::History);
    let id = request(run, rsc, task, 0, Some(node), need);
    let is_new = run.plan.actions.len() > before;
    if required {
        run.plan.require(id, Why::History);
    } else if is_new {
        run.plan.actions[id].flags |= ActionFlags::OPTIONAL;
    }
    id
}

fn relax_stops(run: &mut Run<'_>, rsc: RscId, node: NodeId) {
    let actions = &mut run.plan.actions;
    for id in actions.of(rsc).to_vec() {
        let stop = &mut actions[id];
        if stop.task == Task::Stop && stop.node == Some(node) {
            stop.flags |= ActionFlags::OPTIONAL;
        }
    }
}
