//! The order in which instances get nodes.

use super::affects::{active_nodes, has_influence};
use super::colocation_lists::{Side, this_with, with_this};
use super::fold::{Fold, factor, fold};
use super::primitive::current_node;
use crate::Run;
use pcmk_base::{Id, Score, merge_sort};
use pcmk_model::{NodeId, RscFlags, RscId};
use std::cmp::Ordering;

/// What an instance is compared by. Made once for each, since nothing changes while they are sorted.
struct Candidate {
    rsc: RscId,
    active_on: usize,
    /// Where it is; `None` if nowhere or if that node is out of the question for it.
    node: Option<NodeId>,
    lost: bool,
    priority: Score,
    node_available: bool,
    in_parent: bool,
    count: u32,
    failed: bool,
    /// Score of its node with colocations folded in.
    score: i32,
    number: u32,
}

/// Instances in the order they get nodes: those that run and may stay first.
pub fn sorted(run: &mut Run<'_>, instances: Vec<RscId>, parent: RscId) -> Vec<RscId> {
    sorted_by(run, instances, parent, |_, _| ())
}

/// Instances by a key of their own, and those with equal keys in the order in which they get nodes.
pub fn sorted_by<K: Ord>(
    run: &mut Run<'_>,
    instances: Vec<RscId>,
    parent: RscId,
    key: impl Fn(&Run<'_>, RscId) -> K,
) -> Vec<RscId> {
    let candidates: Vec<(K, Candidate)> = instances
        .into_iter()
        .map(|rsc| (key(run, rsc), candidate(run, rsc, parent)))
        .collect();
    let sorted = merge_sort(candidates, |a, b| {
        a.0.cmp(&b.0).then_with(|| compare(&a.1, &b.1))
    });
    sorted.into_iter().map(|(_, c)| c.rsc).collect()
}

/// The order of two instances that nothing else tells apart.
pub fn compare_pair(run: &mut Run<'_>, a: RscId, b: RscId, parent: RscId) -> Ordering {
    compare(&candidate(run, a, parent), &candidate(run, b, parent))
}

fn candidate(run: &mut Run<'_>, rsc: RscId, parent: RscId) -> Candidate {
    let at = current_node(run, rsc);
    let kept = at.filter(|&node| {
        let score = run.plan.scores.get(rsc, node);
        score.is_some_and(|score| score >= Score::ZERO)
    });
    let score = kept.map_or(i32::MIN, |node| colocated_score(run, rsc, node));
    Candidate {
        rsc,
        active_on: active_nodes(run, rsc),
        node: kept,
        lost: at.is_some() && kept.is_none(),
        priority: run.plan.rscs[rsc].priority,
        node_available: kept.is_some_and(|node| run.plan.nodes[node].is_available()),
        in_parent: kept.is_some_and(|node| run.plan.scores.has(parent, node)),
        count: kept.map_or(0, |node| run.workspace.assign.count(parent, node)),
        failed: has_failed(run, rsc),
        score,
        number: run.model.resources[rsc]
            .instance
            .unwrap_or_else(|| number_at_end(&run.model.resources[rsc].id)),
    }
}

fn compare(a: &Candidate, b: &Candidate) -> Ordering {
    let first = if a.active_on > 0 && b.active_on > 0 {
        a.active_on.cmp(&b.active_on)
    } else {
        Ordering::Equal
    };
    let ordering = first
        .then(a.lost.cmp(&b.lost))
        .then(b.priority.cmp(&a.priority))
        .then(b.node.is_some().cmp(&a.node.is_some()));
    if ordering.is_ne() || a.node.is_none() {
        return ordering;
    }
    let ordering = b
        .node_available
        .cmp(&a.node_available)
        .then(b.in_parent.cmp(&a.in_parent));
    if ordering.is_ne() || !a.in_parent {
        return ordering;
    }
    a.count
        .cmp(&b.count)
        .then(a.failed.cmp(&b.failed))
        .then(b.score.cmp(&a.score))
        .then(a.number.cmp(&b.number))
}

fn has_failed(run: &Run<'_>, rsc: RscId) -> bool {
    run.plan.rscs[rsc].is(RscFlags::FAILED)
        || run.plan.children[rsc]
            .iter()
            .any(|&child| has_failed(run, child))
}

/// The score of an instance's node alone, with everything folded in that its collectives are colocated with.
fn colocated_score(run: &mut Run<'_>, rsc: RscId, node: NodeId) -> i32 {
    let mut row = vec![i32::MIN; run.model.nodes.len()];
    row[node.index()] = run.plan.nodes[node].score.value();
    let mut how = Fold {
        side: Side::Primary,
        nonnegative: false,
        keep_usable: false,
    };
    for id in this_with(run, rsc) {
        let colocation = &run.plan.colocations.table[id];
        let (primary, by) = (colocation.primary, factor(colocation.score));
        fold(run, primary, rsc, &mut row, id, by, how);
    }
    how.nonnegative = true;
    for id in with_this(run, rsc) {
        if has_influence(run, id, Some(rsc)) {
            let colocation = &run.plan.colocations.table[id];
            let (dependent, by) = (colocation.dependent, factor(colocation.score));
            fold(run, dependent, rsc, &mut row, id, by, how);
        }
    }
    row[node.index()]
}

/// The number after the last colon or hyphen of an id.
fn number_at_end(id: &str) -> u32 {
    let digits = id.rsplit([':', '-']).next();
    digits
        .and_then(|digits| digits.parse().ok())
        .unwrap_or_default()
}
