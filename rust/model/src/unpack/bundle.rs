//! Bundles: containers with an address, a connection, and an instance of the inner primitive each.

use super::containers::Containers;
use super::meta::at_least;
use super::reader::{Reader, element_entity};
use super::remote::{Connection, block};
use super::{nodes, resources};
use crate::{
    Bundle, NodeId, NodeKind, ProbeMode, Replica, RscFlags, RscId, Source, Variant, codes,
};
use pcmk_base::{Entity, Level, Score, Text};
use pcmk_xml::Element;
use std::sync::Arc;

const ATTRIBUTE_TARGET: &str = "container-attribute-target";

/// Replicas one bundle may have: the options of each container name all of them.
const MOST_REPLICAS: u32 = 500;

/// What the container element says, before anything is made of it. Without one of a known kind, the name of
/// the agent is empty.
pub(super) fn settings(xml: &Element) -> Bundle {
    let kinds = ["docker", "podman"];
    let container = kinds.into_iter().find_map(|kind| xml.child(kind));
    let get = |name| container.and_then(|c| c.attr(name));
    Bundle {
        agent: container.map_or("", |c| c.name()).into(),
        image: get("image").unwrap_or_default().into(),
        inner: None,
        replicas: Vec::new(),
        per_host: get("replicas-per-host").map_or(1, |text| at_least(text, 1)),
        promoted_max: get("promoted-max").map_or(0, |text| at_least(text, 0)),
    }
}

/// Makes everything a bundle consists of; `None`, with diagnostics, if it cannot be used.
pub(super) fn read_replicas(reader: &mut Reader<'_>, rsc: RscId) -> Option<()> {
    let xml = Arc::clone(&reader.model.resources[rsc].xml);
    let mut settings = settings(&xml);
    let Some(container) = xml.child(&settings.agent) else {
        let entity = element_entity(&xml);
        reader.sink.error(codes::BUNDLE_WITHOUT_CONTAINER, entity);
        return None;
    };
    if settings.per_host == 1 {
        reader.model.states[rsc].flags -= RscFlags::UNIQUE;
    }
    let wanted = match container.attr("replicas") {
        None => settings.promoted_max.max(1),
        Some(text) => at_least(text, 1),
    };
    let wanted = reader.as_many_instances(xml.id().unwrap_or_default(), wanted, MOST_REPLICAS);
    let mut containers = Containers::read(reader, &xml, container);
    settings.inner = match xml.child("primitive") {
        None => None,
        Some(primitive) => {
            check_network(reader, &xml, &containers, &mut settings)?;
            let clone = Arc::new(implicit_clone(&xml, primitive, wanted, &settings));
            Some(resources::create(reader, &clone, Some(rsc), None)?)
        }
    };
    let instances = match settings.inner {
        None => vec![None; wanted as usize],
        Some(clone) => {
            containers.add_control();
            let instances = reader.model.resources[clone].children.clone();
            settle_instances(reader, rsc, clone, &instances);
            instances.into_iter().map(Some).collect()
        }
    };
    let addresses = containers.allot_addresses(instances.len());
    for ((number, child), address) in (0..).zip(instances).zip(addresses) {
        let address = address.as_deref();
        let replica = make_replica(reader, rsc, &containers, number, child, address)?;
        settings.replicas.push(replica);
    }
    let bundle = reader.model.resource_mut(rsc);
    bundle.children.extend(settings.inner);
    bundle.variant = Variant::Bundle(settings);
    Some(())
}

/// An inner resource can be controlled through an address of each replica, or through a port of the host,
/// which only one replica a host can have.
fn check_network(
    reader: &mut Reader<'_>,
    xml: &Element,
    containers: &Containers,
    settings: &mut Bundle,
) -> Option<()> {
    if containers.has_addresses() {
        return Some(());
    }
    let has_port = containers.has_control_port();
    let code = if has_port {
        codes::REPLICAS_PER_HOST_IGNORED
    } else {
        codes::BUNDLE_WITHOUT_CONTROL
    };
    if !has_port || settings.per_host > 1 {
        reader.report(Level::Error, code, element_entity(xml), &[]);
    }
    settings.per_host = 1;
    has_port.then_some(())
}

/// The clone around the inner primitive. Its id keeps a historical suffix, since it is part of what must not
/// change.
fn implicit_clone(
    xml: &Element,
    primitive: &Arc<Element>,
    replicas: u32,
    settings: &Bundle,
) -> Element {
    let id = xml.id().unwrap_or_default();
    let (max, per_host) = (replicas.to_string(), settings.per_host.to_string());
    let promoted_max = settings.promoted_max.to_string();
    let promotable = settings.promoted_max > 0;
    let unique = if settings.per_host > 1 {
        "true"
    } else {
        "false"
    };
    let meta = [
        ("ordered", Some("true")),
        ("clone-max", Some(&*max)),
        ("clone-node-max", Some(&*per_host)),
        ("globally-unique", Some(unique)),
        ("promotable", promotable.then_some("true")),
        ("promoted-max", promotable.then_some(&*promoted_max)),
    ];
    let suffix = if promotable { "master" } else { "clone" };
    Element::new("clone")
        .with_attr("id", format!("{id}-{suffix}"))
        .with_child(block("meta_attributes", &format!("{id}-clone-meta"), &meta))
        .with_child(primitive.clone())
}

