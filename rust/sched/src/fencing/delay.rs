//! `priority-fencing-delay`: the partition with the more important resources is fenced last.

use crate::{Plan, Run};
use pcmk_model::{Model, NodeFlags, NodeId, NodeKind};

/// Seconds to wait before a node is fenced. Zero unless it is lost, the partition has no majority, and no node is
/// more important.
pub fn seconds(run: &Run<'_>, node: NodeId) -> u32 {
    let (model, plan): (&Model, &Plan) = (run.model, run.plan);
    let is_member = |n: NodeId| model.nodes[n].kind == NodeKind::Cluster;
    if !is_member(node) || plan.nodes[node].is(NodeFlags::ONLINE) {
        return 0;
    }
    let members: Vec<NodeId> = model.nodes.ids().filter(|&n| is_member(n)).collect();
    let online = members
        .iter()
        .filter(|&&n| plan.nodes[n].is(NodeFlags::ONLINE))
        .count();
    let priorities = members.iter().map(|&n| plan.nodes[n].priority);
    let (lowest, highest) = (priorities.clone().min(), priorities.max());
    let delayed = online <= members.len() / 2
        && lowest != highest
        && Some(plan.nodes[node].priority) >= highest;
    if delayed {
        model.options.priority_fencing_delay
    } else {
        0
    }
}
