//! The transition graph of a plan.
//!
//! Emission order: top-level resources in list order, each subtree by variant; then the maintenance update; then
//! all other actions, newest first. An action is emitted once.

use crate::Plan;
use pcmk_graph::TransitionGraph;
use pcmk_model::Model;

/// Makes the graph. So far only its header: emission of actions is not built.
pub fn graph_of(model: &Model, plan: &Plan) -> TransitionGraph {
    TransitionGraph {
        header: header(model, plan),
        synapses: Vec::new(),
    }
}

fn header(model: &Model, plan: &Plan) -> Vec<(&'static str, String)> {
    let options = &model.options;
    let failed_start = if options.start_failure_is_fatal {
        "INFINITY"
    } else {
        "1"
    };
    let mut header = vec![
        ("cluster-delay", options.cluster_delay.to_string()),
        ("fencing-timeout", options.fencing_timeout.to_string()),
        ("failed-stop-offset", "INFINITY".to_owned()),
        ("failed-start-offset", failed_start.to_owned()),
        ("batch-limit", options.batch_limit.to_string()),
    ];
    if options
        .migration_limit
        .parse::<i64>()
        .is_ok_and(|limit| limit > 0)
    {
        header.push(("migration-limit", options.migration_limit.to_string()));
    }
    if let Some(at) = plan.recheck_at {
        header.push(("recheck-by", at.to_string()));
    }
    header
}
