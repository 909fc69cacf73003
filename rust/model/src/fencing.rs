//! Whether nodes can be fenced.

use crate::{Model, NodeFlags, NodeId, NodeKind, NodeState, QuorumPolicy, RscId, ScoreTable};
use pcmk_base::IdVec;

impl Model {
    /// Whether a node (or, without one, some node) can be fenced. A guest can be if all hosts of its launcher are
    /// online or can be fenced themselves.
    pub fn can_fence(
        &self,
        nodes: &IdVec<NodeId, NodeState>,
        scores: &ScoreTable,
        node: Option<NodeId>,
    ) -> bool {
        if let Some(guest) = node.filter(|&n| self.nodes[n].kind == NodeKind::Guest) {
            let hosts = self
                .launcher_of(guest)
                .map(|l| self.activity[l].active_on.as_slice());
            return hosts.unwrap_or_default().iter().all(|&host| {
                nodes[host].is(NodeFlags::ONLINE)
                    || (host != guest && self.can_fence(nodes, scores, Some(host)))
            });
        }
        if !self.options.fencing_enabled || !self.has_fence_device {
            return false;
        }
        if self.quorate || self.options.no_quorum_policy == QuorumPolicy::Ignore {
            return true;
        }
        let Some(node) = node.filter(|&n| nodes[n].is(NodeFlags::ONLINE)) else {
            return false;
        };
        if self.nodes[node].is_pacemaker_remote() && !self.options.fence_remote_without_quorum {
            let hosts = self.nodes[node]
                .connection
                .into_iter()
                .flat_map(|c| scores.nodes(c));
            return hosts
                .map(|(host, _)| host)
                .all(|host| nodes[host].is(NodeFlags::ONLINE));
        }
        true
    }

    /// The virtual machine or container behind a guest node.
    pub fn launcher_of(&self, node: NodeId) -> Option<RscId> {
        self.nodes[node]
            .connection
            .and_then(|connection| self.resources[connection].launcher)
    }
}
