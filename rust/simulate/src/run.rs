//! What running a graph against a CIB produces, in order.

use crate::inject::OpSpec;

/// How to run a graph.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Operations that shall fail.
    pub fail: Vec<OpSpec>,
    /// The present, epoch seconds, for what is recorded.
    pub now: i64,
}

/// One thing that was carried out, as displays list them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Executed {
    /// A pseudo-action, by its key.
    Pseudo {
        /// Its key.
        key: String,
        /// Its node, if it has one.
        node: Option<String>,
    },
    /// A resource action.
    Resource {
        /// Name to show.
        rsc: String,
        /// What was done.
        task: String,
        /// How often, in milliseconds; zero if not recurring.
        interval: u32,
        /// Where.
        node: String,
    },
    /// Another action of the cluster.
    Cluster {
        /// What was done.
        task: String,
        /// For which resource.
        rsc: Option<String>,
        /// Where.
        node: String,
    },
    /// A node was fenced.
    Fencing {
        /// Which.
        node: String,
        /// How.
        op: String,
    },
    /// An action was made to fail.
    Failed {
        /// Its number in the graph.
        action: u32,
        /// With which result.
        rc: i32,
    },
    /// A node attribute was set for it.
    Attribute {
        /// Name.
        name: String,
        /// Value.
        value: String,
        /// Id of the node.
        node: String,
    },
}
