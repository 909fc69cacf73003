//! Resources: what all variants have in common.

use super::meta::{self, MetaReader};
use super::reader::{Reader, element_entity, whole_seconds};
use super::{agents, bundle, clone, definition, group, launchers, remote};
use crate::{
    Attrs, Meta, Primitive, Resource, RscFlags, RscId, RscState, Source, Variant, VariantKind,
    codes,
};
use pcmk_base::{AgentSpec, Entity, Level, Role, Text};
use pcmk_time::parse_interval;
use pcmk_xml::Element;
use std::cmp::Reverse;
use std::sync::Arc;

/// Resources that one CIB may make, instances included.
const MOST_RESOURCES: usize = 100_000;

/// Cells that the table of scores may have.
const MOST_CELLS: usize = 40_000_000;

/// Reads the `resources` section, connects launchers and remote connections, and sorts by priority.
pub(super) fn read(reader: &mut Reader<'_>) {
    reader.model.unfencing = asks_for_unfencing(reader);
    let Some(section) = reader.configuration("resources") else {
        return;
    };
    for element in remote::with_guest_connections(reader, section) {
        let Some(id) = element.id().filter(|id| !id.is_empty()) else {
            reader
                .sink
                .error(codes::WITHOUT_ID, element_entity(&element));
            continue;
        };
        if element.name() == "template" {
            reader.model.templates.entry(id.into()).or_default();
        } else if let Some(rsc) = create(reader, &element, None, None) {
            reader.model.top.push(rsc);
        } else {
            let entity = Entity::Resource(id.to_owned());
            reader.sink.error(codes::INVALID_RESOURCE, entity);
        }
    }
    launchers::connect(reader);
    let states = &reader.model.states;
    reader
        .model
        .top
        .sort_by_key(|&rsc| Reverse(states[rsc].priority));
    if reader.model.options.fencing_enabled && !reader.model.has_fence_device {
        reader.sink.error(codes::NO_FENCE_DEVICE, Entity::Cluster);
    }
}

/// Whether unfencing is mentioned anywhere: a plain search, without rules or references.
fn asks_for_unfencing(reader: &Reader<'_>) -> bool {
    let asks = |block: &Arc<Element>| {
        block.name() == "meta_attributes"
            && block.children_named("nvpair").any(|pair| {
                matches!(pair.attr("name"), Some("requires" | "provides"))
                    && pair.attr("value") == Some("unfencing")
            })
    };
    let resources = reader.configuration("resources");
    resources.is_some_and(|r| r.descendants().any(asks))
        || reader
            .rsc_defaults
            .as_ref()
            .is_some_and(|defaults| defaults.descendants().any(asks))
}

/// Makes a resource with everything below it. The caller links it to its parent or to the list of top-level
/// resources. `None`, with diagnostics and without a trace in the model, if it cannot be used.
pub(super) fn create(
    reader: &mut Reader<'_>,
    xml: &Arc<Element>,
    parent: Option<RscId>,
    instance: Option<u32>,
) -> Option<RscId> {
    let mark = reader.model.resources.len();
    let made = build(reader, xml, parent, instance);
    if made.is_none() {
        reader.model.drop_resources(mark);
    }
    made
}

fn build(
    reader: &mut Reader<'_>,
    xml: &Arc<Element>,
    parent: Option<RscId>,
    instance: Option<u32>,
) -> Option<RscId> {
    let Some(id) = xml.id() else {
        reader.sink.error(codes::WITHOUT_ID, element_entity(xml));
        return None;
    };
    let definition = definition::of(reader, xml)?;
    let Some(kind) = kind_named(definition.xml.name()) else {
        let fields = [("type", definition.xml.name())];
        let entity = Entity::Resource(id.to_owned());
        reader.report(Level::Error, codes::UNKNOWN_RESOURCE_TYPE, entity, &fields);
        return None;
    };
    if !has_room(reader) {
        let entity = Entity::Resource(id.to_owned());
        reader.sink.error(codes::TOO_MANY_RESOURCES, entity);
        return None;
    }
    let agent = definition.agent.clone();
    let mut meta = meta::table(reader, &definition.xml, &agent, parent, instance);
    if let Some(first) = parent.and_then(|parent| clone::first_like_next(&reader.model, parent)) {
        meta.share(&reader.model.resources[first].meta);
    }
    let name: Text = match instance {
        Some(number) => format!("{id}:{number}").into(),
        None => id.into(),
    };
    let context = Context {
        kind,
        agent: &agent,
        parent,
    };
    let (state, target_role) = initial_state(reader, &context, &name, &meta);
    let mut reading = MetaReader {
        reader,
        id: &name,
        meta: &meta,
    };
    let resource = Resource {
        xml_id: id.into(),
        xml: definition.xml.clone(),
        parent,
        children: Vec::new(),
        variant: match kind {
            VariantKind::Primitive => Variant::Primitive(Primitive {
                agent: agent.clone(),
                ops: definition.ops.clone(),
                connection_of: None,
                reconnect_interval: 0,
            }),
            VariantKind::Group => Variant::Group(group::settings(&mut reading)),
            VariantKind::Clone => Variant::Clone(clone::settings(&mut reading, &state)),
            VariantKind::Bundle => Variant::Bundle(bundle::settings(&definition.xml)),
        },
        instance,
        utilization: Attrs::default(),
        stickiness: reading.stickiness(),
        threshold: reading.threshold(),
        failure_timeout: reading.failure_timeout(),
        multiple_active: reading.multiple_active(),
        target_role,
        launcher: None,
        launched: Vec::new(),
        id: name,
        meta,
    };
    let rsc = reader.model.add_resource(resource, state);
    let guest = read_reconnect_interval(reader, rsc);
    match kind {
        VariantKind::Primitive => agents::check_clone_support(reader, rsc)?,
        VariantKind::Group => group::read_members(reader, rsc)?,
        VariantKind::Clone => clone::read_instances(reader, rsc)?,
        VariantKind::Bundle => bundle::read_replicas(reader, rsc)?,
    }
    if reader.model.options.symmetric_cluster {
        reader.model.allow_everywhere(rsc);
    } else if guest {
        let none = pcmk_base::Score::ZERO;
        reader
            .model
            .add_score_everywhere(rsc, none, Source::Connection);
    }
    let mut utilization = Attrs::default();
    reader.blocks(&definition.xml, "utilization", None, &mut utilization);
    reader.model.resource_mut(rsc).utilization = utilization;
    if let Some(template) = xml.attr("template") {
        if reader.template_users.insert((template.into(), id.into())) {
            let users = reader.model.templates.entry(template.into()).or_default();
            users.push(id.into());
        }
    }
    Some(rsc)
}

