//! Stops that failures ask for, and the nodes that need fencing where they cannot be done.

use super::fencing::fence_node;
use super::status::Status;
use crate::{FenceReason, NodeFlags, NodeId, NodeKind, Request, RscFlags, RscId};

impl Status<'_, '_> {
    /// Marks a node for fencing; the first reason stays.
    pub fn fence(&mut self, node: NodeId, reason: FenceReason, priority_delay: bool) {
        fence_node(self.reader, node, reason, priority_delay);
    }

    /// Asks for a required stop (optional if the resource is not managed). A stop that cannot run on a node that
    /// counts as clean makes the node unclean.
    pub fn request_stop(&mut self, rsc: RscId, node: NodeId) {
        let managed = self.rsc_is(rsc, RscFlags::MANAGED);
        self.stops.insert((rsc, node));
        self.model().requests.push(Request::Stop {
            rsc,
            node,
            required: managed,
        });
        let guest = self.model().nodes[node].kind == NodeKind::Guest;
        let state = &self.model().node_states[node];
        let unreachable =
            !state.is(NodeFlags::ONLINE) && (!guest || state.is(NodeFlags::REMOTE_RESET));
        if unreachable && managed && !state.is(NodeFlags::UNCLEAN) {
            self.fence(node, FenceReason::StopUnrunnable, false);
        }
    }

    /// Whether a node can be fenced, as far as is known by now.
    pub fn can_fence(&self, node: NodeId) -> bool {
        let model = &self.reader.model;
        model.can_fence(&model.node_states, &model.scores, Some(node))
    }
}
