//! Which configured orderings are behind an edge between two actions.

use super::Explained;
use crate::{ActionId, End, Key, Relation};
use pcmk_model::{RscId, Task};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Configured orderings by the resource that follows.
#[derive(Debug, Default)]
pub(super) struct Orders {
    /// For each resource that follows: the relation and the ordering it is of. Only looked up.
    by_then: FxHashMap<Option<RscId>, Vec<(Relation, usize)>>,
}

impl Orders {
    pub(super) fn new(relations: &[Relation], ranges: &[Range<usize>]) -> Orders {
        let mut by_then: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for (order, range) in ranges.iter().enumerate() {
            for relation in relations.get(range.clone()).unwrap_or_default() {
                let then = match relation.then {
                    End::Op(rsc, ..) => Some(rsc),
                    End::Action(_) => None,
                };
                by_then.entry(then).or_default().push((*relation, order));
            }
        }
        Orders { by_then }
    }
}

impl Explained {
    /// Positions in the model of the configured orderings by which one action follows another: directly, by the
    /// collectives above them, or by what stands for a collective being done.
    pub fn orders_between(&self, first: ActionId, then: ActionId) -> Vec<usize> {
        let mut above = self.plan.actions[then].rsc();
        let mut found = self.matching(None, first, then);
        while let Some(rsc) = above {
            found.extend(self.matching(Some(rsc), first, then));
            above = self.model.resources[rsc].parent;
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn matching(&self, rsc: Option<RscId>, first: ActionId, then: ActionId) -> Vec<usize> {
        let known = self.orders.by_then.get(&rsc).map(Vec::as_slice);
        let fits = known.unwrap_or_default().iter().filter(|(relation, _)| {
            self.is_side(relation.first, first) && self.is_side(relation.then, then)
        });
        fits.map(|&(_, order)| order).collect()
    }

    fn is_side(&self, end: End, id: ActionId) -> bool {
        let (rsc, task) = match end {
            End::Action(known) => return known == id,
            End::Op(rsc, task, _) => (rsc, task),
        };
        let action = &self.plan.actions[id];
        let does = match action.key {
            Key::Op(_, own, _) | Key::Notify(_, _, own) => own,
            _ => return false,
        };
        let same_task = |of: Task| of == task || task.completed() == Some(of);
        action
            .rsc()
            .is_some_and(|own| own == rsc || self.model.is_ancestor(rsc, own))
            && same_task(does)
    }
}
