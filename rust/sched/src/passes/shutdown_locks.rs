//! Ties resources of a node that shuts down to it (option shutdown-lock).
//!
//! Reads: model.activity, nodes, rscs.lock.
//! Writes: rscs.lock, scores, actions (lrm_delete), recheck_at.
//! Place: after `configured_orders`, before `locations`.

use crate::assign::location;
use crate::{Pass, Run, Why};
use pcmk_base::Score;
use pcmk_model::{NodeFlags, NodeId, RscFlags, RscId, Source, Variant};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "shutdown_locks",
    run,
};

fn run(run: &mut Run<'_>) {
    if run.model.options.shutdown_lock {
        for top in run.plan.top.clone() {
            lock(run, top);
        }
    }
}

fn lock(run: &mut Run<'_>, rsc: RscId) {
    match run.model.resources[rsc].variant {
        Variant::Group(_) => {
            for member in run.plan.children[rsc].clone() {
                lock(run, member);
            }
        }
        Variant::Clone(_) | Variant::Bundle(_) => {}
        Variant::Primitive(_) => lock_primitive(run, rsc),
    }
}

fn lock_primitive(run: &mut Run<'_>, rsc: RscId) {
    let exempt = RscFlags::FENCE_DEVICE | RscFlags::REMOTE_CONNECTION;
    if run.plan.rscs[rsc].flags.intersects(exempt) {
        return;
    }
    let active_on = run.model.activity[rsc].active_on.as_slice();
    match (run.plan.rscs[rsc].lock, active_on) {
        (Some((node, _)), [_, ..]) => {
            forget_lock(run, rsc, node);
            return;
        }
        (None, &[node]) if is_leaving(run, node) => {
            let since = shutdown_time(run, node);
            run.plan.rscs[rsc].lock = Some((node, since));
        }
        _ => {}
    }
    let Some((home, since)) = run.plan.rscs[rsc].lock else {
        return;
    };
    let limit = run.model.options.shutdown_lock_limit;
    if limit > 0 {
        let until = since.saturating_add(i64::from(limit)).saturating_add(1);
        run.plan.propose_recheck(run.model, until);
    }
    for node in run.model.nodes.ids() {
        if node != home {
            let source = Source::ShutdownLock(home);
            location::add(run, rsc, node, Score::MINUS_INFINITY, source);
        }
    }
}

/// A resource that runs is not locked any more: the record of its lock goes.
fn forget_lock(run: &mut Run<'_>, rsc: RscId, node: NodeId) {
    use crate::actions::request::{Need, request};
    use pcmk_model::Task;
    let need = Need::Required(Why::Forget);
    request(run, rsc, Task::LrmDelete, 0, Some(node), need);
    run.plan.rscs[rsc].lock = None;
}

fn is_leaving(run: &Run<'_>, node: NodeId) -> bool {
    let state = &run.plan.nodes[node];
    state.is(NodeFlags::SHUTDOWN) && !state.is(NodeFlags::UNCLEAN)
}

/// When the node was asked to leave, or now if it does not say.
fn shutdown_time(run: &Run<'_>, node: NodeId) -> i64 {
    let text = run.model.nodes[node].attrs.get("shutdown");
    let time = text.and_then(|text| text.parse::<i64>().ok());
    time.filter(|&time| time > 0).unwrap_or(run.model.now)
}
