//! Resources: what is configured about them, in one id space for all variants.

use crate::{Meta, NodeId, OpConfig, RscId, Utilization};
use pcmk_base::{AgentSpec, Role, Score, Text};
use pcmk_xml::Element;
use std::sync::Arc;

/// A resource as configured (or as made up from history). Facts that change during a run are in
/// [`RscState`](crate::RscState).
#[derive(Clone, Debug)]
pub struct Resource {
    /// Unique id; instances carry their number: `db:0`.
    pub id: Text,
    /// Id in the configuration, without instance number.
    pub xml_id: Text,
    /// The definition with its template merged in; instances of a clone share it.
    pub xml: Arc<Element>,
    /// Group, clone or bundle it belongs to.
    pub parent: Option<RscId>,
    /// Members, instances, or (bundle) container, ip and connection of each replica and last the clone.
    pub children: Vec<RscId>,
    /// What kind it is.
    pub variant: Variant,
    /// Instance number inside a clone; members of a cloned group have it too.
    pub instance: Option<u32>,
    /// Meta-attributes after inheritance and defaults.
    pub meta: Meta,
    /// Capacity it uses.
    pub utilization: Utilization,
    /// `resource-stickiness`.
    pub stickiness: Score,
    /// `migration-threshold`.
    pub threshold: Score,
    /// `failure-timeout` in seconds, zero for none.
    pub failure_timeout: u32,
    /// `multiple-active`.
    pub multiple_active: MultipleActive,
    /// The role asked for by `target-role`, if it says anything.
    pub target_role: Option<Role>,
    /// Virtual machine or container this resource runs in (or connects to).
    pub launcher: Option<RscId>,
    /// Resources this one launches.
    pub launched: Vec<RscId>,
}

impl Resource {
    /// A meta-attribute.
    pub fn meta(&self, name: &str) -> Option<&str> {
        self.meta.get(name).map(|value| &**value)
    }

    /// The primitive part, if it is one.
    #[inline]
    pub fn primitive(&self) -> Option<&Primitive> {
        match &self.variant {
            Variant::Primitive(primitive) => Some(primitive),
            Variant::Group(_) | Variant::Clone(_) | Variant::Bundle(_) => None,
        }
    }

    /// Whether an entry of history names another agent than the definition does.
    pub fn is_of_other_agent(&self, entry: &Element) -> bool {
        let agent = self.primitive().map(|primitive| &*primitive.agent);
        if let Some(agent) = agent
            && entry.attr("class") == Some(&agent.class)
            && entry.attr("type") == Some(&agent.kind)
            && entry.attr("provider").is_some()
            && entry.attr("provider") == agent.provider.as_deref()
        {
            return false;
        }
        // Empty and missing ones are different here.
        let differs = |name: &str| self.xml.attr(name) != entry.attr(name);
        ["type", "class", "provider"].into_iter().any(differs)
    }

    /// Whether it is a primitive.
    #[inline]
    pub fn is_primitive(&self) -> bool {
        self.primitive().is_some()
    }

    /// Whether it is a clone (not a bundle).
    #[inline]
    pub fn is_clone(&self) -> bool {
        matches!(self.variant, Variant::Clone(_))
    }

    /// The kind without its data, in the order colocations are sorted by.
    pub fn kind(&self) -> VariantKind {
        match self.variant {
            Variant::Primitive(_) => VariantKind::Primitive,
            Variant::Group(_) => VariantKind::Group,
            Variant::Clone(_) => VariantKind::Clone,
            Variant::Bundle(_) => VariantKind::Bundle,
        }
    }
}

/// Variants in rising order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum VariantKind {
    Primitive,
    Group,
    Clone,
    Bundle,
}

/// What a resource is, with the data only that kind has.
#[derive(Clone, Debug)]
pub enum Variant {
    /// One agent, on one node.
    Primitive(Primitive),
    /// Members that run together in order.
    Group(Group),
    /// Copies on several nodes.
    Clone(CloneSpec),
    /// Containers, each with an address, a connection and an instance of the inner primitive.
    Bundle(Bundle),
}

/// Data of a primitive.
#[derive(Clone, Debug)]
pub struct Primitive {
    /// Its agent. Resources of the same share it.
    pub agent: Arc<AgentSpec>,
    /// Its operations in document order; instances share them.
    pub ops: Arc<[OpConfig]>,
    /// The node it is the connection of.
    pub connection_of: Option<NodeId>,
    /// `reconnect_interval` in seconds of a remote connection, zero for none.
    pub reconnect_interval: u32,
}

/// Data of a group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Members start one after another.
    pub ordered: bool,
    /// Members run on one node.
    pub colocated: bool,
}

/// Data of a clone.
#[derive(Clone, Debug)]
pub struct CloneSpec {
    /// `clone-max`.
    pub max: u32,
    /// `clone-node-max`.
    pub node_max: u32,
    /// `promoted-max`; zero if not promotable.
    pub promoted_max: u32,
    /// `promoted-node-max`; zero if not promotable.
    pub promoted_node_max: u32,
    /// `clone-min` or nothing.
    pub min: Option<u32>,
    /// Instances start one after another.
    pub ordered: bool,
    /// Orderings with other clones are per node.
    pub interleave: bool,
}

/// Data of a bundle.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// Agent that runs the containers: `docker` or `podman`.
    pub agent: Text,
    /// Container image, for displays.
    pub image: Text,
    /// The implicit clone of the inner primitive.
    pub inner: Option<RscId>,
    /// Replicas in order.
    pub replicas: Vec<Replica>,
    /// `replicas-per-host`.
    pub per_host: u32,
    /// `promoted-max`.
    pub promoted_max: u32,
}

/// One replica of a bundle.
#[derive(Clone, Debug)]
pub struct Replica {
    /// Number, from zero.
    pub number: u32,
    /// The container.
    pub container: RscId,
    /// Its address.
    pub address: Option<Text>,
    /// The resource that brings the address up.
    pub ip: Option<RscId>,
    /// The connection to Pacemaker Remote in it.
    pub connection: Option<RscId>,
    /// The inner primitive's instance.
    pub child: Option<RscId>,
    /// The node that the container is for the cluster.
    pub node: Option<NodeId>,
}

/// `multiple-active`: what to do when active on more nodes than it should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MultipleActive {
    /// Stop everywhere, then start once.
    #[default]
    StopStart,
    /// Stop everywhere.
    StopOnly,
    /// Do nothing.
    Block,
    /// Stop everywhere but where it belongs.
    StopUnexpected,
}
