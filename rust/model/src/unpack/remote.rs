//! Remote and guest nodes that resources stand for, and the connections of guests.

use super::nodes;
use super::reader::Reader;
use crate::NodeKind;
use pcmk_base::{AgentSpec, Score};
use pcmk_xml::Element;
use std::sync::Arc;

/// The children of the `resources` section, followed by the generated connections of guests. Makes a node for
/// each remote connection and each guest among primitives and members of groups.
pub(super) fn with_guest_connections(
    reader: &mut Reader<'_>,
    section: &Element,
) -> Vec<Arc<Element>> {
    let mut list = section.children().to_vec();
    let mut next = 0;
    while let Some(element) = list.get(next).cloned() {
        next += 1;
        if is_remote_connection(&element) {
            if let Some(id) = element.id() {
                ensure_node(reader, id);
            }
            continue;
        }
        let hosts = match element.name() {
            "primitive" => std::slice::from_ref(&element),
            "group" => element.children(),
            _ => continue,
        };
        for host in hosts {
            if let Some((name, connection)) = guest_connection(host) {
                list.push(Arc::new(connection));
                ensure_node(reader, &name);
            }
        }
    }
    list
}

fn is_remote_connection(element: &Element) -> bool {
    let part = |name| element.attr(name).unwrap_or_default();
    AgentSpec::new(part("class"), element.attr("provider"), part("type")).is_remote_connection()
}

/// Makes the node of a connection unless there is one of that name.
pub(super) fn ensure_node(reader: &mut Reader<'_>, name: &str) {
    if reader.model.node_named(name).is_none() {
        nodes::create(reader, name, name, NodeKind::Remote, Score::ZERO);
    }
}

/// The connection that a resource with the meta-attribute `remote-node` stands for. Rules and references are
/// not looked at, and the last value of a name counts.
fn guest_connection(host: &Element) -> Option<(String, Element)> {
    let last = |name: &str| {
        let blocks = host.children_named("meta_attributes");
        let pairs = blocks.flat_map(|block| block.children().iter());
        pairs
            .filter(|pair| pair.attr("name") == Some(name))
            .last()
            .and_then(|pair| pair.attr("value"))
    };
    let name = last("remote-node")?;
    let connection = Connection {
        name,
        launcher: host.id(),
        allow_migrate: last("remote-allow-migrate"),
        is_managed: last("is-managed"),
        start_timeout: Some(last("remote-connect-timeout").unwrap_or("60s")),
        address: last("remote-addr"),
        port: last("remote-port"),
    };
    Some((name.to_owned(), connection.element()))
}

/// What the connection to a Pacemaker Remote node is generated from.
pub(super) struct Connection<'c> {
    pub name: &'c str,
    pub launcher: Option<&'c str>,
    pub allow_migrate: Option<&'c str>,
    pub is_managed: Option<&'c str>,
    pub start_timeout: Option<&'c str>,
    pub address: Option<&'c str>,
    pub port: Option<&'c str>,
}

impl Connection<'_> {
    /// The primitive.
    pub fn element(&self) -> Element {
        let name = self.name;
        let meta = [
            ("internal_rsc", Some("true")),
            ("container", self.launcher),
            ("allow-migrate", self.allow_migrate),
            ("is-managed", self.is_managed),
        ];
        let params = [("addr", self.address), ("port", self.port)];
        let mut ops =
            Element::new("operations").with_child(operation(name, "monitor", "30s", Some("30s")));
        if let Some(timeout) = self.start_timeout {
            ops.push_child(operation(name, "start", "0", Some(timeout)));
        }
        let id = format!("{name}-meta_attributes");
        let mut primitive =
            primitive(name, "pacemaker", "remote").with_child(block("meta_attributes", &id, &meta));
        if params.iter().any(|(_, value)| value.is_some()) {
            let id = format!("{name}-instance_attributes");
            primitive.push_child(block("instance_attributes", &id, &params));
        }
        primitive.with_child(ops)
    }
}

/// A generated OCF primitive without anything in it.
pub(super) fn primitive(id: &str, provider: &str, kind: &str) -> Element {
    Element::new("primitive")
        .with_attr("id", id)
        .with_attr("class", "ocf")
        .with_attr("provider", provider)
        .with_attr("type", kind)
}

/// A block of those pairs that have a value.
pub(super) fn block(name: &str, id: &str, pairs: &[(&str, Option<&str>)]) -> Element {
    let given = pairs.iter().filter_map(|(n, value)| Some((*n, (*value)?)));
    let pairs = given.map(|(name, value)| {
        Element::new("nvpair")
            .with_attr("id", format!("{id}-{name}"))
            .with_attr("name", name)
            .with_attr("value", value)
    });
    Element::new(name).with_attr("id", id).with_children(pairs)
}

/// An operation of a generated primitive.
pub(super) fn operation(rsc: &str, name: &str, interval: &str, timeout: Option<&str>) -> Element {
    let op = Element::new("op")
        .with_attr("id", format!("{rsc}-{name}-{interval}"))
        .with_attr("interval", interval)
        .with_attr("name", name);
    match timeout {
        Some(timeout) => op.with_attr("timeout", timeout),
        None => op,
    }
}
