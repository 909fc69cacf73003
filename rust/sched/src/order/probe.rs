//! Probes come before what their results may change: restarts of dependents, and what waits for a stop.

use super::apply::{candidates, rsc_of, task_of};
use crate::assign::compatible::compatible;
use crate::{ActionFlags, ActionId, Edge, Key, Relation, Run};
use pcmk_base::{IdSet, parse_bool};
use pcmk_model::{FenceOp, OrderKinds as K, RscId, Task};

/// Orders all probes. Relations must have become edges before.
pub fn order_probes(run: &mut Run<'_>) {
    for rsc in run.plan.top.clone() {
        before_starts(run, rsc);
    }
    before_what_follows_stops(run);
}

/// Probes of a resource at interval zero, in order of creation.
fn probes_of(run: &Run<'_>, rsc: RscId) -> Vec<ActionId> {
    let key = Key::Op(rsc, Task::Monitor, 0);
    run.plan.actions.with_key(key).to_vec()
}

fn before_starts(run: &mut Run<'_>, rsc: RscId) {
    if !run.model.resources[rsc].is_primitive() {
        for child in run.plan.children[rsc].clone() {
            before_starts(run, child);
        }
        return;
    }
    for probe in probes_of(run, rsc) {
        // Edges that are added on the way are not looked at.
        for edge in run.plan.edges.after(probe).to_vec().into_iter().rev() {
            before_other_instances(run, probe, rsc, edge);
            let mut seen = IdSet::default();
            before_restarts(run, probe, rsc, edge.other, &mut seen);
        }
    }
}

/// While a probe cannot run, no inactive instance of its clone starts: there might be too many of them.
fn before_other_instances(run: &mut Run<'_>, probe: ActionId, rsc: RscId, edge: Edge) {
    let top = run.model.top_of(rsc);
    let start = &run.plan.actions[edge.other];
    if run.plan.actions[probe].is_runnable()
        || edge.kinds.contains(K::UNRUNNABLE_FIRST_BLOCKS)
        || start.task != Task::Start
        || start.rsc() != Some(top)
        || !super::flags::is_instanced(run, top)
    {
        return;
    }
    for follower in run.plan.edges.after(edge.other).to_vec().into_iter().rev() {
        let action = &run.plan.actions[follower.other];
        let Some(instance) = action.rsc() else {
            continue;
        };
        if action.task == Task::Start
            && run.model.top_of(instance) == top
            && run.model.activity[instance].active_on.is_empty()
            && follower.other != probe
        {
            let kinds = K::ORDERED | K::UNRUNNABLE_FIRST_BLOCKS;
            run.plan.edges.add(probe, follower.other, kinds);
        }
    }
}

/// Everything that a start after the probe would restart waits for the probe with its stop as well.
fn before_restarts(
    run: &mut Run<'_>,
    probe: ActionId,
    probed: RscId,
    after: ActionId,
    seen: &mut IdSet<ActionId>,
) {
    let mut stack = vec![after];
    while let Some(after) = stack.pop() {
        if !seen.insert(after) {
            continue;
        }
        let after_rsc = run.plan.actions[after].rsc();
        if let Some(rsc) = after_rsc {
            if rsc != probed && run.model.resources[rsc].is_primitive() {
                before_going_down(run, probe, rsc, run.plan.actions[after].task);
            }
        }
        let mut next = followers_that_restart(run, probed, after, after_rsc);
        next.reverse();
        stack.append(&mut next);
    }
}

fn before_going_down(run: &mut Run<'_>, probe: ActionId, rsc: RscId, up: Task) {
    let down = match up {
        Task::Start => Task::Stop,
        Task::Promote => Task::Demote,
        _ => return,
    };
    for then in run.plan.actions.with_key(Key::Op(rsc, down, 0)).to_vec() {
        if !run.plan.actions[then].is(ActionFlags::PSEUDO) {
            run.plan.edges.add(probe, then, K::ORDERED);
        }
    }
}

/// Followers that a required action makes required, newest first.
fn followers_that_restart(
    run: &Run<'_>,
    probed: RscId,
    after: ActionId,
    after_rsc: Option<RscId>,
) -> Vec<ActionId> {
    let partner = after_rsc.and_then(|rsc| interleaved_partner(run, probed, rsc));
    let leads_on = |edge: &Edge| {
        if edge.kinds.contains(K::FIRST_IMPLIES_THEN) {
            return true;
        }
        // Otherwise only from a collective to its members.
        let (Some(collective), Some(member)) = (after_rsc, run.plan.actions[edge.other].rsc())
        else {
            return false;
        };
        let resources = &run.model.resources;
        !resources[collective].is_primitive()
            && resources[probed].parent != Some(collective)
            && resources[member].parent == Some(collective)
            && !super::flags::is_instanced(run, member)
            && partner.is_none_or(|partner| partner == Some(member))
    };
    let edges = run.plan.edges.after(after).iter().rev();
    edges.filter(|e| leads_on(e)).map(|e| e.other).collect()
}

/// For an interleaved clone, the one instance that a probed resource has to do with (or that there is none).
fn interleaved_partner(run: &Run<'_>, probed: RscId, clone: RscId) -> Option<Option<RscId>> {
    let interleave = run.model.resources[clone].meta("interleave");
    if !super::flags::is_instanced(run, clone) || interleave.and_then(parse_bool) != Some(true) {
        return None;
    }
    Some(compatible(run, probed, clone, None, false))
}

/// What waits for a stop waits for the probe that may find there is something to stop.
fn before_what_follows_stops(run: &mut Run<'_>) {
    for at in 0..run.plan.relations.len() {
        let relation = run.plan.relations[at];
        let Some(first) = rsc_of(run, relation.first) else {
            continue;
        };
        if rsc_of(run, relation.then) == Some(first)
            || task_of(run, relation.first) != Task::Stop
            || is_stop_of_launcher(run, first, relation)
        {
            continue;
        }
        let kinds = probe_kinds(relation.kinds);
        let followers = candidates(run, relation.then);
        for probe in probes_of(run, first) {
            for &then in &followers {
                if probe != then && is_sensible(run, probe, then) {
                    run.plan.edges.add(probe, then, kinds);
                }
            }
        }
    }
}

/// A resource may be probed only after its launcher started again, so its stop waits for no probe.
fn is_stop_of_launcher(run: &Run<'_>, first: RscId, relation: Relation) -> bool {
    let launcher = run.model.resources[first].launcher;
    launcher.is_some()
        && rsc_of(run, relation.then) == launcher
        && task_of(run, relation.then) == Task::Stop
}

fn probe_kinds(kinds: K) -> K {
    if kinds == K::IF_REQUIRED_ON_SAME_NODE || kinds == K::IF_ON_SAME_NODE_OR_TARGET {
        return kinds;
    }
    K::ORDERED | (kinds & (K::IF_FIRST_UNMIGRATABLE | K::IF_ON_SAME_NODE))
}

/// A node is unfenced before it is probed, and a shutdown waits only for probes of its own node.
fn is_sensible(run: &Run<'_>, probe: ActionId, then: ActionId) -> bool {
    let probed_on = run.plan.actions[probe].node;
    match run.plan.actions[then].key {
        Key::Fence(node, FenceOp::On) => probed_on != Some(node),
        Key::Shutdown(node) => probed_on.is_none_or(|probed| probed == node),
        _ => true,
    }
}
