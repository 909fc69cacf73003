//! Which instances of a promotable clone are promoted.

use super::affects::has_influence;
use super::apply::{apply, next_role, unique_node};
use super::colocation_lists::{Side, this_with};
use super::fold::{Fold, cells_of, factor, fold_noted, row_of};
use super::state::count_up;
use super::{compare, location, node_order, score_log};
use crate::Run;
use pcmk_base::{IdVec, Role, Score};
use pcmk_model::{
    Change, LocationId, Model, NodeId, NodeKind, QuorumPolicy, RscFlags, RscId, Source, Variant,
};
use std::cmp::Reverse;

/// Adds promotion scores to the instances' tables, once for each clone.
///
/// Of a cloned group only the group's own table changes; its members do not see it.
pub fn add_scores(run: &mut Run<'_>, clone: RscId) {
    if !run.workspace.assign.scored.insert(clone) {
        return;
    }
    for instance in run.plan.children[clone].clone() {
        let nodes: Vec<NodeId> = run.plan.scores.nodes(instance).map(|(n, _)| n).collect();
        for node in nodes {
            if !run.plan.nodes[node].is_available() {
                continue;
            }
            let score = promotion_score(run, instance, node).unwrap_or(Score::ZERO);
            if score > Score::ZERO {
                let source = Source::PromotionScore;
                run.plan
                    .scores
                    .add(instance, node, score, Score::ZERO, source);
            }
            let state = &mut run.plan.rscs[instance];
            state.priority = state.priority.max(score);
        }
    }
}

/// Sets the next role of every instance.
pub fn choose_roles(run: &mut Run<'_>, clone: RscId) {
    let empty = IdVec::filled(0, run.model.nodes.len());
    run.workspace.assign.counts.insert(clone, empty);
    for instance in run.plan.children[clone].clone() {
        set_priority(run, clone, instance);
    }
    sort_by_promotion(run, clone);
    let (max, node_max) = match &run.model.resources[clone].variant {
        Variant::Clone(spec) => (spec.promoted_max, spec.promoted_node_max),
        Variant::Primitive(_) | Variant::Group(_) | Variant::Bundle(_) => (0, 0),
    };
    let mut promoted = 0;
    for instance in run.plan.children[clone].clone() {
        let priority = run.plan.promotion[instance];
        let node = unique_node(run, instance);
        score_log::promotion(run, instance, node, priority);
        let limited = promoted >= max && run.plan.rscs[clone].is(RscFlags::MANAGED);
        let wanted = priority >= Score::ZERO && !limited;
        let place = node.filter(|_| wanted && can_be_promoted(run, clone, instance, node_max));
        match place.filter(|_| !is_frozen(run, instance)) {
            Some(node) => {
                count_up(run, clone, node);
                set_next_role(run, instance, Role::Promoted);
                promoted += 1;
            }
            None => set_next_role(run, instance, Role::Unpromoted),
        }
    }
}

/// Without quorum, policy freeze lets nothing rise.
fn is_frozen(run: &Run<'_>, instance: RscId) -> bool {
    crate::order::apply::current_role(run, instance) < Role::Promoted
        && !run.model.quorate
        && run.model.options.no_quorum_policy == QuorumPolicy::Freeze
}

/// An instance without a node is stopped; a role that is set already stays.
fn set_next_role(run: &mut Run<'_>, rsc: RscId, role: Role) {
    for child in run.plan.children[rsc].clone() {
        set_next_role(run, child, role);
    }
    if role == Role::Promoted {
        let state = &mut run.plan.rscs[rsc];
        if state.next_role == Role::Unknown {
            state.next_role = Role::Promoted;
        }
        return;
    }
    let placed = unique_or_any_node(run, rsc);
    run.plan.rscs[rsc].next_role = if placed {
        Role::Unpromoted
    } else {
        Role::Stopped
    };
}

fn unique_or_any_node(run: &Run<'_>, rsc: RscId) -> bool {
    run.model
        .primitives(rsc)
        .into_iter()
        .any(|primitive| run.plan.assigned[primitive].is_some())
}

fn can_be_promoted(run: &Run<'_>, clone: RscId, instance: RscId, node_max: u32) -> bool {
    let members = &run.plan.children[instance];
    if !members
        .iter()
        .all(|&member| can_be_promoted(run, clone, member, node_max))
    {
        return false;
    }
    let Some(node) = unique_node(run, instance) else {
        return false;
    };
    let state = &run.plan.rscs[instance];
    if !run.plan.scores.has(clone, node) {
        return false;
    }
    if !state.is(RscFlags::MANAGED) {
        return crate::order::apply::current_role(run, instance) == Role::Promoted;
    }
    state.priority >= Score::ZERO
        && node_order::is_usable(run.model, run.plan, node, Some(Score::ZERO), false, true)
        && run.workspace.assign.count(clone, node) < node_max
}

