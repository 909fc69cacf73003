//! The effect of a colocation whose primary is assigned: on the dependent's table, or on its priority for
//! promotion.

use super::affects::{self, Effect, Value, node_value};
use super::compatible::compatible;
use super::instances::nodes_by_preference;
use super::node_order;
use super::record::{Force, assign};
use crate::Run;
use pcmk_base::{Role, Score};
use pcmk_model::{ColocationId, NodeId, RscFlags, RscId, Source, Variant, Withdrawal};

/// Applies a colocation to a dependent. Returns the change of its priority, for roles.
pub fn apply(run: &mut Run<'_>, id: ColocationId, dependent: RscId, primary: RscId) -> Score {
    if let Variant::Group(spec) = &run.model.resources[dependent].variant {
        return apply_to_group(run, id, dependent, primary, spec.colocated);
    }
    match run.model.resources[primary].variant {
        Variant::Primitive(_) => with_primitive(run, id, dependent, primary),
        Variant::Group(_) => with_group(run, id, dependent, primary),
        Variant::Clone(_) => with_clone(run, id, dependent, primary),
        Variant::Bundle(_) => with_bundle(run, id, dependent, primary),
    }
}

fn apply_to_group(
    run: &mut Run<'_>,
    id: ColocationId,
    group: RscId,
    primary: RscId,
    colocated: bool,
) -> Score {
    let members = run.plan.children[group].clone();
    if colocated {
        let Some(&first) = members.first() else {
            return Score::ZERO;
        };
        let delta = apply(run, id, first, primary);
        run.plan
            .add_priority(group, delta, Source::Colocation(id, primary));
        return delta;
    }
    if score_of(run, id) >= Score::INFINITY {
        return Score::ZERO;
    }
    sum(members
        .into_iter()
        .map(|member| apply(run, id, member, primary)))
}

fn sum(deltas: impl Iterator<Item = Score>) -> Score {
    deltas.fold(Score::ZERO, |sum, delta| sum + delta)
}

fn score_of(run: &Run<'_>, id: ColocationId) -> Score {
    run.plan.colocations.table[id].score
}

// ---- primitive primaries ----

fn with_primitive(run: &mut Run<'_>, id: ColocationId, dependent: RscId, primary: RscId) -> Score {
    match affects::effect(run, id, dependent, primary, false) {
        Effect::Nothing => Score::ZERO,
        Effect::Role => change_priority(run, id, dependent, primary),
        Effect::Location => {
            change_table(run, id, dependent, primary);
            Score::ZERO
        }
    }
}

fn change_table(run: &mut Run<'_>, id: ColocationId, dependent: RscId, primary: RscId) {
    let colocation = &run.plan.colocations.table[id];
    let score = colocation.score;
    let attribute = colocation.node_attr.clone();
    let attribute = attribute.as_deref();
    let place = run.plan.assigned[primary];
    if place.is_none() && score < Score::ZERO {
        return;
    }
    let saved = (!score.is_infinite()).then(|| run.plan.scores.save(dependent));
    let wanted = place.map(|node| node_value(run, attribute, node, primary));
    let change = |node: NodeId| match &wanted {
        None => Some(-score),
        Some(wanted) => {
            let equal = is_same(wanted, &node_value(run, attribute, node, dependent));
            match (equal, score >= Score::INFINITY) {
                (true, false) => Some(score),
                (false, true) => Some(Score::MINUS_INFINITY),
                _ => None,
            }
        }
    };
    let nodes = run.plan.scores.nodes(dependent);
    let changes: Vec<(NodeId, Score)> = nodes
        .filter_map(|(node, _)| change(node).map(|score| (node, score)))
        .collect();
    for (node, change) in changes {
        add(run, id, dependent, primary, node, change);
    }
    if let Some(saved) = saved {
        if !node_order::any_usable(run.model, run.plan, dependent) {
            let why = Withdrawal::LeavesNoNode;
            run.plan.scores.restore(dependent, &saved, why);
        }
    }
}

/// Adds to the score of a node in the dependent's table.
fn add(
    run: &mut Run<'_>,
    id: ColocationId,
    dependent: RscId,
    primary: RscId,
    node: NodeId,
    score: Score,
) {
    let source = Source::Colocation(id, primary);
    run.plan
        .scores
        .add(dependent, node, score, Score::ZERO, source);
}

