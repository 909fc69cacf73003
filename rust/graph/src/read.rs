//! A graph from its XML, as the controller gets it.

use crate::value::{ActionKind, ActionRef, GraphAction, GraphResource, Synapse, TransitionGraph};
use pcmk_base::Text;
use pcmk_xml::Element;
use std::sync::Arc;

/// Why an element is not a usable transition graph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The root element is another one.
    #[error("not a transition graph but <{0}>")]
    NotAGraph(String),
    /// A needed attribute is missing or not a number.
    #[error("<{element}> without valid {attribute}")]
    Attribute {
        /// Where.
        element: String,
        /// Which.
        attribute: &'static str,
    },
    /// An element that does not stand for an action.
    #[error("unknown action <{0}>")]
    UnknownAction(String),
}

const HEADER: [&str; 8] = [
    "cluster-delay",
    "fencing-timeout",
    "failed-stop-offset",
    "failed-start-offset",
    "batch-limit",
    "transition_id",
    "migration-limit",
    "recheck-by",
];

/// Reads a `transition_graph` element. Unknown attributes of the graph are left out.
///
/// # Errors
/// [`ReadError`] if it is not one, or an action lacks its number, operation or key.
pub fn read(root: &Element) -> Result<TransitionGraph, ReadError> {
    if root.name() != "transition_graph" {
        return Err(ReadError::NotAGraph(root.name().to_owned()));
    }
    let header = HEADER
        .iter()
        .filter_map(|name| Some((*name, root.attr(name)?.to_owned())))
        .collect();
    let synapses = root
        .children_named("synapse")
        .map(|s| synapse(s))
        .collect::<Result<_, _>>()?;
    Ok(TransitionGraph { header, synapses })
}

fn synapse(element: &Element) -> Result<Synapse, ReadError> {
    let sets = element
        .children_named("action_set")
        .flat_map(|set| set.children());
    let triggers = element
        .children_named("inputs")
        .flat_map(|inputs| inputs.children_named("trigger"))
        .flat_map(|trigger| trigger.children());
    Ok(Synapse {
        id: number(element, "id")?,
        priority: element
            .attr("priority")
            .and_then(|p| p.parse().ok())
            .unwrap_or(0),
        actions: sets.map(|a| action(a)).collect::<Result<_, _>>()?,
        inputs: triggers.map(|a| reference(a)).collect::<Result<_, _>>()?,
    })
}

fn reference(element: &Element) -> Result<Arc<ActionRef>, ReadError> {
    let kind = match element.name() {
        "rsc_op" => ActionKind::Resource,
        "pseudo_event" => ActionKind::Pseudo,
        "crm_event" if element.attr("mode") == Some("cib") => ActionKind::ClusterCib,
        "crm_event" => ActionKind::Cluster,
        other => return Err(ReadError::UnknownAction(other.to_owned())),
    };
    let node = element.attr("on_node").map(|name| {
        (
            name.into(),
            element.attr("on_node_uuid").unwrap_or_default().into(),
        )
    });
    Ok(Arc::new(ActionRef {
        id: number(element, "id")?,
        kind,
        operation: text(element, "operation")?.into(),
        key: text(element, "operation_key")?,
        internal_key: element.attr("internal_operation_key").map(str::to_owned),
        on_node: node,
        router_node: element.attr("router_node").map(str::to_owned),
    }))
}

fn action(element: &Element) -> Result<GraphAction, ReadError> {
    const NOT_RESOURCES: [&str; 3] = ["attributes", "downed", "maintenance"];
    let attributes = element.child("attributes");
    let resource = element
        .children()
        .iter()
        .find(|c| !NOT_RESOURCES.contains(&c.name()));
    let nodes = |list: &str| -> Vec<Arc<Element>> {
        element
            .child(list)
            .map(|l| l.children_named("node").cloned().collect())
            .unwrap_or_default()
    };
    let owned = |text: &str| text.to_owned();
    let params = attributes.iter().flat_map(|a| a.children_named("param"));
    Ok(GraphAction {
        id: reference(element)?,
        shutdown_lock: element.attr("shutdown-lock").and_then(|t| t.parse().ok()),
        resource: resource.map(|r| {
            Arc::new(GraphResource {
                element: r.name().to_owned(),
                id: r.id().unwrap_or_default().to_owned(),
                long_id: r.attr("long-id").map(owned),
                class: r.attr("class").map(owned),
                provider: r.attr("provider").map(owned),
                kind: r.attr("type").map(owned),
            })
        }),
        attributes: attributes.map(|a| sorted(a)).unwrap_or_default(),
        params: params
            .map(|p| Ok((text(p, "name")?, text(p, "value")?)))
            .collect::<Result<_, ReadError>>()?,
        downed: nodes("downed")
            .iter()
            .filter_map(|n| n.id().map(owned))
            .collect(),
        maintenance: nodes("maintenance")
            .iter()
            .filter_map(|n| {
                Some((
                    n.id()?.to_owned(),
                    n.attr("node_in_maintenance") == Some("1"),
                ))
            })
            .collect(),
    })
}

fn sorted(attributes: &Element) -> Arc<[(Text, Text)]> {
    let pairs = attributes.attrs();
    let mut pairs: Vec<_> = pairs.map(|(n, v)| (n.into(), v.into())).collect();
    pairs.sort_unstable();
    pairs.into()
}

fn text(element: &Element, attribute: &'static str) -> Result<String, ReadError> {
    let missing = || ReadError::Attribute {
        element: element.name().to_owned(),
        attribute,
    };
    element
        .attr(attribute)
        .map(str::to_owned)
        .ok_or_else(missing)
}

fn number(element: &Element, attribute: &'static str) -> Result<u32, ReadError> {
    let missing = || ReadError::Attribute {
        element: element.name().to_owned(),
        attribute,
    };
    element
        .attr(attribute)
        .and_then(|t| t.parse().ok())
        .ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"<transition_graph cluster-delay="60s" transition_id="1">
  <synapse id="0" priority="5">
    <action_set>
      <rsc_op id="2" operation="start" operation_key="A_start_0" on_node="n1" on_node_uuid="1">
        <primitive id="A" class="ocf" provider="pacemaker" type="Dummy"/>
        <attributes CRM_meta_timeout="20000" state="/x"/>
      </rsc_op>
    </action_set>
    <inputs>
      <trigger>
        <pseudo_event id="1" operation="start" operation_key="G_start_0"/>
      </trigger>
    </inputs>
  </synapse>
  <synapse id="1">
    <action_set>
      <crm_event id="3" operation="do_shutdown" operation_key="do_shutdown-n2" on_node="n2" on_node_uuid="2">
        <attributes CRM_meta_op_no_wait="true"/>
        <downed>
          <node id="2"/>
        </downed>
      </crm_event>
    </action_set>
    <inputs/>
  </synapse>
</transition_graph>
"#;

    #[test]
    fn what_was_read_is_written_alike() {
        let graph = read(&pcmk_xml::parse_str(TEXT).unwrap()).unwrap();
        assert_eq!(graph.synapses[0].actions[0].meta("timeout"), Some("20000"));
        assert_eq!(pcmk_xml::write_pretty(&crate::write(&graph)), TEXT);
    }

    #[test]
    fn actions_need_a_key() {
        let bad = r#"<transition_graph><synapse id="0"><action_set><rsc_op id="1" operation="start"/></action_set>
            </synapse></transition_graph>"#;
        let error = read(&pcmk_xml::parse_str(bad).unwrap()).unwrap_err();
        assert_eq!(
            error,
            ReadError::Attribute {
                element: "rsc_op".into(),
                attribute: "operation_key"
            }
        );
    }
}
