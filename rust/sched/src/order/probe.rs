//! Probes come before what their results may change: restarts of dependents, and what waits for a stop.

use super::apply::{candidates, rsc_of, task_of};
use crate::assign::compatible::compatible;
use crate::{ActionFlags, ActionId, Edge, Key, Relation, Run, codes};
use pcmk_base::{Budget, Entity, IdSet, IdVec, parse_bool};
use pcmk_model::{FenceOp, OrderKinds as K, RscId, Task};
use rustc_hash::FxHashSet;

/// Actions that are looked at in search of what probes hold up, in one run.
const MOST_VISITS: u64 = 20_000_000;

/// Orders all probes. Relations must have become edges before.
pub fn order_probes(run: &mut Run<'_>) {
    let mut search = Search {
        leads_down: leading_down(run),
        visits: Budget::new(MOST_VISITS),
    };
    for rsc in run.plan.top.clone() {
        before_starts(run, &mut search, rsc);
    }
    if search.visits.left() == 0 {
        let sink = &mut run.plan.diagnostics;
        sink.error(codes::BUDGET_EXHAUSTED, Entity::Cluster);
    }
    before_what_follows_stops(run);
}

/// The search for what goes down when what follows a probe is restarted.
struct Search {
    /// Where it can find anything.
    leads_down: IdSet<ActionId>,
    visits: Budget,
}

/// Actions from which followers that restart lead to one with a stop or demote. What is added for probes does not
/// count as leading anywhere, so this holds for all of them.
fn leading_down(run: &Run<'_>) -> IdSet<ActionId> {
    let actions = &run.plan.actions;
    let mut found = IdSet::default();
    let mut open = Vec::new();
    let mut led_from: IdVec<ActionId, Vec<ActionId>> = IdVec::filled(Vec::new(), actions.len());
    for (id, action) in actions.iter() {
        let rsc = action.rsc();
        let collective = rsc.is_some_and(|rsc| !run.model.resources[rsc].is_primitive());
        for edge in run.plan.edges.after(id) {
            if collective || edge.kinds.contains(K::FIRST_IMPLIES_THEN) {
                led_from[edge.other].push(id);
            }
        }
        let goes_down = |rsc| going_down(run, rsc, action.task).next().is_some();
        if !collective && rsc.is_some_and(goes_down) {
            open.push(id);
        }
    }
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend_from_slice(&led_from[id]);
        }
    }
    found
}

/// Probes of a resource at interval zero, in order of creation.
fn probes_of(run: &Run<'_>, rsc: RscId) -> Vec<ActionId> {
    let key = Key::Op(rsc, Task::Monitor, 0);
    run.plan.actions.with_key(key).to_vec()
}

fn before_starts(run: &mut Run<'_>, search: &mut Search, rsc: RscId) {
    if !run.model.resources[rsc].is_primitive() {
        for child in run.plan.children[rsc].clone() {
            before_starts(run, search, child);
        }
        return;
    }
    for probe in probes_of(run, rsc) {
        // Edges that are added on the way are not looked at.
        for edge in run.plan.edges.after(probe).to_vec().into_iter().rev() {
            before_other_instances(run, probe, rsc, edge);
            before_restarts(run, search, probe, rsc, edge.other);
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
    search: &mut Search,
    probe: ActionId,
    probed: RscId,
    after: ActionId,
) {
    let mut seen = FxHashSet::default();
    let mut stack = vec![after];
    while let Some(after) = stack.pop() {
        if !search.leads_down.contains(after) || !seen.insert(after) {
            continue;
        }
        if search.visits.step().is_err() {
            return;
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
    let found: Vec<ActionId> = going_down(run, rsc, up).collect();
    for then in found {
        run.plan.edges.add(probe, then, K::ORDERED);
    }
}

/// What a resource really does to go down before it goes up by this task.
fn going_down<'r>(
    run: &'r Run<'_>,
    rsc: RscId,
    up: Task,
) -> impl Iterator<Item = ActionId> + use<'r> {
    let actions = &run.plan.actions;
    let found = match up {
        Task::Start => actions.with_key(Key::Op(rsc, Task::Stop, 0)),
        Task::Promote => actions.with_key(Key::Op(rsc, Task::Demote, 0)),
        _ => &[],
    };
    let real = |id: &ActionId| !actions[*id].is(ActionFlags::PSEUDO);
    found.iter().copied().filter(real)
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
