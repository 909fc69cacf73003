//! The order of nodes in the reference's tables, which are hash tables by node id.
//!
//! It is an accident, but what it decides can be seen: free capacity of several kinds compares in circles or
//! ties, and then the node wins that is met first. Nothing else depends on it.

use crate::Run;
use pcmk_model::{NodeId, RscId};

/// Slots that a table has for each power of two, of which this many are home to something.
const HOMES: [u32; 16] = [
    1, 2, 3, 7, 13, 31, 61, 127, 251, 509, 1021, 2039, 4093, 8191, 16381, 32749,
];

const SMALLEST_SHIFT: usize = 3;

/// The nodes of a resource's table in the order in which the table has them.
pub fn table_order(run: &Run<'_>, rsc: RscId) -> Vec<NodeId> {
    let nodes = run.model.node_order.iter().copied();
    let known = nodes.filter(|&node| run.plan.scores.has(rsc, node));
    order(known.map(|node| (&*run.model.nodes[node].id, node)))
}

fn order<'a>(nodes: impl Iterator<Item = (&'a str, NodeId)>) -> Vec<NodeId> {
    let mut table = Table {
        shift: SMALLEST_SHIFT,
        slots: vec![None; 1 << SMALLEST_SHIFT],
        count: 0,
    };
    for (id, node) in nodes {
        table.insert(hash(id), node);
    }
    let found = table.slots.into_iter().flatten();
    found.map(|(_, node)| node).collect()
}

/// Of strings; bytes count as signed.
fn hash(id: &str) -> u32 {
    id.bytes().fold(0, |hash: u32, byte| {
        let sign = if byte.is_ascii() { 0 } else { 0xFFFF_FF00 };
        hash.wrapping_mul(31).wrapping_add(sign | u32::from(byte))
    })
}

/// Open addressing: who finds a home taken goes on by one, two, three ... slots.
struct Table {
    shift: usize,
    slots: Vec<Option<(u32, NodeId)>>,
    count: usize,
}

impl Table {
    fn insert(&mut self, hash: u32, node: NodeId) {
        let slot = self.slot_of(hash, |slot| self.slots[slot].is_some());
        self.slots[slot] = Some((hash, node));
        self.count += 1;
        if self.slots.len() <= self.count + self.count / 16 {
            self.grow();
        }
    }

    /// The first slot for a hash that is not taken.
    fn slot_of(&self, hash: u32, is_taken: impl Fn(usize) -> bool) -> usize {
        let last = self.slots.len() - 1;
        let homes = HOMES.get(self.shift).copied().unwrap_or(u32::MAX);
        let mut slot = (hash.wrapping_mul(11) % homes) as usize & last;
        let mut step = 0;
        while is_taken(slot) {
            step += 1;
            slot = (slot + step) & last;
        }
        slot
    }

    /// To the power of two above four thirds of what is in it, in place: who still is where another goes is moved next.
    fn grow(&mut self) {
        let old = self.slots.len();
        let wanted = self.count * 1333 / 1000;
        self.shift = (usize::BITS - wanted.leading_zeros()) as usize;
        self.slots.resize(1 << self.shift, None);
        let mut settled = vec![false; self.slots.len()];
        for slot in 0..old {
            if settled[slot] {
                continue;
            }
            let mut moving = self.slots[slot].take();
            while let Some((hash, node)) = moving {
                let slot = self.slot_of(hash, |slot| settled[slot]);
                settled[slot] = true;
                moving = self.slots[slot].replace((hash, node));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pcmk_base::Id;

    fn order_of(ids: &[&str]) -> Vec<String> {
        let nodes = ids.iter().enumerate();
        let nodes = nodes.map(|(i, id)| (*id, NodeId::from_index(i)));
        let order = order(nodes);
        order
            .iter()
            .map(|node| ids[node.index()].to_owned())
            .collect()
    }

    #[test]
    fn ids_of_one_digit_have_homes_of_their_own() {
        assert_eq!(
            order_of(&["1", "2", "3", "4", "5"]),
            ["1", "3", "5", "2", "4"]
        );
        assert_eq!(
            order_of(&["5", "4", "3", "2", "1"]),
            ["1", "3", "5", "2", "4"]
        );
    }

    #[test]
    fn a_taken_home_leads_to_the_next_slot() {
        // Seven homes: "1" and "8" share theirs.
        assert_eq!(order_of(&["1", "8", "2"]), ["1", "8", "2"]);
        assert_eq!(order_of(&["8", "1", "2"]), ["8", "1", "2"]);
    }

    #[test]
    fn a_full_table_grows_and_loses_nothing() {
        for count in [8, 9, 100, 3000] {
            let ids: Vec<String> = (0..count).map(|n| format!("node{n}")).collect();
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let mut order = order_of(&ids);
            assert_eq!(order.len(), count);
            order.sort();
            order.dedup();
            assert_eq!(order.len(), count);
        }
    }
}
