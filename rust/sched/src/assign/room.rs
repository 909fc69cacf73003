//! Capacity in numbers: what nodes have left, and what resources use.

use pcmk_base::{IdVec, Text};
use pcmk_model::{Attrs, Model, NodeId, RscId};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// An amount for each kind of capacity that is spoken of. One that is not known counts as nothing.
pub type Amounts = Vec<Option<i32>>;

/// Room on nodes.
#[derive(Debug, Default)]
pub struct Room {
    /// Names of all kinds.
    kinds: Vec<Text>,
    free: IdVec<NodeId, Amounts>,
    /// What each resource uses, by the place of the kind.
    used: IdVec<RscId, Vec<(usize, i32)>>,
}

impl Room {
    /// Before anything is assigned.
    pub fn of(model: &Model) -> Room {
        let of_nodes = model.nodes.values().map(|node| &node.utilization);
        let of_resources = model.resources.values().map(|r| &r.utilization);
        let names = of_nodes.clone().chain(of_resources).flat_map(Attrs::keys);
        let mut kinds: Vec<Text> = names.cloned().collect();
        kinds.sort_unstable();
        kinds.dedup();
        let used = |values: &Attrs| {
            let place = |name| kinds.binary_search(name).ok();
            let amounts = values.iter();
            let placed = amounts.filter_map(|(name, text)| Some((place(name)?, number(text))));
            placed.collect::<Vec<_>>()
        };
        let free = of_nodes.map(|values| {
            let mut free = vec![None; kinds.len()];
            for (kind, amount) in used(values) {
                free[kind] = Some(amount);
            }
            free
        });
        Room {
            free: free.collect(),
            used: model
                .resources
                .values()
                .map(|r| used(&r.utilization))
                .collect(),
            kinds,
        }
    }

    /// What is left on a node, by name.
    pub fn left(&self, node: NodeId) -> BTreeMap<Text, i32> {
        let amounts = self.free.get(node).into_iter().flatten();
        let named = self.kinds.iter().zip(amounts);
        named
            .filter_map(|(name, amount)| Some((name.clone(), (*amount)?)))
            .collect()
    }

    /// The node with more left comes first: by how many kinds each has more of.
    pub fn compare(&self, a: NodeId, b: NodeId) -> Ordering {
        let kinds = self.free[a].iter().zip(&self.free[b]);
        let points: i32 = kinds
            .map(
                |(a, b)| match a.unwrap_or_default().cmp(&b.unwrap_or_default()) {
                    Ordering::Greater => 1,
                    Ordering::Less => -1,
                    Ordering::Equal => 0,
                },
            )
            .sum();
        0.cmp(&points)
    }

    /// Takes what a resource uses from a node.
    pub fn consume(&mut self, rsc: RscId, node: NodeId) {
        for &(kind, amount) in &self.used[rsc] {
            let free = &mut self.free[node][kind];
            *free = Some(free.unwrap_or_default().saturating_sub(amount));
        }
    }

    /// Gives back what a resource used.
    pub fn release(&mut self, rsc: RscId, node: NodeId) {
        for &(kind, amount) in &self.used[rsc] {
            let free = &mut self.free[node][kind];
            *free = Some(free.unwrap_or_default().saturating_add(amount));
        }
    }

    /// A demand for nothing.
    pub fn nothing(&self) -> Amounts {
        vec![None; self.kinds.len()]
    }

    /// Adds what a resource uses to a demand.
    pub fn add_use(&self, rsc: RscId, demand: &mut Amounts) {
        for &(kind, amount) in &self.used[rsc] {
            let sum = demand[kind].unwrap_or_default();
            demand[kind] = Some(sum.saturating_add(amount));
        }
    }

    /// Whether a node has room for a demand.
    pub fn fits(&self, node: NodeId, demand: &Amounts) -> bool {
        let mut kinds = self.free[node].iter().zip(demand);
        kinds.all(|(free, wanted)| wanted.is_none_or(|wanted| free.unwrap_or_default() >= wanted))
    }
}

/// What is no number counts as nothing.
fn number(text: &str) -> i32 {
    text.trim().parse().unwrap_or_default()
}
