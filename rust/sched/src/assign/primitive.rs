//! Choosing the node of a primitive.

use super::affects::has_influence;
use super::apply::apply;
use super::colocation_lists::{Side, this_with, with_this};
use super::fold::{Fold, cells_of, factor, fold_noted, row_of};
use super::instances::nodes_by_preference;
use super::record::Force;
use super::{location, node_order, record, score_log, utilization};
use crate::{Run, ScoreStep};
use pcmk_base::{Role, Score};
use pcmk_model::{
    ColocationId, NodeFlags, NodeId, QuorumPolicy, RscFlags, RscId, Source, Variant, Withdrawal,
};

/// Chooses a node; see [`super::assign`].
pub fn assign(
    run: &mut Run<'_>,
    rsc: RscId,
    preferred: Option<NodeId>,
    stop_if_fail: bool,
) -> Option<NodeId> {
    if let Some(parent) = run.model.resources[rsc].parent {
        if !run.workspace.assign.assigning.contains(parent) {
            super::assign(run, parent, preferred, stop_if_fail);
        }
    }
    if !run.plan.unassigned.contains(rsc) {
        return run.plan.assigned[rsc];
    }
    if !run.workspace.assign.assigning.insert(rsc) {
        return None;
    }
    apply_colocations(run, rsc);
    settle_next_role(run, rsc);
    score_log::tables(run, ScoreStep::Primitive, rsc);
    choose(run, rsc, preferred, stop_if_fail);
    run.workspace.assign.assigning.remove(rsc);
    note_connection(run, rsc);
    run.plan.assigned[rsc]
}

/// Mandatory colocations first, then the others.
fn apply_colocations(run: &mut Run<'_>, rsc: RscId) {
    let this_with = this_with(run, rsc);
    let with_this = with_this(run, rsc);
    for mandatory in [true, false] {
        let counts = |run: &Run<'_>, id: ColocationId| {
            run.plan.colocations.table[id].score.is_infinite() == mandatory
        };
        for &id in &this_with {
            if counts(run, id) {
                apply_this_with(run, rsc, id);
            }
        }
        for &id in &with_this {
            if counts(run, id) {
                fold_dependent(run, rsc, id, false);
            }
        }
    }
}

fn apply_this_with(run: &mut Run<'_>, rsc: RscId, id: ColocationId) {
    let colocation = &run.plan.colocations.table[id];
    let (primary, score) = (colocation.primary, colocation.score);
    let revocable = colocation.dependent_role == Some(Role::Promoted)
        || (score < Score::ZERO && score > Score::MINUS_INFINITY);
    let saved = revocable.then(|| run.plan.scores.save(rsc));
    if run.plan.unassigned.contains(primary) {
        super::assign(run, primary, None, true);
    }
    apply(run, id, rsc, primary);
    if let Some(saved) = saved {
        if !node_order::any_usable(run.model, run.plan, rsc) {
            let why = Withdrawal::LeavesNoNode;
            run.plan.scores.restore(rsc, &saved, why);
        }
    }
}

/// Folds the preferences of a dependent into the table of its primary.
pub fn fold_dependent(run: &mut Run<'_>, rsc: RscId, id: ColocationId, nonnegative: bool) {
    if !has_influence(run, id, None) {
        return;
    }
    let colocation = &run.plan.colocations.table[id];
    let (dependent, by) = (colocation.dependent, factor(colocation.score));
    let how = Fold {
        side: Side::Primary,
        nonnegative,
        keep_usable: true,
    };
    let mut row = row_of(run.plan.scores.row(rsc));
    let parts = fold_noted(run, dependent, rsc, &mut row, id, by, how);
    run.plan.scores.replace(rsc, &cells_of(&row), parts);
}

fn settle_next_role(run: &mut Run<'_>, rsc: RscId) {
    let state = &run.plan.rscs[rsc];
    if state.next_role == Role::Stopped {
        location::ban_everywhere(run, rsc, Source::TargetStopped);
    } else if state.next_role > state.current_role
        && !run.model.quorate
        && run.model.options.no_quorum_policy == QuorumPolicy::Freeze
    {
        run.plan.rscs[rsc].next_role = state.current_role;
    }
}

fn choose(run: &mut Run<'_>, rsc: RscId, preferred: Option<NodeId>, stop_if_fail: bool) {
    let model = run.model;
    if model.options.fencing_enabled && !model.has_fence_device {
        run.plan.rscs[rsc].flags -= RscFlags::MANAGED;
    }
    if !run.plan.rscs[rsc].is(RscFlags::MANAGED) {
        let state = &mut run.plan.rscs[rsc];
        state.next_role = state.current_role;
        let current = current_node(run, rsc);
        record::assign(run, rsc, current, Force::Yes, stop_if_fail);
    } else if model.options.stop_all_resources {
        record::assign(run, rsc, None, Force::Yes, stop_if_fail);
    } else {
        let roomiest = utilization::ban_full_nodes(run, rsc);
        let best = best_node(run, rsc, preferred.or(roomiest));
        record::assign(run, rsc, best, Force::No, stop_if_fail);
    }
}

/// Where a resource counts as being now.
pub fn current_node(run: &Run<'_>, rsc: RscId) -> Option<NodeId> {
    run.model.current_node(&run.plan.nodes, &run.plan.rscs, rsc)
}

fn best_node(run: &Run<'_>, rsc: RscId, preferred: Option<NodeId>) -> Option<NodeId> {
    let current = current_node(run, rsc);
    let nodes = nodes_by_preference(run, rsc, current);
    let &(best, best_score) = nodes.first()?;
    if let Some(preferred) = preferred {
        let score = run.plan.scores.get(rsc, preferred);
        if score.is_some_and(|score| score >= best_score)
            && node_order::is_usable(run.model, run.plan, preferred, score, true, false)
        {
            return Some(preferred);
        }
    }
    if in_unique_clone(run, rsc)
        || best_score <= Score::ZERO
        || !run.plan.nodes[best].is_available()
    {
        return Some(best);
    }
    let stays = current.filter(|&node| {
        let state = &run.plan.nodes[node];
        state.is_available() && state.score >= Score::ZERO
    });
    let as_good = nodes
        .iter()
        .skip(1)
        .take_while(|(_, score)| *score == best_score);
    let keeps = stays.filter(|&node| as_good.into_iter().any(|&(n, _)| n == node));
    Some(keeps.unwrap_or(best))
}

fn in_unique_clone(run: &Run<'_>, rsc: RscId) -> bool {
    run.model.resources[rsc].parent.is_some_and(|parent| {
        matches!(run.model.resources[parent].variant, Variant::Clone(_))
            && run.plan.rscs[parent].is(RscFlags::UNIQUE)
    })
}

/// A remote node can be used once its connection has a place.
fn note_connection(run: &mut Run<'_>, rsc: RscId) {
    if !run.plan.rscs[rsc].is(RscFlags::REMOTE_CONNECTION) {
        return;
    }
    let Some(node) = run.model.resources[rsc]
        .primitive()
        .and_then(|p| p.connection_of)
    else {
        return;
    };
    let placed = run.plan.assigned[rsc].is_some() && run.plan.rscs[rsc].next_role != Role::Stopped;
    let flags = &mut run.plan.nodes[node].flags;
    if placed {
        *flags |= NodeFlags::ONLINE;
        if !flags.contains(NodeFlags::SEEN) {
            *flags -= NodeFlags::UNCLEAN;
        }
    } else {
        *flags |= NodeFlags::SHUTDOWN;
    }
}
