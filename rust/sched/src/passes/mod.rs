//! The passes, one a file. Their order is in [`pipeline`](crate::pipeline).

pub mod apply_relations;
pub mod assign;
pub mod block_dependents;
pub mod clear_removed;
pub mod config_changes;
pub mod configured_orders;
pub mod drop_edges;
pub mod failure_limits;
pub mod internal_constraints;
pub mod locations;
pub mod node_actions;
pub mod notifications;
pub mod postponed_checks;
pub mod probe_orders;
pub mod probes;
pub mod propagate;
pub mod remote_orders;
pub mod replay_requests;
pub mod role_changes;
pub mod shutdown_locks;
pub mod stickiness;