fn known_nodes(run: &Run<'_>, rsc: RscId) -> Vec<NodeId> {
    run.plan.scores.nodes(rsc).map(|(node, _)| node).collect()
}

fn is_same(a: &Value<'_>, b: &Value<'_>) -> bool {
    a == b
}

fn change_priority(run: &mut Run<'_>, id: ColocationId, dependent: RscId, primary: RscId) -> Score {
    let colocation = &run.plan.colocations.table[id];
    let (score, dependent_role, primary_role) = (
        colocation.score,
        colocation.dependent_role,
        colocation.primary_role,
    );
    let Some(here) = run.plan.assigned[dependent] else {
        return Score::ZERO;
    };
    let attribute = colocation.node_attr.clone();
    let attribute = attribute.as_deref();
    let there = run.plan.assigned[primary];
    let carrier = affects::role_carrier(run.model, primary);
    if there.is_some() && primary_role.is_some_and(|role| role != run.plan.rscs[carrier].next_role)
    {
        return Score::ZERO;
    }
    let own = node_value(run, attribute, here, dependent);
    let wanted = there.map_or(Value::Absent, |n| node_value(run, attribute, n, primary));
    let delta = if is_same(&own, &wanted) {
        if dependent_role == Some(Role::Unpromoted) {
            -score
        } else {
            score
        }
    } else if score == Score::INFINITY && dependent_role == Some(Role::Promoted) {
        -score
    } else {
        return Score::ZERO;
    };
    run.plan
        .add_priority(dependent, delta, Source::Colocation(id, primary));
    delta
}

// ---- group primaries ----

fn with_group(run: &mut Run<'_>, id: ColocationId, dependent: RscId, group: RscId) -> Score {
    if run.plan.unassigned.contains(group) {
        return Score::ZERO;
    }
    let Variant::Group(spec) = &run.model.resources[group].variant else {
        return Score::ZERO;
    };
    let members = run.plan.children[group].clone();
    let mandatory = score_of(run, id) >= Score::INFINITY;
    if spec.colocated {
        let member = if mandatory {
            members.last()
        } else {
            members.first()
        };
        return member.map_or(Score::ZERO, |&member| apply(run, id, dependent, member));
    }
    if mandatory {
        return Score::ZERO;
    }
    sum(members
        .into_iter()
        .map(|member| apply(run, id, dependent, member)))
}

// ---- clone primaries ----

fn with_clone(run: &mut Run<'_>, id: ColocationId, dependent: RscId, clone: RscId) -> Score {
    if run.plan.unassigned.contains(clone) {
        return Score::ZERO;
    }
    let colocation = &run.plan.colocations.table[id];
    let (score, primary_role) = (colocation.score, colocation.primary_role);
    let (named_dependent, dependent_role) = (colocation.dependent, colocation.dependent_role);
    if let Some(role) = primary_role.filter(|_| run.plan.rscs[clone].is(RscFlags::PROMOTABLE)) {
        if run.plan.unassigned.contains(dependent) {
            prefer_nodes_of_role(run, id, dependent, clone, role);
            return Score::ZERO;
        }
        if dependent_role == Some(Role::Promoted) {
            return follow_role(run, id, dependent, clone, role);
        }
    }
    if can_interleave(run, named_dependent, clone) {
        return match compatible(run, dependent, clone, None, false) {
            Some(instance) => apply(run, id, dependent, instance),
            None => {
                if score >= Score::INFINITY {
                    assign(run, dependent, None, Force::Yes, true);
                }
                Score::ZERO
            }
        };
    }
    if score >= Score::INFINITY {
        let nodes: Vec<NodeId> = run.plan.children[clone]
            .iter()
            .filter(|&&instance| !is_blocked(run, instance))
            .filter_map(|&instance| unique_node(run, instance))
            .collect();
        keep_only(run, id, dependent, clone, &nodes);
        return Score::ZERO;
    }
    let instances = run.plan.children[clone].clone();
    sum(instances
        .into_iter()
        .map(|instance| apply(run, id, dependent, instance)))
}

