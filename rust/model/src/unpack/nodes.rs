//! Nodes: the configured half.

use super::reader::Reader;
use crate::{Attrs, Node, NodeFlags, NodeId, NodeKind, NodeState, ProbeMode, codes};
use pcmk_base::{Diagnostic, Entity, Level, Score, Text};
use pcmk_xml::Element;

/// Reads the `nodes` section. An unknown type ends the reading of it.
pub(super) fn read(reader: &mut Reader<'_>) {
    let Some(section) = reader.configuration("nodes") else {
        return;
    };
    for element in section.children_named("node") {
        let Some(id) = element.id().filter(|id| !id.is_empty()) else {
            let entity = Entity::Element {
                name: "node".to_owned(),
                id: String::new(),
            };
            reader.sink.error(codes::WITHOUT_ID, entity);
            continue;
        };
        let name = element.attr("uname").unwrap_or_default();
        let kind = match element.attr("type") {
            None => NodeKind::Cluster,
            Some(word) if word.eq_ignore_ascii_case("member") => NodeKind::Cluster,
            Some(word) if word.eq_ignore_ascii_case("remote") => NodeKind::Remote,
            Some(other) => {
                let found = Diagnostic::new(
                    Level::Error,
                    codes::UNKNOWN_NODE_TYPE,
                    Entity::Node(name.to_owned()),
                );
                reader.sink.push(found.with("type", other));
                return;
            }
        };
        let score = element
            .attr("score")
            .map_or(Score::ZERO, |t| reader.score(t).unwrap_or_default());
        if reader.model.node_named(name).is_some() {
            reader
                .sink
                .warning(codes::DUPLICATE_NODE_NAME, Entity::Node(name.to_owned()));
        }
        let node = create(reader, id, name, kind, score);
        read_attributes(reader, node, element);
    }
}

/// Adds a node without configured attributes. Cluster nodes are unclean until seen, if startup fencing is on.
pub(super) fn create(
    reader: &mut Reader<'_>,
    id: &str,
    name: &str,
    kind: NodeKind,
    score: Score,
) -> NodeId {
    let mut flags = NodeFlags::PROBES_ALLOWED;
    flags.set(
        NodeFlags::UNCLEAN,
        kind == NodeKind::Cluster && reader.model.options.startup_fencing,
    );
    let dc_known = reader
        .model
        .node_states
        .values()
        .any(|n| n.is(NodeFlags::DC));
    let is_dc = !dc_known
        && reader
            .cib
            .attr("dc-uuid")
            .is_some_and(|dc| dc.eq_ignore_ascii_case(id));
    flags.set(NodeFlags::DC, is_dc);
    let is_cluster = kind == NodeKind::Cluster;
    let word = if is_cluster { "cluster" } else { "remote" };
    let attrs = Attrs::from_iter([("#kind".into(), word.into())]);
    let node = Node {
        id: id.into(),
        name: name.into(),
        kind,
        connection: None,
        attrs,
        utilization: Attrs::default(),
        probe_mode: ProbeMode::Always,
    };
    reader.model.add_node(
        node,
        NodeState {
            flags,
            score,
            priority: 0,
            running: Vec::new(),
        },
    )
}

/// Makes a node that of something launched. A node configured as a member of the cluster stays one, whatever
/// connection has its name.
pub(super) fn make_guest(node: &mut Node) {
    if node.kind == NodeKind::Remote {
        node.kind = NodeKind::Guest;
    }
    node.attrs.insert("#kind".into(), "container".into());
}

/// The built-in attributes that name a node. One that has neither an entry in `nodes` nor a state does not have them,
/// so rules and colocations can't tell such nodes apart.
pub(super) fn read_identity(reader: &mut Reader<'_>, node: NodeId) {
    let is_dc = reader.model.node_states[node].is(NodeFlags::DC);
    let cluster = reader.model.options.cluster_name.clone();
    let node = &mut reader.model.nodes[node];
    let (name, id) = (node.name.clone(), node.id.clone());
    let is_dc = Text::from(if is_dc { "true" } else { "false" });
    node.attrs.extend([
        ("#uname".into(), name),
        ("#id".into(), id),
        ("#is_dc".into(), is_dc),
    ]);
    node.attrs
        .extend(cluster.map(|cluster| ("#cluster-name".into(), cluster)));
}

/// The name of a node's site, once its attributes are known.
pub(super) fn read_site(reader: &mut Reader<'_>, node: NodeId) {
    let cluster = reader.model.options.cluster_name.clone();
    let attrs = &mut reader.model.nodes[node].attrs;
    if !attrs.contains_key("#site-name") {
        let site = attrs.get("site-name").cloned().or(cluster);
        attrs.extend(site.map(|site| ("#site-name".into(), site)));
    }
}

/// Permanent attributes and capacity, which never replace what is there; then the site's name.
fn read_attributes<'a>(reader: &mut Reader<'a>, node: NodeId, element: &'a Element) {
    read_identity(reader, node);
    let mut attrs = std::mem::take(&mut reader.model.nodes[node].attrs);
    reader.blocks(element, "instance_attributes", None, &mut attrs);
    let mut capacity = Attrs::default();
    reader.blocks(element, "utilization", None, &mut capacity);
    reader.model.nodes[node].attrs = attrs;
    reader.model.nodes[node].utilization = capacity;
    read_site(reader, node);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Model, ReadOptions};

    fn read(nodes: &str) -> (Model, Vec<Diagnostic>) {
        let text = format!(
            "<cib have-quorum='1' dc-uuid='2'><configuration><nodes>{nodes}</nodes></configuration></cib>"
        );
        Model::read(
            &pcmk_xml::parse_str(&text).unwrap(),
            &ReadOptions {
                now: 0,
                sanitized: false,
            },
        )
    }

    #[test]
    fn nodes_are_listed_by_name() {
        let (model, _) = read("<node id='1' uname='n10'/><node id='2' uname='n2'/>");
        let names: Vec<_> = model
            .node_order
            .iter()
            .map(|&n| &*model.nodes[n].name)
            .collect();
        assert_eq!(names, ["n2", "n10"]);
        let dc = model.node_named("N2").unwrap();
        assert!(model.node_states[dc].is(NodeFlags::DC | NodeFlags::UNCLEAN));
        assert_eq!(
            model.nodes[dc].attrs.get("#is_dc").map(|v| &**v),
            Some("true")
        );
    }

    #[test]
    fn an_unknown_type_ends_the_list() {
        let (model, found) = read(
            "<node id='1' uname='a'/><node id='2' uname='b' type='x'/><node id='3' uname='c'/>",
        );
        assert_eq!(model.nodes.len(), 1);
        assert!(found.iter().any(|d| d.code == codes::UNKNOWN_NODE_TYPE));
    }

    #[test]
    fn configured_attributes_do_not_replace_built_in_ones() {
        let (model, _) = read(
            "<node id='1' uname='a' score='7'><instance_attributes id='i'><nvpair id='p' name='#uname' value='x'/>\
             <nvpair id='q' name='site-name' value='here'/></instance_attributes></node>",
        );
        let node = model.node_named("a").unwrap();
        assert_eq!(
            model.nodes[node].attrs.get("#uname").map(|v| &**v),
            Some("a")
        );
        assert_eq!(
            model.nodes[node].attrs.get("#site-name").map(|v| &**v),
            Some("here")
        );
        assert_eq!(model.node_states[node].score, Score::new(7));
    }
}
