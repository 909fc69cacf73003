//! Groups.

use super::meta::MetaReader;
use super::reader::Reader;
use super::resources;
use crate::{Group, RscId, VariantKind, codes};
use pcmk_base::{Entity, Level, parse_bool};
use std::sync::Arc;

/// Whether members start in order and run on one node. Both can be switched off, which is deprecated.
pub(super) fn settings(reading: &mut MetaReader<'_, '_>) -> Group {
    let mut enabled = |name: &str| {
        let off = reading.meta.get(name).map(|text| parse_bool(text)) == Some(Some(false));
        if off {
            let entity = Entity::Resource(reading.id.to_owned());
            let fields = [("name", name), ("value", "false")];
            let reader = &mut reading.reader;
            reader.report(Level::Warning, codes::DEPRECATED_META, entity, &fields);
        }
        !off
    };
    Group {
        ordered: enabled("ordered"),
        colocated: enabled("collocated"),
    }
}

/// Makes the members. Those that cannot be used are left out; `None` if none is left.
pub(super) fn read_members(reader: &mut Reader<'_>, group: RscId) -> Option<()> {
    let xml = Arc::clone(&reader.model.resources[group].xml);
    let instance = reader.model.resources[group].instance;
    if instance.is_none_or(|number| number == 0) {
        resources::report_misplaced(reader, &xml, |kind| kind == VariantKind::Primitive);
    }
    for element in xml.children_named("primitive") {
        if let Some(member) = resources::create(reader, element, Some(group), instance) {
            reader.model.resource_mut(group).children.push(member);
        }
    }
    if reader.model.resources[group].children.is_empty() {
        let entity = Entity::Resource(reader.model.resources[group].id.to_string());
        reader.sink.error(codes::EMPTY_GROUP, entity);
        return None;
    }
    Some(())
}