/// The priority by which an instance competes: its promotion score, what is configured for the promoted role, and
/// colocations.
fn set_priority(run: &mut Run<'_>, clone: RscId, instance: RscId) {
    // Members count for themselves only while none of them is known to be more than started.
    if crate::order::apply::current_role(run, instance) == Role::Started {
        raise_started(run, instance);
    }
    let Some(node) = unique_node(run, instance) else {
        return;
    };
    let role = next_role(run, instance);
    match role {
        Role::Started | Role::Unknown => {
            let score = promotion_score(run, instance, node);
            let source = match score {
                Some(_) => Source::PromotionScore,
                None => Source::NoPromotionScore,
            };
            let score = score.unwrap_or(Score::new(-1));
            set_own_priority(run, instance, score, source);
        }
        Role::Unpromoted | Role::Stopped => {
            let ban = Score::MINUS_INFINITY;
            set_own_priority(run, instance, ban, Source::NotStarted);
        }
        Role::Promoted => {}
    }
    // What is configured for the promoted role of a bundle is meant for what is inside.
    let bundle = run.model.bundle_of(clone);
    for of in [Some(instance), Some(clone), bundle].into_iter().flatten() {
        let extra = promoted_location_score(run.model, &run.model.locations.of[of], node);
        for (id, score) in extra {
            run.plan.add_priority(instance, score, Source::Location(id));
        }
    }
    for id in this_with(run, instance) {
        let primary = run.plan.colocations.table[id].primary;
        apply(run, id, instance, primary);
    }
    run.plan.promotion[instance] = if role == Role::Promoted {
        let source = Source::StaysPromoted;
        run.plan
            .note_priority(instance, source, Change::Enters(Score::INFINITY));
        Score::INFINITY
    } else {
        run.plan.rscs[instance].priority
    };
}

fn set_own_priority(run: &mut Run<'_>, instance: RscId, score: Score, source: Source) {
    run.plan.rscs[instance].priority = score;
    run.plan
        .note_priority(instance, source, Change::Enters(score));
}

fn raise_started(run: &mut Run<'_>, rsc: RscId) {
    for child in run.plan.children[rsc].clone() {
        raise_started(run, child);
    }
    let state = &mut run.plan.rscs[rsc];
    if state.current_role == Role::Started {
        state.current_role = Role::Unpromoted;
    }
}

fn promoted_location_score(
    model: &Model,
    of: &[LocationId],
    node: NodeId,
) -> Vec<(LocationId, Score)> {
    of.iter()
        .rev()
        .map(|&id| (id, &model.locations.table[id]))
        .filter(|(_, location)| location.role == Some(Role::Promoted))
        .filter_map(|(id, location)| {
            let found = location.nodes.iter().find(|(n, _)| *n == node);
            found.map(|&(_, score)| (id, score))
        })
        .collect()
}

fn sort_by_promotion(run: &mut Run<'_>, clone: RscId) {
    if !run.workspace.assign.choosing_roles.insert(clone) {
        return;
    }
    let instances = run.plan.children[clone].clone();
    for &instance in &instances {
        let score = run.plan.promotion[instance];
        if let Some(node) = unique_node(run, instance).filter(|_| score >= Score::ZERO) {
            let source = Source::Instance(instance);
            run.plan.scores.add(clone, node, score, Score::ZERO, source);
        }
    }
    fold_dependents_of_promoted(run, clone);
    deny_by_tickets(run, clone);
    for &instance in &instances {
        // A group's own role is that of its first member.
        let state = &run.plan.rscs[instance];
        let forced = !state.is(RscFlags::MANAGED) && state.next_role == Role::Promoted;
        let score = run.plan.promotion[instance];
        let node = unique_node(run, instance);
        let (score, source) = match node {
            _ if forced => (Score::INFINITY, Source::StaysPromoted),
            None => (Score::MINUS_INFINITY, Source::NotPlaced),
            Some(_) if score < Score::ZERO => continue,
            Some(node) => (
                run.plan.scores.get(clone, node).unwrap_or(Score::ZERO),
                Source::TableOf(clone, node),
            ),
        };
        run.plan.promotion[instance] = score;
        run.plan
            .note_priority(instance, source, Change::Enters(score));
    }
    run.plan.children[clone] = compare::sorted_by(run, instances, clone, |run, rsc| {
        let role = crate::order::apply::current_role(run, rsc);
        Reverse((run.plan.promotion[rsc], role))
    });
}

