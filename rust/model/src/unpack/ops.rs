//! Operations of a resource definition.

use super::reader::{Reader, element_entity};
use crate::{OpConfig, OpRole, Task, codes};
use pcmk_base::{Level, Role, parse_bool};
use pcmk_time::parse_interval;
use pcmk_xml::Element;
use std::sync::Arc;

/// The operations of the first `operations` child, or of the one it refers to, in document order.
pub(super) fn read(reader: &mut Reader<'_>, definition: &Element) -> Arc<[OpConfig]> {
    let Some(holder) = definition.child("operations") else {
        return Arc::default();
    };
    let ops = match reader.references.resolve(holder) {
        Some(found) => found.children().to_vec(),
        None => {
            let reference = holder.attr("id-ref").unwrap_or_default();
            let entity = element_entity(definition);
            let fields = [("id-ref", reference)];
            reader.report(Level::Error, codes::INVALID_ID_REF, entity, &fields);
            Vec::new()
        }
    };
    ops.iter()
        .filter(|op| op.name() == "op")
        .filter_map(|op| read_one(reader, op))
        .collect()
}

fn read_one(reader: &mut Reader<'_>, op: &Arc<Element>) -> Option<OpConfig> {
    let Some(name) = op.attr("name") else {
        reader
            .sink
            .error(codes::OPERATION_WITHOUT_NAME, element_entity(op));
        return None;
    };
    let interval = op.attr("interval").map_or(0, |text| {
        parse_interval(text).unwrap_or_else(|bad| bad.used)
    });
    let role = match op.attr("role") {
        None => OpRole::Any,
        Some(text) => Role::parse(text).map_or(OpRole::Invalid, OpRole::Only),
    };
    Some(OpConfig {
        id: op.id().unwrap_or_default().into(),
        task: Task::of(name, &mut reader.model.names),
        interval,
        enabled: op.attr("enabled").and_then(parse_bool) != Some(false),
        role,
        xml: op.clone(),
    })
}
