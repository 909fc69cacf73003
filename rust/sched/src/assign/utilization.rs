//! Capacity: what nodes offer, what resources use, and who fits where.

use super::affects::{Effect, effect};
use super::colocation_lists::{this_with, with_this};
use super::fold::{Fold, Row, folded_table};
use super::location;
use super::primitive::current_node;
use super::room::Amounts;
use super::{colocation_lists::Side, node_order, table_order};
use crate::Run;
use pcmk_base::{Id, IdSet, Score, merge_sort};
use pcmk_model::{NodeId, Placement, RscId, Source, Variant};
use std::cmp::Ordering;

/// The node with more free capacity comes first: by how many kinds of it each has more.
pub fn compare_free(run: &Run<'_>, a: NodeId, b: NodeId) -> Ordering {
    run.workspace.assign.room.compare(a, b)
}

/// Takes what a resource uses from a node.
pub fn consume(run: &mut Run<'_>, rsc: RscId, node: NodeId) {
    run.workspace.assign.room.consume(rsc, node);
}

/// Gives back what a resource used.
pub fn release(run: &mut Run<'_>, rsc: RscId, node: NodeId) {
    run.workspace.assign.room.release(rsc, node);
}

/// Bans nodes without room for a resource and all that must be with it. If none has room for them together,
/// bans only those without room for it alone and names the roomiest.
pub fn ban_full_nodes(run: &mut Run<'_>, rsc: RscId) -> Option<NodeId> {
    if run.model.options.placement_strategy == Placement::Default {
        return None;
    }
    let together = demand_of_all(run, &colocated_set(run, rsc));
    let room = &run.workspace.assign.room;
    let mut alone = room.nothing();
    room.add_use(rsc, &mut alone);
    let mut roomiest: Option<NodeId> = None;
    let mut any_fits = false;
    let usable: Vec<NodeId> = table_order::table_order(run, rsc)
        .into_iter()
        .filter(|&node| {
            let score = run.plan.scores.get(rsc, node);
            node_order::is_usable(run.model, run.plan, node, score, true, false)
        })
        .collect();
    for &node in &usable {
        any_fits |= room.fits(node, &together);
        if roomiest.is_none_or(|best| compare_free(run, node, best).is_lt()) {
            roomiest = Some(node);
        }
    }
    let demand = if any_fits { &together } else { &alone };
    for &node in &usable {
        if !run.workspace.assign.room.fits(node, demand) {
            let source = Source::Capacity;
            location::add(run, rsc, node, Score::MINUS_INFINITY, source);
        }
    }
    roomiest.filter(|_| !any_fits)
}

/// Everything that must be where a resource is, with the resource itself.
fn colocated_set(run: &Run<'_>, rsc: RscId) -> Vec<RscId> {
    let mut set = Set {
        run,
        origin: rsc,
        seen: IdSet::default(),
        found: Vec::new(),
    };
    set.visit(rsc);
    set.found
}

struct Set<'a, 'r> {
    run: &'a Run<'r>,
    origin: RscId,
    seen: IdSet<RscId>,
    found: Vec<RscId>,
}

impl Set<'_, '_> {
    fn visit(&mut self, rsc: RscId) {
        if !self.seen.insert(rsc) {
            return;
        }
        self.found.push(rsc);
        let together = self.is_together(rsc);
        if together {
            for &member in &self.run.plan.children[rsc] {
                self.visit(member);
            }
        }
        let is_clone = self.run.model.resources[rsc].is_clone();
        for id in this_with(self.run, rsc) {
            let colocation = &self.run.plan.colocations.table[id];
            if colocation.primary != self.origin && self.binds(id, rsc, colocation.primary) {
                self.visit(colocation.primary);
            }
        }
        for id in with_this(self.run, rsc) {
            let dependent = self.run.plan.colocations.table[id].dependent;
            let alike = !is_clone || self.run.model.resources[dependent].is_clone();
            if dependent != self.origin && alike && self.binds(id, dependent, rsc) {
                self.visit(dependent);
            }
        }
    }

