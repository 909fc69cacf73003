//! Nodes: what is configured about them, and their condition.

use crate::{Attrs, RscId};
use bitflags::bitflags;
use pcmk_base::{Score, Text};

/// What kind of node this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// Runs the full cluster stack.
    Cluster,
    /// Pacemaker Remote on a machine of its own; the connection may be missing from the configuration.
    Remote,
    /// Pacemaker Remote inside a resource (virtual machine or bundle replica): the connection's launcher.
    Guest,
}

/// A node as configured, with its merged attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Unique id, compared ignoring case.
    pub id: Text,
    /// Name, compared ignoring case.
    pub name: Text,
    /// Kind; a remote node becomes a guest when its connection turns out to have a launcher.
    pub kind: NodeKind,
    /// Connection resource of a remote or guest node.
    pub connection: Option<RscId>,
    /// Permanent and transient attributes and the `#` attributes, merged.
    pub attrs: Attrs,
    /// Capacity for resources.
    pub utilization: Attrs,
    /// Bundle nodes are closed to ordinary resources.
    pub probe_mode: ProbeMode,
}

impl Node {
    /// Whether Pacemaker Remote (remote or guest) runs there instead of the full stack.
    pub fn is_pacemaker_remote(&self) -> bool {
        !matches!(self.kind, NodeKind::Cluster)
    }
}

/// Whether a resource may be probed on a node. The strongest wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProbeMode {
    /// Probed as usual.
    #[default]
    Always,
    /// Never probed there.
    Never,
    /// Probed and run only on nodes that say so.
    Exclusive,
}

bitflags! {
    /// Yes/no facts of a node's condition.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct NodeFlags: u16 {
        /// May run actions now.
        const ONLINE = 1;
        /// Must be fenced before what it ran counts as gone.
        const UNCLEAN = 1 << 1;
        /// Was asked to leave.
        const SHUTDOWN = 1 << 2;
        /// On its way up, not joined yet.
        const PENDING = 1 << 3;
        /// Takes no resources.
        const STANDBY = 1 << 4;
        /// Standby because of `on-fail=standby`.
        const FAIL_STANDBY = 1 << 5;
        /// Resources active there are unmanaged.
        const MAINTENANCE = 1 << 6;
        /// Was expected to be a member.
        const EXPECTED_UP = 1 << 7;
        /// Its state was accepted in this run.
        const SEEN = 1 << 8;
        /// Its operation history was read.
        const HISTORY_READ = 1 << 9;
        /// Probes may be scheduled there.
        const PROBES_ALLOWED = 1 << 10;
        /// A remote node recorded as fenced.
        const REMOTE_FENCED = 1 << 11;
        /// A remote node that was told it is in maintenance.
        const REMOTE_MAINTENANCE = 1 << 12;
        /// A remote or guest node whose connection or guest must be recovered.
        const REMOTE_RESET = 1 << 13;
        /// The designated controller.
        const DC = 1 << 14;
    }
}

/// The condition of a node. The plan starts from a copy of it, since passes change it.
#[derive(Clone, Debug)]
pub struct NodeState {
    /// Yes/no facts.
    pub flags: NodeFlags,
    /// Starting score of a node newly added to a resource's table; minus infinity if unusable.
    pub score: Score,
    /// Sum of the priorities of active resources, for `priority-fencing-delay`.
    pub priority: i64,
    /// Primitives active there, in order of discovery.
    pub running: Vec<RscId>,
}

impl NodeState {
    /// Whether all of these facts hold.
    #[inline]
    pub fn is(&self, flags: NodeFlags) -> bool {
        self.flags.contains(flags)
    }

    /// Whether resources may be placed there: online, clean, and not shutting down, standby or in maintenance.
    #[inline]
    pub fn is_available(&self) -> bool {
        use NodeFlags as F;
        self.is(F::ONLINE)
            && !self
                .flags
                .intersects(F::SHUTDOWN | F::UNCLEAN | F::STANDBY | F::MAINTENANCE)
    }

    /// Online and not unclean: what runs there can be trusted.
    pub fn is_clean_online(&self) -> bool {
        self.is(NodeFlags::ONLINE) && !self.is(NodeFlags::UNCLEAN)
    }
}
