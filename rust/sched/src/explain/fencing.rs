//! Why nodes are fenced, and why unclean ones are not.

use super::Explained;
use crate::{ActionId, Key, Why, Word};
use pcmk_model::{FenceOp, FenceReason, NodeFlags, NodeId, RscFlags};

/// The fencing of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FencingAnswer {
    /// The node.
    pub node: NodeId,
    /// What is done to it.
    pub op: FenceOp,
    /// The action.
    pub action: ActionId,
    /// It is part of the plan.
    pub needed: bool,
    /// Why, first found first.
    pub reasons: Vec<FenceReason>,
    /// For a node that needs it and is not fenced: why not.
    pub obstacle: Option<FencingObstacle>,
}

/// Why a node is not fenced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FencingObstacle {
    /// Fencing is disabled.
    Disabled,
    /// There is no device and no watchdog.
    NoDevice,
    /// The partition may not fence without quorum.
    NoQuorum,
    /// Nothing is managed.
    NothingManaged,
    /// It is a guest, and what launches it cannot be recovered.
    NotPossible,
}

impl Explained {
    /// Every fencing and unfencing, and every unclean node that is left alone, oldest first.
    pub fn fencing(&self) -> Vec<FencingAnswer> {
        let actions = self.plan.actions.iter();
        let of_nodes = actions.filter_map(|(id, action)| match action.key {
            Key::Fence(node, op) => Some((id, node, op, action.is_required())),
            _ => None,
        });
        let answers = of_nodes.map(|(action, node, op, needed)| {
            let unclean = self.plan.nodes[node].is(NodeFlags::UNCLEAN) && op != FenceOp::On;
            FencingAnswer {
                node,
                op,
                action,
                needed,
                reasons: self.fence_reasons(action),
                obstacle: (unclean && !needed).then(|| self.fencing_obstacle()),
            }
        });
        answers
            .filter(|answer| answer.needed || answer.obstacle.is_some())
            .collect()
    }

    /// That a node is unclean says nothing if it is known why.
    fn fence_reasons(&self, action: ActionId) -> Vec<FenceReason> {
        let facts = self.plan.trace.iter().flat_map(|trace| &trace.facts);
        let mut found = Vec::new();
        for fact in facts.filter(|f| f.action == action && f.word == Word::Required) {
            if let Why::Fence(reason) = fact.why {
                if !found.contains(&reason) {
                    found.push(reason);
                }
            }
        }
        if found.len() > 1 {
            found.retain(|reason| *reason != FenceReason::NodeUnclean);
        }
        found
    }

    fn fencing_obstacle(&self) -> FencingObstacle {
        if !self.model.options.fencing_enabled {
            FencingObstacle::Disabled
        } else if !self.model.has_fence_device {
            FencingObstacle::NoDevice
        } else if !self.model.quorate {
            FencingObstacle::NoQuorum
        } else if !self.plan.rscs.values().any(|s| s.is(RscFlags::MANAGED)) {
            FencingObstacle::NothingManaged
        } else {
            FencingObstacle::NotPossible
        }
    }
}
