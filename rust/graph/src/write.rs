//! The graph as XML.

use crate::value::{ActionKind, ActionRef, GraphAction, GraphResource, Synapse, TransitionGraph};
use pcmk_xml::Element;

/// The `transition_graph` element.
pub fn write(graph: &TransitionGraph) -> Element {
    let mut root = Element::new("transition_graph");
    for (name, value) in &graph.header {
        root.set_attr(*name, value.as_str());
    }
    root.with_children(graph.synapses.iter().map(synapse))
}

fn synapse(synapse: &Synapse) -> Element {
    let mut element = Element::new("synapse").with_attr("id", synapse.id.to_string());
    if synapse.priority > 0 {
        element.set_attr("priority", synapse.priority.to_string());
    }
    let inputs = synapse
        .inputs
        .iter()
        .map(|input| Element::new("trigger").with_child(brief(input)));
    element
        .with_child(Element::new("action_set").with_children(synapse.actions.iter().map(full)))
        .with_child(Element::new("inputs").with_children(inputs))
}

fn brief(action: &ActionRef) -> Element {
    let mut element = Element::new(action.kind.element());
    if action.kind == ActionKind::ClusterCib {
        element.set_attr("mode", "cib");
    }
    element.set_attr("id", action.id.to_string());
    element.set_attr("operation", action.operation.as_str());
    element.set_attr("operation_key", action.key.as_str());
    set_some(
        &mut element,
        "internal_operation_key",
        action.internal_key.as_deref(),
    );
    if let Some((name, id)) = &action.on_node {
        element.set_attr("on_node", name.as_str());
        element.set_attr("on_node_uuid", id.as_str());
    }
    set_some(&mut element, "router_node", action.router_node.as_deref());
    element
}

fn full(action: &GraphAction) -> Element {
    let mut element = brief(&action.id);
    if let Some(time) = action.shutdown_lock {
        element.set_attr("shutdown-lock", time.to_string());
    }
    if let Some(rsc) = &action.resource {
        element.push_child(resource(rsc));
    }
    let mut attributes = Element::new("attributes");
    for (name, value) in &action.attributes {
        attributes.set_attr(&**name, &**value);
    }
    let params = action.params.iter();
    element.push_child(attributes.with_children(params.map(|(name, value)| {
        Element::new("param")
            .with_attr("name", name.as_str())
            .with_attr("value", value.as_str())
    })));
    if !action.downed.is_empty() {
        let nodes = action
            .downed
            .iter()
            .map(|id| Element::new("node").with_attr("id", id.as_str()));
        element.push_child(Element::new("downed").with_children(nodes));
    }
    if !action.maintenance.is_empty() {
        let nodes = action.maintenance.iter().map(|(id, on)| {
            let on = if *on { "1" } else { "0" };
            Element::new("node")
                .with_attr("id", id.as_str())
                .with_attr("node_in_maintenance", on)
        });
        element.push_child(Element::new("maintenance").with_children(nodes));
    }
    element
}

fn resource(rsc: &GraphResource) -> Element {
    let mut element = Element::new(rsc.element.as_str()).with_attr("id", rsc.id.as_str());
    set_some(&mut element, "long-id", rsc.long_id.as_deref());
    set_some(&mut element, "class", rsc.class.as_deref());
    set_some(&mut element, "provider", rsc.provider.as_deref());
    set_some(&mut element, "type", rsc.kind.as_deref());
    element
}

fn set_some(element: &mut Element, name: &'static str, value: Option<&str>) {
    if let Some(value) = value {
        element.set_attr(name, value);
    }
}
