//! The status of a cluster as plain data: what every status display renders.

use pcmk_base::Role;

/// All of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StatusView {
    /// Nodes in display order.
    pub nodes: Vec<NodeView>,
    /// Top-level resources in display order.
    pub resources: Vec<ResourceView>,
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeView {
    /// Name.
    pub name: String,
    /// Id.
    pub id: String,
    /// Kind and host of a guest.
    pub kind: NodeViewKind,
    /// Its condition, first that applies.
    pub status: NodeStatus,
    /// Whether it is online at all.
    pub online: bool,
    /// Its health, if health is used.
    pub health: Option<Health>,
}

/// What kind of node.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum NodeViewKind {
    Cluster,
    Remote,
    /// With the node that hosts it.
    Guest(Option<String>),
}

/// A node's condition, in the order in which the first that applies is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum NodeStatus {
    UncleanOnline,
    UncleanPending,
    UncleanOffline,
    Pending,
    StandbyOnFail,
    OfflineStandby,
    Standby,
    StandbyWithResources,
    Maintenance,
    OfflineMaintenance,
    Online,
    Offline,
}

/// A node's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Health {
    Green,
    Yellow,
    Red,
}

/// A resource with what is below it.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceView {
    /// Id, with instance number.
    pub id: String,
    /// Id to show; without number for anonymous instances.
    pub name: String,
    /// Variant: `primitive`, `group`, `clone`, `bundle`.
    pub variant: &'static str,
    /// Agent of a primitive, as `class:provider:type`.
    pub agent: Option<String>,
    /// Current role.
    pub role: Role,
    /// Nodes it is active on, in order of discovery.
    pub nodes: Vec<String>,
    /// Words of its state: `failed`, `blocked`, `unmanaged`, `removed`, ...
    pub flags: Vec<&'static str>,
    /// Members, instances or replicas' parts, in order.
    pub children: Vec<ResourceView>,
}
