//! The facts of a resource that passes may change. The plan starts from a copy of these.

use crate::NodeId;
use bitflags::bitflags;
use pcmk_base::{Role, Score, Text};

bitflags! {
    /// Yes/no facts of a resource.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct RscFlags: u32 {
        /// The cluster may change its state.
        const MANAGED = 1;
        /// Nothing more can be done until someone intervenes.
        const BLOCKED = 1 << 1;
        /// In maintenance: not even monitored.
        const MAINTENANCE = 1 << 2;
        /// Show and treat as failed.
        const FAILED = 1 << 3;
        /// Recovery needs a stop even on the same node.
        const STOP_IF_FAILED = 1 << 4;
        /// A start is under way.
        const START_PENDING = 1 << 5;
        /// Not configured any more (or an instance beyond `clone-max`).
        const REMOVED = 1 << 6;
        /// Removed, and it ran in a launcher.
        const REMOVED_LAUNCHED = 1 << 7;
        /// Instances are told apart; anything not in an anonymous clone is.
        const UNIQUE = 1 << 8;
        /// Notifications are sent.
        const NOTIFY = 1 << 9;
        /// Instances can be promoted.
        const PROMOTABLE = 1 << 10;
        /// Can be migrated live.
        const MIGRATABLE = 1 << 11;
        /// Class `stonith`.
        const FENCE_DEVICE = 1 << 12;
        /// Connection to a Pacemaker Remote node.
        const REMOTE_CONNECTION = 1 << 13;
        /// Start and promote wait for fencing.
        const NEEDS_FENCING = 1 << 14;
        /// Start and promote need quorum.
        const NEEDS_QUORUM = 1 << 15;
        /// Start needs the node to be unfenced.
        const NEEDS_UNFENCING = 1 << 16;
        /// Marked for a reload.
        const RELOAD = 1 << 17;
        /// Inside the restart walk.
        const RESTARTING = 1 << 18;
        /// Multiply active, and stopped only where it does not belong.
        const STOP_UNEXPECTED = 1 << 19;
        /// Probed and run only on nodes that were named.
        const EXCLUSIVE_PROBES = 1 << 20;
        /// A connection whose container may itself run on a remote node (bundle replicas).
        const REMOTE_NESTING_ALLOWED = 1 << 21;
        /// `critical`.
        const CRITICAL = 1 << 22;
        /// A failure is ignored by configuration.
        const IGNORE_FAILURE = 1 << 23;
        /// `allow-unhealthy-nodes`.
        const ALLOW_UNHEALTHY = 1 << 24;
        /// Generated, not configured.
        const INTERNAL = 1 << 25;
        /// Wanted stopped, or wanted unpromoted in a promotable clone (for displays).
        const DISABLED = 1 << 26;
        /// Blocked by nothing but a ticket that was lost, so not due to a failure.
        const FROZEN = 1 << 27;
    }
}

/// State of a resource: as read from history in the model, as decided in the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct RscState {
    /// Yes/no facts.
    pub flags: RscFlags,
    /// Role it has now.
    pub current_role: Role,
    /// Role it shall have; unknown means that nothing decided it yet.
    pub next_role: Role,
    /// `priority`; promotion changes that of instances.
    pub priority: Score,
    /// Both ends of a live migration that was begun and not finished: source and target.
    pub partial_migration: Option<(NodeId, NodeId)>,
    /// Node a shutdown lock ties it to, with the time of the lock.
    pub lock: Option<(NodeId, i64)>,
}

impl RscState {
    /// Whether all of these facts hold.
    #[inline]
    pub fn is(&self, flags: RscFlags) -> bool {
        self.flags.contains(flags)
    }
}

impl Default for RscState {
    fn default() -> Self {
        RscState {
            flags: RscFlags::default(),
            current_role: Role::Stopped,
            next_role: Role::Unknown,
            priority: Score::ZERO,
            partial_migration: None,
            lock: None,
        }
    }
}

/// What history says about a resource and no pass changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Activity {
    /// Nodes it is believed active on, in order of discovery.
    pub active_on: Vec<NodeId>,
    /// Nodes whose state of it is known, in order of discovery.
    pub known_on: Vec<NodeId>,
    /// Sources of migrations that finished without the stop there, last found first.
    pub dangling_sources: Vec<NodeId>,
    /// An operation under way: its task and node.
    pub pending: Option<(crate::Task, NodeId)>,
    /// Id under which history knows an anonymous instance or removed resource.
    pub history_id: Option<Text>,
}
