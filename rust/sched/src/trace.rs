//! Why actions are required and what keeps them from running: facts that passes push when a run is asked to trace.
//! Where scores come from is kept by the score table itself ([`pcmk_model::ScoreLog`]). Words for all of them are
//! made where they are shown.

use crate::{ActionId, Word};
use pcmk_base::Role;
use pcmk_model::{ColocationId, FenceReason, NodeId, OrderKinds};
use std::ops::Range;

/// Why an action is required, or why it cannot run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    // ---- what is to change ----
    /// The resource has the first role and shall have the second.
    Role(Role, Role),
    /// The resource moves from the first node to the second.
    Moves(NodeId, NodeId),
    /// The resource failed, and is stopped and started again.
    Recovery,
    /// The resource is blocked.
    Blocked,
    /// It is active on more nodes than it may.
    MultiplyActive,
    /// A live migration that was begun cannot be finished as begun.
    BrokenMigration,
    /// Its start is required, and it has a role for which it must be stopped first.
    StartRequired(ActionId),
    /// Parameters or agent changed.
    Definition,
    /// What is recorded of it asks for the action: a failure, or a fail count that is over.
    History,
    /// No node is left to it.
    NoNode,
    /// A recurring operation that does not run there yet, or not as defined.
    Recurring,
    /// A recurring operation that is not wanted (any more).
    Cancelled,
    /// Nobody knows whether the resource is active there.
    UnknownState,
    /// What is recorded of it is of no use any more.
    Forget,
    /// The node is fenced or unfenced.
    Fence(FenceReason),
    /// The node was asked to leave.
    NodeLeaves(NodeId),
    /// Always part of the plan.
    Always,

    // ---- what others bring about ----
    /// Another action, by an ordering of these kinds.
    Order(ActionId, OrderKinds),
    /// What stands for a collective follows its members; one whose action decides it, if there is just one.
    Members(Option<ActionId>),
    /// A notification of this action.
    Notification(ActionId),

    // ---- what keeps it from running ----
    /// It has no node.
    WithoutNode,
    /// Its node is not online.
    Offline(NodeId),
    /// Its node has not joined yet.
    Pending(NodeId),
    /// Its node is a guest that has to be recovered and cannot be.
    CannotRecover(NodeId),
    /// The partition has no quorum.
    NoQuorum,
    /// The partition has no quorum, and what does not run stays so.
    QuorumFreeze,
    /// The resource is not managed.
    Unmanaged,
    /// A mandatory colocation's primary cannot run.
    Colocation(ColocationId),
    /// A mandatory ordering follows an action that does not exist.
    NothingToFollow,
    /// Fewer actions can run than are needed.
    Gate,
}

/// One fact: an action lost a flag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fact {
    /// The action.
    pub action: ActionId,
    /// What it became.
    pub word: Word,
    /// Why.
    pub why: Why,
}

/// What is kept of a run besides its plan.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Facts in the order they were found.
    pub facts: Vec<Fact>,
    /// For each configured ordering, in the model's order, the relations it became.
    pub relations: Vec<Range<usize>>,
}
