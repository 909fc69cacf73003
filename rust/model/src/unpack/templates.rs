//! Templates: definitions that resources take over.

use super::reader::Reader;
use crate::codes;
use pcmk_base::{Entity, Level};
use pcmk_xml::Element;
use std::sync::Arc;

/// The definition of a resource with its template merged in; `None` if the template cannot be used.
///
/// Class, provider and type are those of the template. Blocks of both stand side by side, the template's
/// first, so the resource's own win. An operation of the template counts unless the resource has one of the
/// same name and role.
pub(super) fn merge(reader: &mut Reader<'_>, xml: &Arc<Element>) -> Option<Arc<Element>> {
    let Some(wanted) = xml.attr("template") else {
        return Some(xml.clone());
    };
    let id = xml.id().unwrap_or_default();
    let resources = reader.configuration("resources");
    let template = resources.filter(|_| wanted != id).and_then(|r| {
        r.children_named("template")
            .find(|t| t.id() == Some(wanted))
    });
    let Some(template) = template else {
        let entity = Entity::Resource(id.to_owned());
        let fields = [("template", wanted)];
        reader.report(Level::Error, codes::INVALID_TEMPLATE, entity, &fields);
        return None;
    };
    let mut merged = Element::new(xml.name());
    merged.copy_attrs(template);
    merged.set_attr("id", id);
    let own = xml.child("operations");
    let inherited = template.child("operations");
    for child in template.children() {
        let replaced = own.is_some() && inherited.is_some_and(|i| Arc::ptr_eq(i, child));
        if !replaced {
            merged.push_child(child.clone());
        }
    }
    for child in xml.children() {
        match (own, inherited) {
            (Some(own), Some(inherited)) if Arc::ptr_eq(own, child) => {
                merged.push_child(merge_operations(own, inherited));
            }
            _ => merged.push_child(child.clone()),
        }
    }
    Some(Arc::new(merged))
}

fn merge_operations(own: &Element, inherited: &Element) -> Element {
    let mut merged = own.clone();
    for op in inherited.children() {
        if !own.children().iter().any(|known| same_key(known, op)) {
            merged.push_child(op.clone());
        }
    }
    merged
}

/// Whether two operations have one name and role, where all roles but promoted and stopped are one.
fn same_key(a: &Element, b: &Element) -> bool {
    let role = |op: &Element| match op.attr("role") {
        Some(role)
            if !["Started", "Unpromoted", "Slave", "Unknown"]
                .iter()
                .any(|r| r.eq_ignore_ascii_case(role)) =>
        {
            Some(role.to_owned())
        }
        _ => None,
    };
    a.attr("name") == b.attr("name") && role(a) == role(b)
}
