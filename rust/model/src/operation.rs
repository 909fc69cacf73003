//! Configured operations.

use crate::{Attrs, Task};
use pcmk_base::{IntervalMs, Role, Text};
use pcmk_xml::Element;
use std::sync::Arc;

/// Values a resource consumes or a node offers, by name.
pub type Utilization = Attrs;

/// An `op` element.
#[derive(Clone, Debug)]
pub struct OpConfig {
    /// Its id.
    pub id: Text,
    /// What it does.
    pub task: Task,
    /// How often; zero if not recurring.
    pub interval: IntervalMs,
    /// Whether it can be done again and again: it has an interval and an id, is of a task for which that makes sense,
    /// and there is no other one with its name and interval.
    pub recurs: bool,
    /// False if the `enabled` attribute says so.
    pub enabled: bool,
    /// Its `role` attribute: absent, valid, or neither.
    pub role: OpRole,
    /// The element, for the attributes and blocks that are evaluated when an action is made of it.
    pub xml: Arc<Element>,
}

/// The `role` attribute of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpRole {
    /// Not given: any role but promoted.
    Any,
    /// The role it applies to.
    Only(Role),
    /// Given, and not a role.
    Invalid,
}

/// What to do about a failure, from weakest to strongest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnFail {
    /// Act as if it had succeeded.
    #[default]
    Ignore,
    /// Demote.
    Demote,
    /// Stop and start, possibly elsewhere.
    Restart,
    /// Recover the connection of a remote node.
    ResetRemote,
    /// Recover the launcher.
    RestartContainer,
    /// Move away.
    Ban,
    /// Do nothing any more.
    Block,
    /// Stop and stay stopped.
    Stop,
    /// Move everything away from the node.
    Standby,
    /// Fence the node.
    Fence,
}
