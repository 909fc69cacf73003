//! Which of two nodes is better for a resource.

use crate::Plan;
use pcmk_base::Score;
use pcmk_model::{Model, NodeId, NodeKind, Placement, RscId};
use std::cmp::Ordering;

/// Whether a resource may be placed on a node that is in its table: the node is available and, if `with_score`,
/// its score is not negative; if `with_guest`, a guest node's launcher must have a node.
pub fn is_usable(
    model: &Model,
    plan: &Plan,
    node: NodeId,
    score: Option<Score>,
    with_score: bool,
    with_guest: bool,
) -> bool {
    let Some(score) = score else { return false };
    if !plan.nodes[node].is_available() || (with_score && score < Score::ZERO) {
        return false;
    }
    if with_guest && model.nodes[node].kind == NodeKind::Guest {
        let launcher = model.nodes[node]
            .connection
            .and_then(|c| model.resources[c].launcher);
        return launcher.is_some_and(|l| plan.assigned[l].is_some());
    }
    true
}

/// Whether any node in a resource's table is usable, with its score.
pub fn any_usable(model: &Model, plan: &Plan, rsc: RscId) -> bool {
    plan.scores
        .nodes(rsc)
        .any(|(node, score)| is_usable(model, plan, node, Some(score), true, false))
}

/// The better node comes first: higher score (an unavailable node counts as banned), more free capacity if
/// balanced, fewer resources, the preferred node, then the name by bytes. With strategy minimal only score
/// and name count.
///
/// `capacity` compares free capacity, the freer node first; it is asked only if the strategy is balanced.
pub fn compare_nodes(
    model: &Model,
    plan: &Plan,
    (a, a_score): (NodeId, Score),
    (b, b_score): (NodeId, Score),
    preferred: Option<NodeId>,
    capacity: &dyn Fn(NodeId, NodeId) -> Ordering,
) -> Ordering {
    let effective = |node: NodeId, score| {
        if plan.nodes[node].is_available() {
            score
        } else {
            Score::MINUS_INFINITY
        }
    };
    let by_score = effective(b, b_score).cmp(&effective(a, a_score));
    let by_name = || {
        model.nodes[a]
            .name
            .as_bytes()
            .cmp(model.nodes[b].name.as_bytes())
    };
    let by_load = || plan.load[a].cmp(&plan.load[b]);
    let by_preference = || (preferred == Some(b)).cmp(&(preferred == Some(a)));
    match model.options.placement_strategy {
        Placement::Minimal => by_score.then_with(by_name),
        Placement::Balanced => by_score
            .then_with(|| capacity(a, b))
            .then_with(by_load)
            .then_with(by_preference)
            .then_with(by_name),
        Placement::Default | Placement::Utilization => by_score
            .then_with(by_load)
            .then_with(by_preference)
            .then_with(by_name),
    }
}
