//! Choosing the nodes of a group's members, in order. Colocations among them do the rest.

use super::score_log;
use crate::{Run, ScoreStep};
use pcmk_model::{NodeId, RscId, Variant};

/// Assigns the members; see [`super::assign`].
pub fn assign(
    run: &mut Run<'_>,
    group: RscId,
    preferred: Option<NodeId>,
    stop_if_fail: bool,
) -> Option<NodeId> {
    if !run.plan.unassigned.contains(group) || !run.workspace.assign.assigning.insert(group) {
        return None;
    }
    let members = run.plan.children[group].clone();
    if let Some(&first) = members.first() {
        run.plan.rscs[group].current_role = run.plan.rscs[first].current_role;
    }
    score_log::tables(run, ScoreStep::Group, group);
    let mut found = None;
    for &member in &members {
        let node = super::assign(run, member, preferred, stop_if_fail);
        found = found.or(node);
    }
    if let Some(&first) = members.first() {
        run.plan.rscs[group].next_role = run.plan.rscs[first].next_role;
    }
    run.workspace.assign.assigning.remove(group);
    run.plan.unassigned.remove(group);
    let colocated = matches!(&run.model.resources[group].variant, Variant::Group(g) if g.colocated);
    found.filter(|_| colocated)
}
