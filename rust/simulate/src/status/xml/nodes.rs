//! Nodes and the attributes that users gave them.

use super::super::StatusOptions;
use super::super::attributes::{expected, of_users};
use super::super::nodes::{feature_set, health};
use super::resources::resource;
use super::{element, unless_empty, yes};
use pcmk_model::{Model, NodeFlags as F, NodeId, NodeKind};
use pcmk_xml::Element;

pub(super) fn nodes(model: &Model, options: StatusOptions) -> Element {
    let mut list = Element::new("nodes");
    let shown = model.node_order.iter().copied();
    for node in shown.filter(|&node| options.shows(node)) {
        list.push_child(one(model, node, options));
    }
    list
}

fn one(model: &Model, node: NodeId, options: StatusOptions) -> Element {
    let it = &model.nodes[node];
    let state = &model.node_states[node];
    let launcher = it.connection.and_then(|c| model.resources[c].launcher);
    let container = launcher.filter(|_| it.kind == NodeKind::Guest);
    let running = state.running.len().to_string();
    let flag = |flag| Some(yes(state.is(flag)));
    let attributes = [
        ("name", Some(&*it.name)),
        ("id", Some(&*it.id)),
        ("online", flag(F::ONLINE)),
        ("standby", flag(F::STANDBY)),
        ("standby_onfail", flag(F::FAIL_STANDBY)),
        ("maintenance", flag(F::MAINTENANCE)),
        ("pending", flag(F::PENDING)),
        ("unclean", flag(F::UNCLEAN)),
        ("health", Some(health(model, node))),
        ("feature_set", feature_set(model, node)),
        ("shutdown", flag(F::SHUTDOWN)),
        ("expected_up", flag(F::EXPECTED_UP)),
        ("is_dc", flag(F::DC)),
        ("resources_running", Some(&*running)),
        (
            "type",
            Some(match it.kind {
                NodeKind::Cluster => "member",
                NodeKind::Remote | NodeKind::Guest => "remote",
            }),
        ),
        (
            "id_as_resource",
            container.map(|container| &*model.resources[container].id),
        ),
    ];
    let mut shown = element("node", &attributes);
    if options.by_node {
        let described = StatusOptions {
            description: true,
            ..options
        };
        for &rsc in &state.running {
            shown.push_child(resource(model, rsc, described));
        }
    }
    shown
}

pub(super) fn attributes(model: &Model, options: StatusOptions) -> Option<Element> {
    let mut list = Element::new("node_attributes");
    for &node in &model.node_order {
        if !model.node_states[node].is(F::ONLINE) || !options.shows(node) {
            continue;
        }
        let of_node = of_users(model, node).into_iter().map(|(name, value)| {
            let expected = expected(model, node, name).map(|number| number.to_string());
            let attributes = [
                ("name", Some(name)),
                ("value", Some(value)),
                ("expected", expected.as_deref()),
            ];
            element("attribute", &attributes)
        });
        let mut shown = element("node", &[("name", Some(&*model.nodes[node].name))]);
        for attribute in of_node {
            shown.push_child(attribute);
        }
        if !shown.children().is_empty() {
            list.push_child(shown);
        }
    }
    unless_empty(list)
}
