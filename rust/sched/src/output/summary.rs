//! The summary of changes, as data: what happens to each node and resource, and why.

use crate::Reason;
use pcmk_base::Role;
use pcmk_model::{FenceOp, NodeId, RscId};

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A node is fenced.
    Fence {
        /// Which.
        node: NodeId,
        /// How.
        op: FenceOp,
        /// Why.
        reason: Option<Reason>,
    },
    /// A node is shut down.
    Shutdown {
        /// Which.
        node: NodeId,
        /// Why.
        reason: Option<Reason>,
    },
    /// A resource changes.
    Resource {
        /// Which.
        rsc: RscId,
        /// How, in one word.
        verb: Verb,
        /// Role and node before.
        from: (Role, Option<NodeId>),
        /// Role and node after.
        to: (Role, Option<NodeId>),
        /// Why.
        reason: Option<Reason>,
        /// It cannot be done.
        blocked: bool,
    },
}

/// What happens to a resource, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Verb {
    Start,
    Stop,
    Restart,
    Recover,
    Reload,
    Move,
    Migrate,
    Promote,
    Demote,
    RePromote,
}

impl Verb {
    /// The word.
    pub const fn name(self) -> &'static str {
        match self {
            Verb::Start => "Start",
            Verb::Stop => "Stop",
            Verb::Restart => "Restart",
            Verb::Recover => "Recover",
            Verb::Reload => "Reload",
            Verb::Move => "Move",
            Verb::Migrate => "Migrate",
            Verb::Promote => "Promote",
            Verb::Demote => "Demote",
            Verb::RePromote => "Re-promote",
        }
    }
}
