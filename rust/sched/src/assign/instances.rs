//! Spreading the instances of a clone or the containers of a bundle over nodes.

use super::primitive::current_node;
use super::state::count_up;
use super::{location, node_order, record, table_order, utilization};
use crate::Run;
use pcmk_base::{IdVec, Score, merge_sort};
use pcmk_model::{
    Model, NodeId, Placement, RscFlags, RscId, SavedRow, Source, Variant, Withdrawal,
};

/// Assigns instances in list order: first those that can stay where they are, then the others.
pub fn assign_instances(
    run: &mut Run<'_>,
    collective: RscId,
    list: &[RscId],
    max: u32,
    node_max: u32,
) {
    reset_counts(run, collective);
    let usable = run
        .plan
        .scores
        .nodes(collective)
        .filter(|&(node, _)| run.plan.nodes[node].is_available())
        .count();
    let optimal = (u32::try_from(usable).ok().and_then(|n| max.checked_div(n)))
        .unwrap_or(0)
        .max(1);
    let mut assigned = 0;
    for &instance in list {
        if assigned >= max {
            break;
        }
        if !run.plan.unassigned.contains(instance) {
            continue;
        }
        if let Some(wanted) = node_to_stay_on(run, collective, instance, optimal) {
            if assign_to(run, collective, instance, wanted, max - assigned, node_max) {
                assigned += 1;
            }
        }
    }
    for &instance in list {
        if !run.plan.unassigned.contains(instance) {
            continue;
        }
        if assigned >= max {
            location::ban_everywhere(run, instance, Source::InstanceLimit(collective));
        } else if assign_one(run, collective, instance, None, node_max, true).is_some() {
            assigned += 1;
        }
    }
}

fn reset_counts(run: &mut Run<'_>, collective: RscId) {
    let empty = IdVec::filled(0, run.model.nodes.len());
    run.workspace.assign.counts.insert(collective, empty);
}

/// Where an instance is, if it may stay there without crowding the node.
fn node_to_stay_on(
    run: &Run<'_>,
    collective: RscId,
    instance: RscId,
    optimal: u32,
) -> Option<NodeId> {
    if run.plan.rscs[instance].is(RscFlags::FAILED) {
        return None;
    }
    let node = current_node(run, instance)?;
    let state = &run.plan.nodes[node];
    (state.is_available()
        && state.score >= Score::ZERO
        && run.workspace.assign.count(collective, node) < optimal)
        .then_some(node)
}

/// Tries to keep an instance on a node. If it would rather be elsewhere, room is kept there for as many instances
/// as are still to come, and it is tried again.
fn assign_to(
    run: &mut Run<'_>,
    collective: RscId,
    instance: RscId,
    wanted: NodeId,
    spare: u32,
    node_max: u32,
) -> bool {
    let score = run.plan.scores.get(instance, wanted);
    if !node_order::is_usable(run.model, run.plan, wanted, score, true, false) {
        return false;
    }
    let saved = save_tables(run, instance);
    let counts = run.workspace.assign.counts.get(&collective).cloned();
    let mut kept = false;
    for _ in 0..spare {
        match assign_one(run, collective, instance, Some(wanted), node_max, false) {
            Some(node) if node == wanted => {
                kept = true;
                break;
            }
            Some(_) => {
                restore_tables(run, &saved);
                record::clear(run, instance);
            }
            None => {
                restore_tables(run, &saved);
                run.plan.unassigned.insert(instance);
                break;
            }
        }
    }
    if let Some(counts) = counts {
        run.workspace.assign.counts.insert(collective, counts);
    }
    if kept {
        count_up(run, collective, wanted);
    }
    kept
}

fn save_tables(run: &Run<'_>, rsc: RscId) -> Vec<(RscId, SavedRow)> {
    let mut saved = vec![(rsc, run.plan.scores.save(rsc))];
    for &child in &run.plan.children[rsc] {
        saved.extend(save_tables(run, child));
    }
    saved
}

fn restore_tables(run: &mut Run<'_>, saved: &[(RscId, SavedRow)]) {
    for (rsc, row) in saved {
        run.plan.scores.restore(*rsc, row, Withdrawal::Trial);
    }
}

/// Assigns one instance to a node that has room for it.
fn assign_one(
    run: &mut Run<'_>,
    collective: RscId,
    instance: RscId,
    preferred: Option<NodeId>,
    node_max: u32,
    stop_if_fail: bool,
) -> Option<NodeId> {
    if run.workspace.assign.assigning.contains(instance) {
        return None;
    }
    ban_crowded_nodes(run, collective, instance, node_max);
    let node = super::assign(run, instance, preferred, stop_if_fail)?;
    count_up(run, collective, node);
    Some(node)
}

fn ban_crowded_nodes(run: &mut Run<'_>, collective: RscId, instance: RscId, node_max: u32) {
    let nodes: Vec<NodeId> = run.plan.scores.nodes(instance).map(|(n, _)| n).collect();
    let removed = run.plan.rscs[instance].is(RscFlags::REMOVED);
    for node in nodes {
        let gate = run.plan.scores.get(collective, node);
        let closed_by = if removed {
            Source::Removed
        } else if !run.plan.nodes[node].is_available() {
            Source::Unavailable
        } else if gate.is_none_or(|score| score < Score::ZERO) {
            Source::Collective(collective)
        } else if run.workspace.assign.count(collective, node) >= node_max {
            Source::NodeLimit(collective)
        } else {
            continue;
        };
        let ban = Score::MINUS_INFINITY;
        run.plan.scores.set(instance, node, ban, closed_by);
        for child in run.plan.children[instance].clone() {
            if run.plan.scores.has(child, node) {
                run.plan.scores.set(child, node, ban, closed_by);
            }
        }
    }
}

/// Containers of a bundle in the order of replicas.
pub fn containers(model: &Model, bundle: RscId) -> Vec<RscId> {
    match &model.resources[bundle].variant {
        Variant::Bundle(spec) => spec.replicas.iter().map(|r| r.container).collect(),
        Variant::Primitive(_) | Variant::Group(_) | Variant::Clone(_) => Vec::new(),
    }
}

/// The nodes of a resource's table, best first.
pub fn nodes_by_preference(
    run: &Run<'_>,
    rsc: RscId,
    preferred: Option<NodeId>,
) -> Vec<(NodeId, Score)> {
    let mut nodes: Vec<(NodeId, Score)> = run.plan.scores.nodes(rsc).collect();
    if run.model.options.placement_strategy == Placement::Balanced {
        let order = table_order::table_order(run, rsc);
        let scored = |node| run.plan.scores.get(rsc, node).map(|score| (node, score));
        nodes = order.into_iter().rev().filter_map(scored).collect();
    }
    let capacity = |a, b| utilization::compare_free(run, a, b);
    merge_sort(nodes, |&a, &b| {
        node_order::compare_nodes(run.model, run.plan, a, b, preferred, &capacity)
    })
}
