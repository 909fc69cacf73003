//! The effect of a colocation whose primary is assigned: on the dependent's table, or on its priority for
//! promotion.

use super::affects::{self, Effect, Value, node_value};
use super::compatible::compatible;
use super::instances::nodes_by_preference;
use super::record::{Force, assign};
use super::{location, node_order};
use crate::Run;
use pcmk_base::{Id, Role, Score};
use pcmk_model::{Cell, ColocationId, NodeId, RscFlags, RscId, Variant};

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
        run.plan.rscs[group].priority += delta;
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
    let mut row = run.plan.scores.save(dependent);
    match run.plan.assigned[primary] {
        Some(node) => {
            let wanted = node_value(run, attribute, node, primary);
            for (index, cell) in row.iter_mut().enumerate() {
                let Some(known) = cell.score() else { continue };
                let here = node_value(run, attribute, NodeId::from_index(index), dependent);
                let equal = is_same(&wanted, &here);
                if equal && score < Score::INFINITY {
                    *cell = Cell::of(known + score);
                } else if !equal && score >= Score::INFINITY {
                    *cell = Cell::of(Score::MINUS_INFINITY);
                }
            }
        }
        None if score < Score::ZERO => return,
        None => {
            for cell in &mut row {
                if let Some(known) = cell.score() {
                    *cell = Cell::of(known + -score);
                }
            }
        }
    }
    if score.is_infinite() || any_usable(run, &row) {
        run.plan.scores.restore(dependent, &row);
    }
}

fn is_same(a: &Value<'_>, b: &Value<'_>) -> bool {
    a == b
}

fn any_usable(run: &Run<'_>, row: &[Cell]) -> bool {
    row.iter().enumerate().any(|(index, cell)| {
        let node = NodeId::from_index(index);
        node_order::is_usable(run.model, run.plan, node, cell.score(), true, false)
    })
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
    run.plan.rscs[dependent].priority += delta;
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
        keep_only(run, dependent, &nodes);
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
        let mut row = run.plan.scores.save(dependent);
        for &(node, instance) in &found {
            let wanted = node_value(run, attribute, node, instance);
            for (index, cell) in row.iter_mut().enumerate() {
                let Some(known) = cell.score() else { continue };
                let here = node_value(run, attribute, NodeId::from_index(index), dependent);
                if is_same(&wanted, &here) {
                    *cell = Cell::of(known + score);
                }
            }
        }
        run.plan.scores.restore(dependent, &row);
        return;
    }
    if dependent_role == Some(Role::Promoted) && role == Role::Promoted {
        return;
    }
    let mut row = run.plan.scores.save(dependent);
    for (index, cell) in row.iter_mut().enumerate() {
        let Some(known) = cell.score() else { continue };
        let node = NodeId::from_index(index);
        // The list is built newest first, so the last instance on a node speaks for it.
        let there = found.iter().rev().find(|(n, _)| *n == node);
        *cell = Cell::of(match there {
            Some(&(node, instance)) => {
                let own = run.plan.scores.get(instance, node);
                known + own.unwrap_or(Score::ZERO)
            }
            None => Score::MINUS_INFINITY,
        });
    }
    run.plan.scores.restore(dependent, &row);
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
            run.plan.rscs[dependent].priority += score;
            score
        }
        None if score >= Score::INFINITY => {
            run.plan.rscs[dependent].priority = Score::MINUS_INFINITY;
            Score::MINUS_INFINITY
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
    keep_only(run, dependent, &nodes);
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

fn keep_only(run: &mut Run<'_>, rsc: RscId, nodes: &[NodeId]) {
    let known: Vec<NodeId> = run.plan.scores.nodes(rsc).map(|(node, _)| node).collect();
    for node in known {
        if !nodes.contains(&node) {
            run.plan.scores.set(rsc, node, Score::MINUS_INFINITY);
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

/// Bans every node for an instance that is one too many.
pub fn ban(run: &mut Run<'_>, rsc: RscId) {
    location::ban_everywhere(run, rsc);
}
