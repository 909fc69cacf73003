//! Edges between actions that exist.

use crate::ActionId;
use pcmk_base::IdVec;
use pcmk_model::OrderKinds;
use rustc_hash::FxHashMap;

/// One end of an ordering, seen from the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The action at the other end.
    pub other: ActionId,
    /// What the ordering means; empty if it was switched off.
    pub kinds: OrderKinds,
}

/// All edges, each stored twice with kinds of its own: switching one off on the before side leaves its twin
/// on the after side alone.
///
/// Lists are in order of creation; loops go through them in reverse, newest first, and do not see edges that
/// are added while they run.
#[derive(Clone, Debug, Default)]
pub struct Edges {
    before: IdVec<ActionId, Vec<Edge>>,
    after: IdVec<ActionId, Vec<Edge>>,
    /// How many pairs of actions have an edge.
    pairs: usize,
    /// Kinds of all edges between two actions, where [`MANY`] wait for the first one. Only looked up.
    known: FxHashMap<(ActionId, ActionId), OrderKinds>,
}

/// Up to so many edges after an action are looked through, which touches less memory than a table of all.
const MANY: usize = 32;

impl Edges {
    /// Adds an edge unless one between the same two actions already has any of these kinds.
    ///
    /// Returns whether it was added.
    pub fn add(&mut self, first: ActionId, then: ActionId, kinds: OrderKinds) -> bool {
        debug_assert_ne!(first, then, "an action cannot wait for itself");
        if kinds.is_empty() || first == then {
            return false;
        }
        let known = self.kinds(first, then);
        if known.intersects(kinds) {
            return false;
        }
        self.pairs += usize::from(known.is_empty());
        let after = list(&mut self.after, first);
        after.push(Edge { other: then, kinds });
        if after.len() > MANY {
            // The list has just become long, or all but the newest are known.
            let new = if after.len() == MANY + 1 {
                0
            } else {
                after.len() - 1
            };
            for edge in &after[new..] {
                *self.known.entry((first, edge.other)).or_default() |= edge.kinds;
            }
        }
        list(&mut self.before, then).push(Edge {
            other: first,
            kinds,
        });
        true
    }

    /// Kinds of all edges between two actions, also of those that were switched off before the second one.
    fn kinds(&self, first: ActionId, then: ActionId) -> OrderKinds {
        let after = self.after(first);
        if after.len() > MANY {
            return self.known.get(&(first, then)).copied().unwrap_or_default();
        }
        let between = after.iter().filter(|edge| edge.other == then);
        between.fold(OrderKinds::empty(), |all, edge| all | edge.kinds)
    }

    /// How many pairs of actions have an edge.
    pub fn len(&self) -> usize {
        self.pairs
    }

    /// Whether there is no edge.
    pub fn is_empty(&self) -> bool {
        self.pairs == 0
    }

    /// What an action waits for, in order of creation.
    pub fn before(&self, then: ActionId) -> &[Edge] {
        self.before.get(then).map(Vec::as_slice).unwrap_or_default()
    }

    /// What waits for an action, in order of creation.
    pub fn after(&self, first: ActionId) -> &[Edge] {
        self.after.get(first).map(Vec::as_slice).unwrap_or_default()
    }

    /// Changes the kinds of one entry of [`Edges::before`]; its twin stays as it is.
    pub fn set_before_kinds(&mut self, then: ActionId, position: usize, kinds: OrderKinds) {
        self.before[then][position].kinds = kinds;
    }
}

fn list(lists: &mut IdVec<ActionId, Vec<Edge>>, id: ActionId) -> &mut Vec<Edge> {
    use pcmk_base::Id;
    if lists.len() <= id.index() {
        lists.resize(id.index() + 1, Vec::new());
    }
    &mut lists[id]
}

#[cfg(test)]
mod tests {
    use super::*;
    use pcmk_base::Id;

    #[test]
    fn an_edge_that_shares_a_kind_is_refused() {
        let (a, b) = (ActionId::from_index(0), ActionId::from_index(1));
        let mut edges = Edges::default();
        assert!(edges.add(a, b, OrderKinds::ORDERED));
        assert!(!edges.add(
            a,
            b,
            OrderKinds::ORDERED | OrderKinds::UNRUNNABLE_FIRST_BLOCKS
        ));
        assert!(edges.add(a, b, OrderKinds::FIRST_IMPLIES_THEN));
        assert!(!edges.add(a, b, OrderKinds::empty()));
        assert_eq!((edges.before(b).len(), edges.after(a).len()), (2, 2));
    }

    #[test]
    fn edges_are_known_however_many_there_are() {
        let first = ActionId::from_index(0);
        let mut edges = Edges::default();
        for round in 0..2 {
            for then in (1..=3 * MANY).map(ActionId::from_index) {
                assert_eq!(edges.add(first, then, OrderKinds::ORDERED), round == 0);
                let more = OrderKinds::ORDERED | OrderKinds::FIRST_IMPLIES_THEN;
                assert!(!edges.add(first, then, more));
            }
        }
        assert_eq!(
            (edges.len(), edges.after(first).len()),
            (3 * MANY, 3 * MANY)
        );
        let then = ActionId::from_index(1);
        assert!(edges.add(first, then, OrderKinds::FIRST_IMPLIES_THEN));
        assert!(!edges.add(first, then, OrderKinds::FIRST_IMPLIES_THEN));
        assert_eq!(edges.len(), 3 * MANY);
    }

    #[test]
    fn twins_are_switched_off_apart() {
        let (a, b) = (ActionId::from_index(0), ActionId::from_index(1));
        let mut edges = Edges::default();
        edges.add(a, b, OrderKinds::ORDERED);
        edges.set_before_kinds(b, 0, OrderKinds::empty());
        assert!(edges.before(b)[0].kinds.is_empty());
        assert_eq!(edges.after(a)[0].kinds, OrderKinds::ORDERED);
        assert!(!edges.add(a, b, OrderKinds::ORDERED));
    }
}