/// Reports resources inside another one that it has no use for.
pub(super) fn report_misplaced(
    reader: &mut Reader<'_>,
    parent: &Element,
    mut fits: impl FnMut(VariantKind) -> bool,
) {
    for child in parent.children() {
        if kind_named(child.name()).is_some_and(|kind| !fits(kind)) {
            let entity = Entity::Resource(child.id().unwrap_or_default().to_owned());
            let fields = [("in", parent.id().unwrap_or_default())];
            reader.report(Level::Error, codes::MISPLACED_RESOURCE, entity, &fields);
        }
    }
}

fn kind_named(element: &str) -> Option<VariantKind> {
    Some(match element.to_ascii_lowercase().as_str() {
        "primitive" => VariantKind::Primitive,
        "group" => VariantKind::Group,
        "clone" => VariantKind::Clone,
        "bundle" => VariantKind::Bundle,
        _ => return None,
    })
}

fn has_room(reader: &Reader<'_>) -> bool {
    let resources = reader.model.resources.len();
    !reader.is_exhausted()
        && resources < MOST_RESOURCES
        && (resources + 1) * (reader.model.nodes.len() + 1) <= MOST_CELLS
}

struct Context<'c> {
    kind: VariantKind,
    agent: &'c AgentSpec,
    parent: Option<RscId>,
}

/// The state before any history, and the role that is asked for.
fn initial_state(
    reader: &mut Reader<'_>,
    context: &Context<'_>,
    id: &str,
    meta: &Meta,
) -> (RscState, Option<Role>) {
    let model = &reader.model;
    let top = context
        .parent
        .filter(|&p| !matches!(model.resources[p].variant, Variant::Bundle(_)))
        .map(|p| model.top_of(p));
    let in_clone = top.map_or(context.kind == VariantKind::Clone, |t| {
        model.resources[t].is_clone()
    });
    let top_flags = top.map(|t| model.states[t].flags);
    let mut reading = MetaReader { reader, id, meta };
    let is_connection = context.agent.is_remote_connection();
    let is_guest = meta.has("container");
    let is_fence_device = context.agent.is_fence_device();
    let migratable = match meta.get("allow-migrate") {
        None => is_connection && !is_guest,
        Some(_) => reading.is_true("allow-migrate"),
    };
    let critical = !meta.has("critical") || reading.is_true("critical");
    let mut flags = reading.managed();
    flags.set(RscFlags::CRITICAL, critical);
    flags.set(RscFlags::NOTIFY, reading.is_true("notify"));
    flags.set(RscFlags::REMOTE_CONNECTION, is_connection);
    flags.set(RscFlags::MIGRATABLE, migratable);
    flags.set(RscFlags::UNIQUE, !in_clone || reading.unique());
    flags.set(
        RscFlags::PROMOTABLE,
        in_clone && reading.is_true("promotable"),
    );
    flags.set(RscFlags::FENCE_DEVICE, is_fence_device);
    flags.set(
        RscFlags::ALLOW_UNHEALTHY,
        reading.is_true("allow-unhealthy-nodes"),
    );
    flags.set(RscFlags::INTERNAL, reading.is_true("internal_rsc"));
    let to_remote = is_connection && context.kind == VariantKind::Primitive;
    flags |= reading.requires(is_fence_device, to_remote);
    let promotable = top_flags.unwrap_or(flags).contains(RscFlags::PROMOTABLE);
    let target_role = reading.target_role(promotable);
    flags.set(RscFlags::DISABLED, target_role.is_some());
    let priority = reading.priority();
    reader.model.has_fence_device |= is_fence_device;
    let state = RscState {
        flags,
        next_role: target_role.unwrap_or_default(),
        priority,
        ..RscState::default()
    };
    (state, target_role)
}

/// For a remote connection: `reconnect_interval` also replaces the failure timeout. True for the connection
/// of a guest, which has none.
fn read_reconnect_interval(reader: &mut Reader<'_>, rsc: RscId) -> bool {
    let is_connection = reader.model.states[rsc].is(RscFlags::REMOTE_CONNECTION);
    let is_guest = reader.model.resources[rsc].meta("container").is_some();
    if !is_connection || is_guest {
        return is_connection;
    }
    let (params, change) = reader
        .model
        .parameters(rsc, None, &reader.references, &mut reader.sink);
    if let Some(at) = change {
        reader.model.propose_recheck(at);
    }
    if let Some(text) = params.get("reconnect_interval") {
        let seconds = whole_seconds(parse_interval(text).unwrap_or_else(|bad| bad.used));
        let resource = reader.model.resource_mut(rsc);
        resource.failure_timeout = seconds;
        if let Variant::Primitive(primitive) = &mut resource.variant {
            primitive.reconnect_interval = seconds;
        }
    }
    false
}
