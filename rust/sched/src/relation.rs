//! Relations: orderings between actions that may not exist yet.
//!
//! They are collected in order of creation and become edges, oldest first, when all actions are made.

use crate::ActionId;
use pcmk_base::IntervalMs;
use pcmk_model::{OrderKinds, RscId, Task};

/// One side of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// An action that exists.
    Action(ActionId),
    /// All actions of a resource with this task and interval, whenever they come to be.
    Op(RscId, Task, IntervalMs),
}

impl End {
    /// The action of a resource with interval zero.
    pub const fn task(rsc: RscId, task: Task) -> End {
        End::Op(rsc, task, 0)
    }
}

/// A deferred ordering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// What comes first.
    pub first: End,
    /// What follows.
    pub then: End,
    /// What it means.
    pub kinds: OrderKinds,
}
