//! Clones and their instances.

use super::meta::{MetaReader, at_least};
use super::reader::Reader;
use super::resources;
use crate::{CloneSpec, Model, Resource, RscFlags, RscId, RscState, Variant, VariantKind, codes};
use pcmk_base::{Entity, Level};
use pcmk_xml::Element;
use std::sync::Arc;

/// Instances that a clone may have, if there are no more nodes than this.
const MOST_INSTANCES: u32 = 1_000;

/// Reads how many instances there are to be and how they act together.
pub(super) fn settings(reading: &mut MetaReader<'_, '_>, state: &RscState) -> CloneSpec {
    let promotable = state.is(RscFlags::PROMOTABLE);
    let promoted = |name: &str, legacy: &str| match reading.meta.get(name) {
        _ if !promotable => 0,
        Some(_) => reading.count(name, 1),
        None => reading.count(legacy, 1),
    };
    let promoted_max = promoted("promoted-max", "master-max");
    let promoted_node_max = promoted("promoted-node-max", "master-node-max");
    let nodes = u32::try_from(reading.reader.model.nodes.len()).unwrap_or(u32::MAX);
    let mut node_max = reading.count("clone-node-max", 1);
    if !state.is(RscFlags::UNIQUE) && node_max > 1 {
        let entity = Entity::Resource(reading.id.to_owned());
        let fields = [("value", node_max.to_string())];
        let fields = fields.each_ref().map(|(name, value)| (*name, &**value));
        let reader = &mut reading.reader;
        reader.report(Level::Error, codes::CLONE_NODE_MAX_IGNORED, entity, &fields);
        node_max = 1;
    }
    let max = reading.count("clone-max", nodes.max(1));
    CloneSpec {
        max: reading
            .reader
            .as_many_instances(reading.id, max, nodes.max(MOST_INSTANCES)),
        node_max,
        promoted_max,
        promoted_node_max,
        min: reading.meta.get("clone-min").map(|text| at_least(text, 0)),
        ordered: reading.is_true("ordered"),
        interleave: reading.is_true("interleave"),
    }
}

/// Makes the instances. `None` if there is nothing to clone or an instance cannot be made.
pub(super) fn read_instances(reader: &mut Reader<'_>, clone: RscId) -> Option<()> {
    let xml = Arc::clone(&reader.model.resources[clone].xml);
    let mut has_one = false;
    resources::report_misplaced(reader, &xml, |kind| {
        matches!(kind, VariantKind::Primitive | VariantKind::Group)
            && !std::mem::replace(&mut has_one, true)
    });
    if cloned_element(reader, clone).is_none() {
        let entity = Entity::Resource(reader.model.resources[clone].id.to_string());
        reader.sink.error(codes::EMPTY_CLONE, entity);
        return None;
    }
    let unique = reader.model.states[clone].is(RscFlags::UNIQUE);
    let meta = &mut reader.model.resource_mut(clone).meta;
    // Instances are slightly sticky unless something else is configured; the clone itself is not.
    if !meta.has("resource-stickiness") {
        meta.set("resource-stickiness", "1");
    }
    let word = if unique { "true" } else { "false" };
    meta.set("globally-unique", word);
    // With no instances wanted there is one all the same, for history to be attached to. The number wanted can
    // shrink while the first instance is read.
    while reader.model.resources[clone].children.len() < wanted(reader, clone).max(1) as usize {
        create_instance(reader, clone)?;
    }
    Some(())
}

/// Makes one more instance of a clone, marked as removed if there are enough. Its number is that of the
/// instances so far. `None`, with diagnostics, if it cannot be made.
pub(super) fn create_instance(reader: &mut Reader<'_>, clone: RscId) -> Option<RscId> {
    let element = cloned_element(reader, clone)?;
    let number = u32::try_from(reader.model.resources[clone].children.len()).ok()?;
    let instance = resources::create(reader, &element, Some(clone), Some(number))?;
    reader.model.resource_mut(clone).children.push(instance);
    let max = wanted(reader, clone);
    if number >= max {
        for rsc in reader.model.subtree(instance) {
            reader.model.states[rsc].flags |= RscFlags::REMOVED;
        }
    }
    let meta = &mut reader.model.resource_mut(instance).meta;
    meta.set("clone-max", max.to_string());
    Some(instance)
}

/// The resource that in the first instance of a clone is what the next child of `parent` will be in another one.
pub(super) fn first_like_next(model: &Model, parent: RscId) -> Option<RscId> {
    let parent = &model.resources[parent];
    let first = |clone: &Resource| clone.children.first().copied();
    if parent.is_clone() {
        return first(parent);
    }
    let clone = &model.resources[parent.parent?];
    let members = &model.resources[first(clone)?].children;
    members.get(parent.children.len()).copied()
}

fn wanted(reader: &Reader<'_>, clone: RscId) -> u32 {
    match &reader.model.resources[clone].variant {
        Variant::Clone(spec) => spec.max,
        Variant::Primitive(_) | Variant::Group(_) | Variant::Bundle(_) => 0,
    }
}

fn cloned_element(reader: &Reader<'_>, clone: RscId) -> Option<Arc<Element>> {
    let children = reader.model.resources[clone].xml.children();
    let cloned = children
        .iter()
        .find(|child| matches!(child.name(), "primitive" | "group"));
    cloned.cloned()
}
