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
    let id = action.id.to_string();
    let node = action.on_node.as_ref();
    let attrs = [
        (action.kind == ActionKind::ClusterCib).then_some(("mode", "cib")),
        Some(("id", &*id)),
        Some(("operation", &*action.operation)),
        Some(("operation_key", &*action.key)),
        some("internal_operation_key", &action.internal_key),
        node.map(|(name, _)| ("on_node", &**name)),
        node.map(|(_, id)| ("on_node_uuid", &**id)),
        some("router_node", &action.router_node),
    ];
    Element::new(action.kind.element()).with_attrs(attrs.into_iter().flatten())
}

fn full(action: &GraphAction) -> Element {
    let mut element = brief(&action.id);
    if let Some(time) = action.shutdown_lock {
        element.set_attr("shutdown-lock", time.to_string());
    }
    if let Some(rsc) = &action.resource {
        element.push_child(resource(rsc));
    }
    let attributes = action.attributes.iter();
    let attributes =
        Element::new("attributes").with_attrs(attributes.map(|(name, value)| (&**name, value)));
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
    let attrs = [
        Some(("id", &*rsc.id)),
        some("long-id", &rsc.long_id),
        some("class", &rsc.class),
        some("provider", &rsc.provider),
        some("type", &rsc.kind),
    ];
    Element::new(rsc.element.as_str()).with_attrs(attrs.into_iter().flatten())
}

fn some<'a>(name: &'static str, value: &'a Option<String>) -> Option<(&'static str, &'a str)> {
    value.as_deref().map(|value| (name, value))
}
