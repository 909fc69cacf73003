//! Tags: lists of ids.

use super::reader::{Reader, element_entity};
use crate::codes;
use rustc_hash::FxHashSet;

/// Reads the `tags` section. Each id is listed once, in order of mention.
pub(super) fn read(reader: &mut Reader<'_>) {
    let Some(section) = reader.configuration("tags") else {
        return;
    };
    let mut seen = FxHashSet::default();
    for tag in section.children_named("tag") {
        let Some(id) = tag.id() else {
            reader.sink.error(codes::WITHOUT_ID, element_entity(tag));
            continue;
        };
        for reference in tag.children_named("obj_ref") {
            let Some(member) = reference.id() else {
                let entity = element_entity(reference);
                reader.sink.error(codes::WITHOUT_ID, entity);
                continue;
            };
            if seen.insert((id, member)) {
                let members = reader.model.tags.entry(id.into()).or_default();
                members.push(member.into());
            }
        }
    }
}