/// Whether a clone that depends on a clone does so node by node.
fn can_interleave(run: &Run<'_>, dependent: RscId, clone: RscId) -> bool {
    let resource = &run.model.resources[dependent];
    let (Some(ours), Some(theirs)) = (node_max(run, dependent), node_max(run, clone)) else {
        return false;
    };
    let asked = resource.meta("interleave").and_then(pcmk_base::parse_bool) == Some(true);
    asked && ours == theirs
}

fn node_max(run: &Run<'_>, rsc: RscId) -> Option<u32> {
    match &run.model.resources[rsc].variant {
        Variant::Clone(clone) => Some(clone.node_max),
        Variant::Bundle(bundle) => Some(bundle.per_host),
        Variant::Primitive(_) | Variant::Group(_) => None,
    }
}

/// A dependent that is not placed yet is drawn to instances that have the role.
fn prefer_nodes_of_role(
    run: &mut Run<'_>,
    id: ColocationId,
    dependent: RscId,
    clone: RscId,
    role: Role,
) {
    let colocation = &run.plan.colocations.table[id];
    let (score, dependent_role) = (colocation.score, colocation.dependent_role);
    let attribute = colocation.node_attr.clone();
    let attribute = attribute.as_deref();
    let mut found: Vec<(NodeId, RscId)> = Vec::new();
    for &instance in &run.plan.children[clone] {
        let Some(node) = unique_node(run, instance) else {
            continue;
        };
        if next_role(run, instance) == role {
            found.push((node, instance));
        }
    }
    if score < Score::INFINITY {
        for &(place, instance) in &found {
            for node in known_nodes(run, dependent) {
                let wanted = node_value(run, attribute, place, instance);
                if is_same(&wanted, &node_value(run, attribute, node, dependent)) {
                    add(run, id, dependent, instance, node, score);
                }
            }
        }
        return;
    }
    if dependent_role == Some(Role::Promoted) && role == Role::Promoted {
        return;
    }
    for node in known_nodes(run, dependent) {
        // The list is built newest first, so the last instance on a node speaks for it.
        let there = found.iter().rev().find(|(n, _)| *n == node);
        let (instance, change) = match there {
            Some(&(_, instance)) => (instance, score_as_assigned(run, instance, node)),
            None => (clone, Score::MINUS_INFINITY),
        };
        add(run, id, dependent, instance, node, change);
    }
}

/// An instance that is placed gains or loses by whether its counterpart has the role.
fn follow_role(
    run: &mut Run<'_>,
    id: ColocationId,
    dependent: RscId,
    clone: RscId,
    role: Role,
) -> Score {
    let score = score_of(run, id);
    match compatible_with_attribute(run, id, dependent, clone, role) {
        Some(_) => {
            run.plan
                .add_priority(dependent, score, Source::Colocation(id, clone));
            score
        }
        None if score >= Score::INFINITY => {
            let never = Score::MINUS_INFINITY;
            run.plan
                .add_priority(dependent, never, Source::Colocation(id, clone));
            never
        }
        None => Score::ZERO,
    }
}

/// An instance with a role whose node has the same value as the dependent's.
fn compatible_with_attribute(
    run: &Run<'_>,
    id: ColocationId,
    dependent: RscId,
    clone: RscId,
    role: Role,
) -> Option<RscId> {
    let attribute = run.plan.colocations.table[id].node_attr.as_deref();
    let own = node_value(run, attribute, unique_node(run, dependent)?, dependent);
    run.plan.children[clone].iter().copied().find(|&instance| {
        next_role(run, instance) == role
            && !is_blocked(run, instance)
            && unique_node(run, instance)
                .is_some_and(|node| is_same(&own, &node_value(run, attribute, node, instance)))
    })
}

// ---- bundle primaries ----

