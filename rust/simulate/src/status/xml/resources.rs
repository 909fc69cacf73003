//! Resources with all that is in them.

use super::super::StatusOptions;
use super::super::primitive::{displayed_role, pending_word, printable_id};
use super::super::resources::{Extent, is_active, is_disabled, is_elsewhere, is_removed};
use super::{element, yes};
use pcmk_base::Role;
use pcmk_model::{Bundle, Model, NodeFlags, Resource, RscFlags as R, RscId, Variant};
use pcmk_xml::Element;

pub(super) fn resources(model: &Model, options: StatusOptions) -> Element {
    let mut list = Element::new("resources");
    for &rsc in &model.top {
        let active = is_active(model, rsc, Extent::All);
        if (is_removed(model, rsc) && !active) || (options.by_node && active) {
            continue;
        }
        if !is_elsewhere(model, rsc, options) {
            push(model, rsc, options, &mut list);
        }
    }
    list
}

fn push(model: &Model, rsc: RscId, options: StatusOptions, list: &mut Element) {
    if !options.shows_resource(rsc) {
        return;
    }
    list.push_child(one(model, rsc, options));
}

/// A resource, whether it is to be shown or not.
pub(super) fn one(model: &Model, rsc: RscId, options: StatusOptions) -> Element {
    match &model.resources[rsc].variant {
        Variant::Primitive(_) => resource(model, rsc, options),
        Variant::Group(_) => group(model, rsc, options),
        Variant::Clone(_) => clone(model, rsc, options),
        Variant::Bundle(spec) => bundle(model, rsc, spec, options),
    }
}

/// A primitive, with the nodes that it is on.
pub(super) fn resource(model: &Model, rsc: RscId, options: StatusOptions) -> Element {
    let it = &model.resources[rsc];
    let state = &model.states[rsc];
    let active_on = &model.activity[rsc].active_on;
    let agent = it
        .primitive()
        .map_or(String::new(), |primitive| primitive.agent.to_string());
    let role = displayed_role(model, rsc).max(Role::Stopped).to_string();
    let (id, count) = (printable_id(model, rsc), active_on.len().to_string());
    let locked = state.lock.map(|(node, _)| &*model.nodes[node].name);
    let flag = |flag| Some(yes(state.is(flag)));
    let attributes = [
        ("id", Some(&*id)),
        ("resource_agent", Some(&*agent)),
        ("role", Some(&*role)),
        ("target_role", it.meta("target-role")),
        ("active", Some(yes(is_active(model, rsc, Extent::All)))),
        ("orphaned", flag(R::REMOVED)),
        ("removed", flag(R::REMOVED)),
        ("blocked", flag(R::BLOCKED)),
        ("maintenance", flag(R::MAINTENANCE)),
        ("managed", flag(R::MANAGED)),
        ("failed", flag(R::FAILED)),
        ("failure_ignored", flag(R::IGNORE_FAILURE)),
        ("nodes_running_on", Some(&*count)),
        ("pending", pending_word(model, rsc)),
        ("locked_to", locked),
        ("description", description(it, options)),
    ];
    let mut shown = element("resource", &attributes);
    for &node in active_on {
        let online = model.node_states[node].is(NodeFlags::ONLINE);
        let at = [
            ("name", Some(&*model.nodes[node].name)),
            ("id", Some(&*model.nodes[node].id)),
            ("cached", Some(yes(online))),
        ];
        shown.push_child(element("node", &at));
    }
    shown
}

/// What people wrote about a resource, if it is to be shown.
fn description<'m>(it: &'m Resource, options: StatusOptions) -> Option<&'m str> {
    it.xml.attr("description").filter(|_| options.description)
}

fn group(model: &Model, rsc: RscId, options: StatusOptions) -> Element {
    let it = &model.resources[rsc];
    let members = it.children.iter();
    let members = members.filter(|&&member| options.shows_resource(member));
    let count = members.clone().count().to_string();
    let state = &model.states[rsc];
    let attributes = [
        ("id", Some(&*it.id)),
        ("number_resources", Some(&*count)),
        ("maintenance", Some(yes(state.is(R::MAINTENANCE)))),
        ("managed", Some(yes(state.is(R::MANAGED)))),
        ("disabled", Some(yes(is_disabled(model, rsc)))),
        ("description", description(it, options)),
    ];
    let mut shown = element("group", &attributes);
    for &member in members {
        push(model, member, options, &mut shown);
    }
    shown
}

fn clone(model: &Model, rsc: RscId, options: StatusOptions) -> Element {
    let it = &model.resources[rsc];
    let state = &model.states[rsc];
    let flag = |flag| Some(yes(state.is(flag)));
    let attributes = [
        ("id", Some(&*it.id)),
        ("multi_state", flag(R::PROMOTABLE)),
        ("unique", flag(R::UNIQUE)),
        ("maintenance", flag(R::MAINTENANCE)),
        ("managed", flag(R::MANAGED)),
        ("disabled", Some(yes(is_disabled(model, rsc)))),
        ("failed", flag(R::FAILED)),
        ("failure_ignored", flag(R::IGNORE_FAILURE)),
        ("target_role", it.meta("target-role")),
        ("description", description(it, options)),
    ];
    let mut shown = element("clone", &attributes);
    let instances = it.children.iter().copied();
    for instance in instances.filter(|&instance| !is_elsewhere(model, instance, options)) {
        push(model, instance, options, &mut shown);
    }
    shown
}

fn bundle(model: &Model, rsc: RscId, spec: &Bundle, options: StatusOptions) -> Element {
    let it = &model.resources[rsc];
    let state = &model.states[rsc];
    let flag = |flag| Some(yes(state.is(flag)));
    let attributes = [
        ("id", Some(&*it.id)),
        ("type", Some(&*spec.agent)),
        ("image", Some(&*spec.image)),
        ("unique", flag(R::UNIQUE)),
        ("maintenance", flag(R::MAINTENANCE)),
        ("managed", flag(R::MANAGED)),
        ("failed", flag(R::FAILED)),
        ("description", description(it, options)),
    ];
    let mut shown = element("bundle", &attributes);
    let replicas = spec.replicas.iter();
    for replica in replicas.filter(|it| !is_elsewhere(model, it.container, options)) {
        let number = replica.number.to_string();
        let mut one = element("replica", &[("id", Some(&*number))]);
        let parts = [
            replica.ip,
            replica.child,
            Some(replica.container),
            replica.connection,
        ];
        for part in parts.into_iter().flatten() {
            push(model, part, options, &mut one);
        }
        if !one.children().is_empty() {
            shown.push_child(one);
        }
    }
    shown
}
