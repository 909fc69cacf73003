//! Entries of history, and the primitives that they may be about.

use crate::Run;
use crate::actions::collective::primitives;
use pcmk_base::IdVec;
use pcmk_model::{HistoryEntry, Model, NodeFlags, RscId};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The primitives that history may mean by an id, in order.
#[derive(Default)]
pub(super) struct Meaning {
    /// Each as often as it is meant.
    pub(super) rscs: Vec<RscId>,
    /// One definition is that of all of them.
    pub(super) alike: bool,
}

/// What ids in history mean.
#[derive(Default)]
pub(super) struct Meanings<'m> {
    all: Vec<Meaning>,
    of_id: FxHashMap<&'m str, usize>,
    /// What the id of a primitive means: most entries go by that, and need not be looked at again.
    of_own_id: IdVec<RscId, Option<usize>>,
}

impl<'m> Meanings<'m> {
    /// Of all primitives in the order of the run.
    pub(super) fn of(run: &Run<'m>) -> Meanings<'m> {
        let model: &'m Model = run.model;
        let mut meanings = Meanings {
            of_own_id: IdVec::filled(None, model.resources.len()),
            ..Meanings::default()
        };
        for &top in &run.plan.top {
            for rsc in primitives(run, top) {
                let resource = &model.resources[rsc];
                meanings.of_own_id[rsc] = Some(meanings.add(model, &resource.id, rsc));
                let other = model.history_id(rsc);
                if let Some(other) = other.filter(|&id| *id != resource.id) {
                    meanings.add(model, other, rsc);
                }
            }
        }
        meanings
    }

    fn add(&mut self, model: &Model, id: &'m str, rsc: RscId) -> usize {
        let at = *self.of_id.entry(id).or_insert(self.all.len());
        if at == self.all.len() {
            self.all.push(Meaning {
                rscs: Vec::with_capacity(1),
                alike: true,
            });
        }
        let meaning = &mut self.all[at];
        let first = meaning.rscs.first();
        meaning.alike &= first.is_none_or(|&first| have_one_definition(model, first, rsc));
        meaning.rscs.push(rsc);
        at
    }

    /// What the id of an entry means.
    pub(super) fn of_entry(&self, entry: &HistoryEntry) -> Option<&Meaning> {
        let own = entry.rsc.filter(|_| entry.has_own_id);
        let at = own.and_then(|rsc| self.of_own_id[rsc]).or_else(|| {
            let id = entry.xml.id()?;
            self.of_id.get(id).copied()
        });
        at.map(|at| &self.all[at])
    }
}

/// Whether two resources have one definition, as instances do.
pub(super) fn have_one_definition(model: &Model, one: RscId, other: RscId) -> bool {
    Arc::ptr_eq(&model.resources[one].xml, &model.resources[other].xml)
}

/// History entries of nodes that can be reached, or are in maintenance, in the order of nodes.
pub(super) fn entries<'m>(run: &Run<'m>) -> Vec<&'m HistoryEntry> {
    let model: &'m Model = run.model;
    let mut of_nodes = IdVec::filled(Vec::new(), model.nodes.len());
    for entry in model.history.values() {
        of_nodes[entry.node].push(entry);
    }
    let nodes = model.node_order.iter().copied().filter(|&node| {
        let state = &run.plan.nodes[node];
        state.is(NodeFlags::MAINTENANCE) || state.is_available()
    });
    nodes
        .flat_map(|node| std::mem::take(&mut of_nodes[node]))
        .collect()
}