    fn is_together(&self, rsc: RscId) -> bool {
        let resource = &self.run.model.resources[rsc];
        let in_clone = resource
            .parent
            .is_some_and(|parent| self.run.model.resources[parent].is_clone());
        matches!(&resource.variant, Variant::Group(group) if group.colocated || in_clone)
    }

    fn binds(&self, id: pcmk_model::ColocationId, dependent: RscId, primary: RscId) -> bool {
        self.run.plan.colocations.table[id].score == Score::INFINITY
            && effect(self.run, id, dependent, primary, true) == Effect::Location
    }
}

/// What a set uses that has no node yet; nothing is counted twice.
fn demand_of_all(run: &Run<'_>, set: &[RscId]) -> Amounts {
    let mut total = run.workspace.assign.room.nothing();
    for &rsc in set {
        add_demand(run, rsc, set, &mut total);
    }
    total
}

fn add_demand(run: &Run<'_>, rsc: RscId, set: &[RscId], total: &mut Amounts) {
    if !run.plan.unassigned.contains(rsc) {
        return;
    }
    let children = &run.plan.children[rsc];
    match &run.model.resources[rsc].variant {
        Variant::Primitive(_) => {
            run.workspace.assign.room.add_use(rsc, total);
        }
        Variant::Group(group) => {
            let in_clone = run.model.resources[rsc]
                .parent
                .is_some_and(|parent| run.model.resources[parent].is_clone());
            let counted = if group.colocated || in_clone {
                children.as_slice()
            } else {
                children.get(..1).unwrap_or_default()
            };
            for &member in counted {
                if !set.contains(&member) {
                    add_demand(run, member, set, total);
                }
            }
        }
        Variant::Clone(_) => {
            let counted_apart = children.iter().any(|child| {
                set.contains(child) || run.plan.children[*child].iter().any(|m| set.contains(m))
            });
            if let Some(&first) = children.first().filter(|_| !counted_apart) {
                add_demand(run, first, set, total);
            }
        }
        Variant::Bundle(bundle) => {
            if let Some(replica) = bundle.replicas.first() {
                add_demand(run, replica.container, set, total);
            }
        }
    }
}

/// With a placement strategy, those who are hardest to please come first.
pub fn sort_top(run: &mut Run<'_>) {
    if run.model.options.placement_strategy == Placement::Default {
        return;
    }
    let how = Fold {
        side: Side::Dependent,
        nonnegative: false,
        keep_usable: false,
    };
    let top = run.plan.top.clone();
    let mut rows: Vec<(RscId, Score, i32, Row)> = Vec::new();
    for rsc in top {
        let row = folded_table(run, rsc, how);
        let here =
            current_node(run, rsc).map_or(Score::MINUS_INFINITY.value(), |node| at(&row, node));
        rows.push((rsc, run.plan.rscs[rsc].priority, here, row));
    }
    let nodes = nodes_of_cluster(run);
    let sorted = merge_sort(rows, |a, b| {
        let by_nodes = || {
            let differing = nodes
                .iter()
                .map(|&node| at(&b.3, node).cmp(&at(&a.3, node)));
            differing
                .into_iter()
                .find(|ordering| ordering.is_ne())
                .unwrap_or(Ordering::Equal)
        };
        (b.1.cmp(&a.1)).then(b.2.cmp(&a.2)).then_with(by_nodes)
    });
    run.plan.top = sorted.into_iter().map(|(rsc, ..)| rsc).collect();
}

/// The score of a node, an absent one counting as banned.
fn at(row: &Row, node: NodeId) -> i32 {
    let score = row.get(node.index()).copied().unwrap_or(i32::MIN);
    score.max(Score::MINUS_INFINITY.value())
}

/// All nodes by their own scores and capacity.
fn nodes_of_cluster(run: &Run<'_>) -> Vec<NodeId> {
    let nodes: Vec<(NodeId, Score)> = run
        .model
        .node_order
        .iter()
        .map(|&node| (node, run.plan.nodes[node].score))
        .collect();
    let capacity = |a, b| compare_free(run, a, b);
    let sorted = merge_sort(nodes, |&a, &b| {
        node_order::compare_nodes(run.model, run.plan, a, b, None, &capacity)
    });
    sorted.into_iter().map(|(node, _)| node).collect()
}