fn with_bundle(run: &mut Run<'_>, id: ColocationId, dependent: RscId, bundle: RscId) -> Score {
    if run.plan.unassigned.contains(bundle) {
        return Score::ZERO;
    }
    let colocation = &run.plan.colocations.table[id];
    let (score, role, named) = (
        colocation.score,
        colocation.primary_role,
        colocation.dependent,
    );
    let containers = super::instances::containers(run.model, bundle);
    if matches!(
        run.model.resources[named].variant,
        Variant::Clone(_) | Variant::Bundle(_)
    ) {
        return match compatible_container(run, dependent, &containers) {
            Some(container) => apply(run, id, dependent, container),
            None => {
                if score >= Score::INFINITY {
                    assign(run, dependent, None, Force::Yes, true);
                }
                Score::ZERO
            }
        };
    }
    if score < Score::INFINITY {
        return sum(containers
            .into_iter()
            .map(|container| apply(run, id, dependent, container)));
    }
    let nodes: Vec<NodeId> = containers
        .into_iter()
        .filter(|&container| !is_blocked(run, container))
        .filter(|&container| {
            let inner = affects::role_carrier(run.model, container);
            role.is_none_or(|role| role < Role::Promoted)
                || (inner != container && run.plan.rscs[inner].next_role >= Role::Promoted)
        })
        .filter_map(|container| run.plan.assigned[container])
        .collect();
    keep_only(run, id, dependent, bundle, &nodes);
    Score::ZERO
}

/// The container that is where an instance is; for what is inside another bundle, where that one's container is.
fn compatible_container(run: &Run<'_>, dependent: RscId, containers: &[RscId]) -> Option<RscId> {
    let host = |node: NodeId| {
        if affects::is_bundle_node(run.model, node) {
            run.plan.assigned[affects::launcher_of(run.model, node)?]
        } else {
            Some(node)
        }
    };
    let on = |node: NodeId| {
        let mut candidates = containers.iter().copied();
        candidates.find(|&c| !is_blocked(run, c) && run.plan.assigned[c] == Some(node))
    };
    if let Some(node) = unique_node(run, dependent).and_then(host) {
        return on(node);
    }
    nodes_by_preference(run, dependent, None)
        .into_iter()
        .find_map(|(node, _)| on(host(node)?))
}

// ---- shared ----

fn keep_only(
    run: &mut Run<'_>,
    id: ColocationId,
    dependent: RscId,
    primary: RscId,
    nodes: &[NodeId],
) {
    for node in known_nodes(run, dependent) {
        if !nodes.contains(&node) {
            add(run, id, dependent, primary, node, Score::MINUS_INFINITY);
        }
    }
}

/// Whether a resource or anything below it is blocked.
pub fn is_blocked(run: &Run<'_>, rsc: RscId) -> bool {
    run.plan.rscs[rsc].is(RscFlags::BLOCKED)
        || run.plan.children[rsc]
            .iter()
            .any(|&child| is_blocked(run, child))
}

/// The one node that everything below a resource is assigned to.
pub fn unique_node(run: &Run<'_>, rsc: RscId) -> Option<NodeId> {
    if run.model.resources[rsc].is_primitive() {
        return run.plan.assigned[rsc];
    }
    let mut found = None;
    for &child in &run.plan.children[rsc] {
        match (unique_node(run, child), found) {
            (None, _) => {}
            (node, None) => found = node,
            (node, known) if node != known => return None,
            _ => {}
        }
    }
    found
}

/// The score that a node had for a resource that was assigned to it; of a collective that of the first below it. Where
/// a resource is not managed it was not chosen, and the node brings the score that it has for anything.
fn score_as_assigned(run: &Run<'_>, rsc: RscId, node: NodeId) -> Score {
    if !run.model.resources[rsc].is_primitive() {
        let mut below = run.plan.children[rsc].iter();
        let first = below.find(|&&child| unique_node(run, child) == Some(node));
        return first.map_or(Score::ZERO, |&child| score_as_assigned(run, child, node));
    }
    if !run.plan.rscs[rsc].is(RscFlags::MANAGED) {
        return run.model.node_states[node].score;
    }
    run.plan.scores.get(rsc, node).unwrap_or(Score::ZERO)
}

/// The role a resource shall have; of a collective the highest below it.
pub fn next_role(run: &Run<'_>, rsc: RscId) -> Role {
    if run.model.resources[rsc].is_primitive() {
        return run.plan.rscs[rsc].next_role;
    }
    let below = run.plan.children[rsc].iter();
    below
        .map(|&child| next_role(run, child))
        .max()
        .unwrap_or(Role::Unknown)
}
