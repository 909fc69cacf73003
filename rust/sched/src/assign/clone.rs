//! Choosing the nodes of a clone's instances, and which of them are promoted.

use super::colocation_lists::{this_with, with_this};
use super::{compare, instances, primitive, promotion, score_log};
use crate::{Run, ScoreStep};
use pcmk_model::{NodeId, RscFlags, RscId, Variant};

/// Assigns the instances; see [`super::assign`]. A clone itself has no node.
pub fn assign(
    run: &mut Run<'_>,
    clone: RscId,
    preferred: Option<NodeId>,
    stop_if_fail: bool,
) -> Option<NodeId> {
    let Variant::Clone(spec) = &run.model.resources[clone].variant else {
        return None;
    };
    let (max, node_max) = (spec.max, spec.node_max);
    if !run.plan.unassigned.contains(clone) || !run.workspace.assign.assigning.insert(clone) {
        return None;
    }
    let promotable = run.plan.rscs[clone].is(RscFlags::PROMOTABLE);
    if promotable {
        promotion::add_scores(run, clone);
    }
    for id in this_with(run, clone) {
        let primary = run.plan.colocations.table[id].primary;
        super::assign(run, primary, preferred, stop_if_fail);
    }
    for id in with_this(run, clone) {
        primitive::fold_dependent(run, clone, id, true);
    }
    score_log::tables(run, ScoreStep::Clone, clone);
    let children = run.plan.children[clone].clone();
    run.plan.children[clone] = compare::sorted(run, children, clone);
    let list = run.plan.children[clone].clone();
    instances::assign_instances(run, clone, &list, max, node_max);
    if promotable {
        promotion::choose_roles(run, clone);
    }
    run.plan.unassigned.remove(clone);
    run.workspace.assign.assigning.remove(clone);
    None
}
