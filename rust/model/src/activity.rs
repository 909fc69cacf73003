//! Where a resource is.

use crate::{Model, NodeId, NodeState, RscFlags, RscId, RscState, Variant};
use pcmk_base::IdVec;

impl Model {
    /// The node a resource is taken to be active on: the source of an unfinished migration if it is listed, else the
    /// first one that is online and clean (any one if it requires fencing), else the first one.
    ///
    /// For a bundle: the same among the nodes of its containers.
    pub fn current_node(
        &self,
        nodes: &IdVec<NodeId, NodeState>,
        states: &IdVec<RscId, RscState>,
        rsc: RscId,
    ) -> Option<NodeId> {
        let active = self.active_nodes(rsc);
        let first = active.first().copied();
        if let Some((source, _)) = states[rsc].partial_migration {
            return active.contains(&source).then_some(source).or(first);
        }
        if states[rsc].is(RscFlags::NEEDS_FENCING) {
            return first;
        }
        let clean = active.iter().find(|&&node| nodes[node].is_clean_online());
        clean.copied().or(first)
    }

    /// The nodes a resource is active on, in order of discovery; for a bundle those of its containers.
    pub fn active_nodes(&self, rsc: RscId) -> Vec<NodeId> {
        let Variant::Bundle(bundle) = &self.resources[rsc].variant else {
            return self.activity[rsc].active_on.clone();
        };
        let mut found = Vec::new();
        for replica in &bundle.replicas {
            for &node in &self.activity[replica.container].active_on {
                if !found.contains(&node) {
                    found.push(node);
                }
            }
        }
        found
    }

    /// On how many nodes a resource counts as active: all of them if it requires fencing, else those that are
    /// online and clean.
    pub fn active_count(&self, nodes: &IdVec<NodeId, NodeState>, rsc: RscId) -> usize {
        let active = self.active_nodes(rsc);
        if self.states[rsc].is(RscFlags::NEEDS_FENCING) {
            return active.len();
        }
        let clean = active.iter().filter(|&&node| nodes[node].is_clean_online());
        clean.count()
    }
}
