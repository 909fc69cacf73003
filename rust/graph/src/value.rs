//! The graph as a value.

use pcmk_base::Text;
use std::sync::Arc;

/// Number of an action in its graph, from 1.
pub type ActionId = u32;

/// Everything one scheduler run wants done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransitionGraph {
    /// Attributes of the graph element in order: `cluster-delay`, `fencing-timeout`, and so on.
    pub header: Vec<(&'static str, String)>,
    /// Sets of actions with their inputs, in order of emission.
    pub synapses: Vec<Synapse>,
}

impl TransitionGraph {
    /// Numbers the transition; the number stands behind the batch limit.
    pub fn set_transition_id(&mut self, id: u64) {
        self.header.retain(|(name, _)| *name != "transition_id");
        let behind = self.header.iter().position(|(n, _)| *n == "batch-limit");
        let at = behind.map_or(self.header.len(), |at| at + 1);
        self.header.insert(at, ("transition_id", id.to_string()));
    }

    /// An attribute of the graph.
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.header
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Actions that fire together once all inputs are confirmed. The scheduler puts one action in each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Synapse {
    /// Number, from 0 in order of emission.
    pub id: u32,
    /// Written only if positive.
    pub priority: i32,
    /// What to do.
    pub actions: Vec<GraphAction>,
    /// What to wait for, by rising action number. May name actions that are not in the graph.
    pub inputs: Vec<Arc<ActionRef>>,
}

/// Which element an action is written as, and who carries it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// `rsc_op`: an executor.
    Resource,
    /// `crm_event`: a controller or the fencer.
    Cluster,
    /// `crm_event` with `mode="cib"`: the DC, in the CIB.
    ClusterCib,
    /// `pseudo_event`: nobody.
    Pseudo,
}

impl ActionKind {
    /// Name of the element.
    pub const fn element(self) -> &'static str {
        match self {
            ActionKind::Resource => "rsc_op",
            ActionKind::Cluster | ActionKind::ClusterCib => "crm_event",
            ActionKind::Pseudo => "pseudo_event",
        }
    }
}

/// What identifies an action, as an input of another shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionRef {
    /// Number in the graph.
    pub id: ActionId,
    /// Kind.
    pub kind: ActionKind,
    /// Task.
    pub operation: Text,
    /// Key, with the id under which history knows an anonymous instance.
    pub key: String,
    /// Key with the instance number, if that differs.
    pub internal_key: Option<String>,
    /// Name and id of the node.
    pub on_node: Option<(Text, Text)>,
    /// Node the action is sent through.
    pub router_node: Option<String>,
}

/// An action with all its details.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphAction {
    /// What identifies it.
    pub id: Arc<ActionRef>,
    /// Epoch seconds of a shutdown lock to be kept in history.
    pub shutdown_lock: Option<i64>,
    /// The resource it works on.
    pub resource: Option<Arc<GraphResource>>,
    /// Parameters and `CRM_meta_*` values, sorted by name.
    pub attributes: Arc<[(Text, Text)]>,
    /// Parameters whose names cannot be XML attributes.
    pub params: Vec<(String, String)>,
    /// Ids of nodes that are expected to go down by it.
    pub downed: Vec<String>,
    /// Ids of remote nodes with the maintenance state to tell them.
    pub maintenance: Vec<(String, bool)>,
}

impl GraphAction {
    /// A `CRM_meta_` value, by its name after the prefix.
    pub fn meta(&self, name: &str) -> Option<&str> {
        let name = format!("CRM_meta_{name}");
        let found = self
            .attributes
            .binary_search_by(|(known, _)| (**known).cmp(&*name));
        found.ok().map(|index| &*self.attributes[index].1)
    }
}

/// The resource element in an action.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphResource {
    /// Element name, such as `primitive`.
    pub element: String,
    /// Id to show.
    pub id: String,
    /// Unique id, if that differs.
    pub long_id: Option<String>,
    /// Agent class.
    pub class: Option<String>,
    /// Agent provider.
    pub provider: Option<String>,
    /// Agent name.
    pub kind: Option<String>,
}