fn settle_instances(reader: &mut Reader<'_>, bundle: RscId, clone: RscId, instances: &[RscId]) {
    let model = &mut reader.model;
    for &instance in instances {
        model.states[instance].flags |= RscFlags::EXCLUSIVE_PROBES;
        let notify = model.states[instance].flags & RscFlags::NOTIFY;
        model.states[clone].flags |= notify;
    }
    let last = instances.last().map(|&i| &model.resources[i].meta);
    if let Some(target) = last.and_then(|meta| meta.get(ATTRIBUTE_TARGET)).cloned() {
        for rsc in [bundle, clone] {
            let meta = &mut model.resource_mut(rsc).meta;
            meta.set(ATTRIBUTE_TARGET, target.clone());
        }
    }
}

fn make_replica(
    reader: &mut Reader<'_>,
    bundle: RscId,
    containers: &Containers,
    number: u32,
    child: Option<RscId>,
    address: Option<&str>,
) -> Option<Replica> {
    let add = |reader: &mut Reader<'_>, xml: Element| {
        let made = resources::create(reader, &Arc::new(xml), Some(bundle), None)?;
        reader.model.resource_mut(bundle).children.push(made);
        Some(made)
    };
    let container = add(
        reader,
        containers.container(number, address, child.is_some()),
    )?;
    let ip = match address {
        Some(address) => Some(add(reader, containers.address(number, address))?),
        None => None,
    };
    let mut replica = Replica {
        number,
        container,
        address: address.map(Text::from),
        ip,
        connection: None,
        child,
        node: None,
    };
    let Some(child) = child else {
        return Some(replica);
    };
    let name = connection_name(reader, containers, number, child)?;
    let node = open_node(reader, &name, child);
    let launcher = reader.model.resources[container].id.clone();
    let connection = Connection {
        name: &name,
        launcher: Some(&launcher),
        allow_migrate: None,
        is_managed: None,
        start_timeout: None,
        address: Some(address.unwrap_or("#uname")),
        port: Some(containers.control_port()),
    };
    let connection = add(reader, connection.element())?;
    connect(reader, connection, container, node);
    let model = &mut reader.model;
    if let Some(address) = address {
        let meta = &mut model.resource_mut(child).meta;
        meta.set("external-ip", address);
    }
    // Capacity can only be configured for the inner primitive, and it is the container that needs it.
    let needed = std::mem::take(&mut model.resource_mut(child).utilization);
    model.resource_mut(container).utilization = needed;
    replica.connection = Some(connection);
    replica.node = Some(node);
    Some(replica)
}

fn connection_name(
    reader: &mut Reader<'_>,
    containers: &Containers,
    number: u32,
    child: RscId,
) -> Option<Text> {
    let model = &reader.model;
    let usual = containers.replica_name(number);
    let child = &model.resources[child].id;
    let other = format!("pcmk-internal-{child}-remote-{number}");
    let free = |name: &String| model.resource_with_id(name).is_none();
    let name = [usual, other].into_iter().find(free);
    if name.is_none() {
        let entity = Entity::Resource(child.to_string());
        reader.sink.error(codes::INVALID_RESOURCE, entity);
    }
    name.map(Text::from)
}

/// The node of a replica: closed to everything but the instance in it.
fn open_node(reader: &mut Reader<'_>, name: &str, child: RscId) -> NodeId {
    let ban = Score::MINUS_INFINITY;
    let node = match reader.model.node_named(name) {
        Some(node) => node,
        None => nodes::create(reader, name, name, NodeKind::Remote, ban),
    };
    let model = &mut reader.model;
    model.node_states[node].score = ban;
    model.nodes[node].probe_mode = ProbeMode::Never;
    for top in model.top.clone() {
        for rsc in model.subtree(top) {
            if model.scores.has(rsc, node) {
                model.scores.set(rsc, node, ban, Source::Replica);
                model.scores.set_probe(rsc, node, ProbeMode::Never);
            }
        }
    }
    model.scores.clear_row(child, Source::Replica);
    let clone = model.resources[child].parent;
    let rows = [(Some(child), Score::new(500)), (clone, ban)];
    for (rsc, score) in rows {
        if let Some(rsc) = rsc {
            model.scores.set(rsc, node, score, Source::Replica);
            model.scores.set_probe(rsc, node, ProbeMode::Exclusive);
        }
    }
    node
}

/// Ties a connection to its container and node. It runs on cluster nodes only.
fn connect(reader: &mut Reader<'_>, connection: RscId, container: RscId, node: NodeId) {
    let model = &mut reader.model;
    for other in model.nodes.ids() {
        if model.nodes[other].is_pacemaker_remote() && model.scores.has(connection, other) {
            let ban = Score::MINUS_INFINITY;
            model.scores.set(connection, other, ban, Source::RemoteNode);
        }
    }
    nodes::make_guest(&mut model.nodes[node]);
    model.nodes[node].connection = Some(connection);
    model.states[connection].flags |= RscFlags::REMOTE_NESTING_ALLOWED;
    let resource = model.resource_mut(connection);
    resource.launcher = Some(container);
    if let Variant::Primitive(primitive) = &mut resource.variant {
        primitive.connection_of = Some(node);
    }
}
