//! Whether a colocation matters at this moment, and by which value nodes are compared.

use crate::Run;
use pcmk_base::Role;
use pcmk_model::{ColocationId, Model, NodeId, NodeKind, RscFlags, RscId, Variant};

/// What a colocation changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing, now.
    Nothing,
    /// Which instance is promoted.
    Role,
    /// Which node is chosen.
    Location,
}

/// What a colocation changes now. The dependent may be an instance of the one it names, the primary too.
pub fn effect(
    run: &Run<'_>,
    id: ColocationId,
    dependent: RscId,
    primary: RscId,
    preview: bool,
) -> Effect {
    let colocation = &run.plan.colocations.table[id];
    if !preview && run.plan.unassigned.contains(primary) {
        return Effect::Nothing;
    }
    let carrier = role_carrier(run.model, dependent);
    let dependent_assigned = !run.plan.unassigned.contains(dependent);
    if colocation
        .dependent_role
        .is_some_and(|role| role >= Role::Unpromoted)
        && in_promotable_clone(run, carrier)
        && !run.plan.unassigned.contains(carrier)
    {
        return Effect::Role;
    }
    if !preview && dependent_assigned {
        return Effect::Nothing;
    }
    let role_differs = |role: Option<Role>, of: RscId| {
        role.is_some_and(|role| role != Role::Unknown && role != run.plan.rscs[of].next_role)
    };
    if role_differs(colocation.dependent_role, carrier)
        || role_differs(colocation.primary_role, role_carrier(run.model, primary))
    {
        return Effect::Nothing;
    }
    Effect::Location
}

fn in_promotable_clone(run: &Run<'_>, rsc: RscId) -> bool {
    run.model.resources[rsc]
        .parent
        .is_some_and(|parent| run.plan.rscs[parent].is(RscFlags::PROMOTABLE))
}

/// Whose role counts: for a replica's container that of the resource inside.
pub fn role_carrier(model: &Model, rsc: RscId) -> RscId {
    let Some(parent) = model.resources[rsc].parent else {
        return rsc;
    };
    let Variant::Bundle(bundle) = &model.resources[parent].variant else {
        return rsc;
    };
    let replica = bundle.replicas.iter().find(|r| r.container == rsc);
    replica.and_then(|r| r.child).unwrap_or(rsc)
}

/// Whether the dependent's preferences may move the primary.
pub fn has_influence(run: &Run<'_>, id: ColocationId, rsc: Option<RscId>) -> bool {
    let colocation = &run.plan.colocations.table[id];
    let primary = rsc.unwrap_or(colocation.primary);
    let active_on = active_nodes(run, primary);
    let nested = run.plan.rscs[colocation.dependent].is(RscFlags::REMOTE_NESTING_ALLOWED);
    if nested && !run.plan.rscs[primary].is(RscFlags::FAILED) && active_on == 1 {
        return false;
    }
    colocation.influence || active_on == 0
}

/// On how many nodes a resource is active. A collective counts the node of each member that is not managed.
pub fn active_nodes(run: &Run<'_>, rsc: RscId) -> usize {
    run.model.activity[rsc].active_on.len()
}

/// What has to be equal for a colocation to count as fulfilled.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// The node itself.
    Node(NodeId),
    /// A node attribute.
    Text(&'a str),
    /// The node has no such attribute.
    Absent,
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Node(a), Value::Node(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a.eq_ignore_ascii_case(b),
            (Value::Absent, Value::Absent) => true,
            _ => false,
        }
    }
}

/// The value of a node that a colocation by this attribute compares, as a resource sees the node.
pub fn node_value<'a>(
    run: &'a Run<'_>,
    attribute: Option<&str>,
    node: NodeId,
    rsc: RscId,
) -> Value<'a> {
    let Some(place) = value_host(run, node, rsc) else {
        return Value::Absent;
    };
    match attribute {
        None | Some("#uname") if run.model.named.contains(place) => Value::Node(place),
        None | Some("#uname") => Value::Absent,
        Some(name) => {
            let value = run.model.nodes[place].attrs.get(name);
            value.map_or(Value::Absent, |text| Value::Text(text))
        }
    }
}

/// Where a value is read: on the host of a guest, if the resource says so or is what runs inside a bundle.
fn value_host(run: &Run<'_>, node: NodeId, rsc: RscId) -> Option<NodeId> {
    if run.model.nodes[node].kind != NodeKind::Guest {
        return Some(node);
    }
    let wants_host = run.model.resources[rsc]
        .meta("container-attribute-target")
        .is_some_and(|target| target.eq_ignore_ascii_case("host"));
    let inside = is_bundle_node(run.model, node) && is_inside_bundle(run.model, rsc);
    if !(wants_host || inside) {
        return Some(node);
    }
    run.plan.assigned[launcher_of(run.model, node)?]
}

/// Whether a resource is what a bundle is for, not one of the parts that carry it.
fn is_inside_bundle(model: &Model, rsc: RscId) -> bool {
    let bundle = model.bundle_of(rsc).map(|b| &model.resources[b].variant);
    matches!(bundle, Some(Variant::Bundle(spec)) if spec.inner == Some(model.top_of(rsc)))
}

/// The virtual machine or container that a guest node is.
pub fn launcher_of(model: &Model, node: NodeId) -> Option<RscId> {
    let connection = model.nodes[node].connection?;
    model.resources[connection].launcher
}

/// Whether a node is a replica of a bundle.
pub fn is_bundle_node(model: &Model, node: NodeId) -> bool {
    model.nodes[node].kind == NodeKind::Guest
        && launcher_of(model, node).is_some_and(|container| model.bundle_of(container).is_some())
}
