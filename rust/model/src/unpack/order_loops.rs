//! Orderings that lead back to where they began. They stay: what is in a loop will wait in vain, all else is done.

use super::reader::Reader;
use crate::{OrderEnd, OrderKinds, codes};
use pcmk_base::{Entity, Level, Text};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Loops that are reported.
const MOST_LOOPS: usize = 20;
/// Constraints of a loop that are named.
const MOST_NAMES: usize = 10;

/// Orderings that keep two actions apart, whichever comes first.
const WHERE_THEY_MEET: OrderKinds = OrderKinds::SERIALIZE
    .union(OrderKinds::IF_ON_SAME_NODE)
    .union(OrderKinds::IF_ON_SAME_NODE_OR_TARGET)
    .union(OrderKinds::IF_REQUIRED_ON_SAME_NODE);

/// Reports loops of configured orderings by the constraints that make them.
pub(super) fn report(reader: &mut Reader<'_>) {
    let mut graph = Graph::of(reader);
    let mut known = BTreeSet::new();
    for _ in 0..MOST_LOOPS {
        graph.peel();
        let Some(found) = graph.take_loop() else {
            return;
        };
        let orders = &reader.model.orders;
        let mut ids: Vec<Text> = Vec::new();
        for id in found.into_iter().map(|order| &orders[order].id) {
            if !ids.contains(id) {
                ids.push(id.clone());
            }
            if ids.len() > MOST_NAMES {
                break;
            }
        }
        // The inverse orderings loop as well.
        if !known.insert(ids.iter().cloned().collect::<BTreeSet<_>>()) {
            continue;
        }
        let entity = Entity::Constraint(ids[0].to_string());
        let others = ids[1..].join(" ");
        let fields = [("with", &*others)];
        let fields = if others.is_empty() { &[] } else { &fields[..] };
        reader.report(Level::Warning, codes::ORDER_LOOP, entity, fields);
    }
}

/// Actions by number, with the orderings that lead on from each.
struct Graph {
    after: Vec<Vec<Link>>,
}

/// An ordering, by its index, and the action that it leads to.
#[derive(Clone, Copy)]
struct Link {
    to: usize,
    order: usize,
}

impl Graph {
    fn of(reader: &Reader<'_>) -> Graph {
        let mut numbers: FxHashMap<OrderEnd, usize> = FxHashMap::default();
        let mut after: Vec<Vec<Link>> = Vec::new();
        for (order, relation) in reader.model.orders.iter().enumerate() {
            if relation.kinds.intersects(WHERE_THEY_MEET) {
                continue;
            }
            let [first, to] = [relation.first, relation.then].map(|end| {
                *numbers.entry(end).or_insert_with(|| {
                    after.push(Vec::new());
                    after.len() - 1
                })
            });
            after[first].push(Link { to, order });
        }
        Graph { after }
    }

    /// Removes what no loop can lead through: actions that nothing leads to, or that lead nowhere.
    fn peel(&mut self) {
        let mut before = vec![Vec::new(); self.after.len()];
        for (from, links) in self.after.iter().enumerate() {
            for link in links {
                before[link.to].push(from);
            }
        }
        let mut gone = vec![false; self.after.len()];
        let mut left_before: Vec<usize> = before.iter().map(Vec::len).collect();
        let mut left_after: Vec<usize> = self.after.iter().map(Vec::len).collect();
        let ends = |&at: &usize| left_before[at] == 0 || left_after[at] == 0;
        let mut open: Vec<usize> = (0..self.after.len()).filter(ends).collect();
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut gone[at], true) {
                continue;
            }
            for link in &self.after[at] {
                left_before[link.to] -= 1;
                if left_before[link.to] == 0 {
                    open.push(link.to);
                }
            }
            for &from in &before[at] {
                left_after[from] -= 1;
                if left_after[from] == 0 {
                    open.push(from);
                }
            }
        }
        for (at, links) in self.after.iter_mut().enumerate() {
            links.retain(|link| !gone[at] && !gone[link.to]);
        }
    }

    /// Takes a loop out of a graph that was peeled, which has one if it has anything: its orderings.
    fn take_loop(&mut self) -> Option<Vec<usize>> {
        let mut at = self.after.iter().position(|links| !links.is_empty())?;
        let mut way: Vec<(usize, usize)> = Vec::new();
        let mut seen_at = vec![None; self.after.len()];
        let start = loop {
            if let Some(start) = seen_at[at] {
                break start;
            }
            seen_at[at] = Some(way.len());
            let link = *self.after[at].first()?;
            way.push((at, link.order));
            at = link.to;
        };
        for &(at, _) in &way[start..] {
            self.after[at].remove(0);
        }
        Some(way[start..].iter().map(|&(_, order)| order).collect())
    }
}