/// Who wants to be with the promoted instance has a say in which one that is.
fn fold_dependents_of_promoted(run: &mut Run<'_>, clone: RscId) {
    let how = Fold {
        side: Side::Primary,
        nonnegative: true,
        keep_usable: true,
    };
    let lists = super::colocation_lists::with_this(run, clone);
    let mut row = row_of(run.plan.scores.row(clone));
    let mut parts = Vec::new();
    run.workspace.assign.folding.insert(clone);
    for id in lists {
        let colocation = &run.plan.colocations.table[id];
        if colocation.primary_role != Some(Role::Promoted) || !has_influence(run, id, None) {
            continue;
        }
        let (dependent, by) = (colocation.dependent, factor(colocation.score));
        parts.extend(fold_noted(run, dependent, clone, &mut row, id, by, how));
    }
    run.workspace.assign.folding.remove(clone);
    run.plan.scores.replace(clone, &cells_of(&row), parts);
}

fn deny_by_tickets(run: &mut Run<'_>, clone: RscId) {
    let model = run.model;
    for dependency in &model.ticket_dependencies {
        let ticket = &model.tickets[dependency.ticket];
        if dependency.rsc == clone
            && dependency.role == Some(Role::Promoted)
            && (!ticket.granted || ticket.standby)
        {
            location::ban_everywhere(run, clone, Source::Ticket(dependency.ticket));
        }
    }
}

// ---- promotion scores ----

/// The promotion score of an instance on a node; `None` if nothing sets one.
fn promotion_score(run: &Run<'_>, instance: RscId, node: NodeId) -> Option<Score> {
    if !run.model.resources[instance].is_primitive() {
        let members = run.plan.children[instance].iter();
        let set: Vec<Score> = members
            .filter_map(|&member| promotion_score(run, member, node))
            .collect();
        let total: i64 = set.iter().map(|score| i64::from(score.value())).sum();
        return (!set.is_empty()).then(|| Score::new(total));
    }
    let resource = &run.model.resources[instance];
    let known = run.model.history_id(instance).unwrap_or(&resource.id);
    let text = attribute(run, instance, node, known).or_else(|| {
        let anonymous = !run.plan.rscs[instance].is(RscFlags::UNIQUE);
        let bare = plain_id(&resource.id);
        (anonymous && bare != &*resource.id)
            .then(|| attribute(run, instance, node, bare))
            .flatten()
    })?;
    let score = run.model.options.health.parse(text);
    // Asked last: few nodes have a score, and this looks at all instances.
    score_applies(run, instance, node).then(|| score.unwrap_or(Score::ZERO))
}

fn attribute<'a>(run: &'a Run<'_>, instance: RscId, node: NodeId, id: &str) -> Option<&'a str> {
    let host = attribute_node(run, instance, node)?;
    let attributes = &run.model.nodes[host].attrs;
    let value = attributes.get(format!("master-{id}").as_str());
    value.map(|text| &**text)
}

/// Where the attribute is read: on a guest's host if the resource says so.
fn attribute_node(run: &Run<'_>, instance: RscId, node: NodeId) -> Option<NodeId> {
    let wants_host = run.model.resources[instance]
        .meta("container-attribute-target")
        .is_some_and(|target| target.eq_ignore_ascii_case("host"));
    if !wants_host || run.model.nodes[node].kind != NodeKind::Guest {
        return Some(node);
    }
    let launcher = super::affects::launcher_of(run.model, node)?;
    if run.plan.unassigned.contains(instance) {
        super::primitive::current_node(run, launcher)
    } else {
        run.plan.assigned[launcher]
    }
}

fn plain_id(id: &str) -> &str {
    match id.rsplit_once(':') {
        Some((bare, number)) if number.bytes().all(|b| b.is_ascii_digit()) => bare,
        _ => id,
    }
}

/// Whether a node's promotion score is this instance's: it is there, or nobody is and it could be.
fn score_applies(run: &Run<'_>, instance: RscId, node: NodeId) -> bool {
    let allowed = run
        .plan
        .scores
        .get(instance, node)
        .is_some_and(|score| score >= Score::ZERO);
    if !allowed {
        return false;
    }
    let activity = &run.model.activity[instance];
    if !run.plan.rscs[instance].is(RscFlags::UNIQUE) {
        let siblings = same_resource(run.model, instance);
        let active = siblings
            .iter()
            .find(|&&s| run.model.activity[s].active_on.contains(&node));
        if active == Some(&instance) {
            return true;
        }
        let known = siblings
            .iter()
            .any(|&s| run.model.activity[s].known_on.contains(&node));
        if active.is_none() && known {
            return true;
        }
    }
    let untouched = activity.active_on.is_empty() && activity.known_on.is_empty();
    untouched || activity.known_on.contains(&node) || activity.active_on.contains(&node)
}

/// The same resource in all instances of the clone, in configured order.
fn same_resource(model: &Model, instance: RscId) -> Vec<RscId> {
    let xml_id = &model.resources[instance].xml_id;
    let all = model.primitives(model.top_of(instance));
    all.into_iter()
        .filter(|&rsc| model.resources[rsc].xml_id == *xml_id)
        .collect()
}
