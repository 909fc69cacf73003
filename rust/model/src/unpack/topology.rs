//! Fencing levels, which are only checked here.

use super::reader::{Reader, element_entity};
use crate::codes;
use pcmk_base::Level;

/// Reports levels without id or with an index that is not an integer from 1 to 9.
pub(super) fn check(reader: &mut Reader<'_>) {
    let Some(section) = reader.configuration("fencing-topology") else {
        return;
    };
    for level in section.children_named("fencing-level") {
        let index = level.attr("index").unwrap_or_default();
        let valid = matches!(pcmk_time::scan_integer(index), Ok(1..=9));
        if level.id().is_none() || !valid {
            let fields = [("index", index)];
            let entity = element_entity(level);
            reader.report(Level::Error, codes::INVALID_FENCING_LEVEL, entity, &fields);
        }
    }
}
