//! Operations of a resource definition.

use super::reader::{Reader, element_entity};
use crate::{OpConfig, OpRole, Task, codes};
use pcmk_base::{Level, Role, parse_bool};
use pcmk_time::parse_interval;
use pcmk_xml::Element;
use rustc_hash::FxHashMap;
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
    let mut found: Vec<OpConfig> = ops
        .iter()
        .filter(|op| op.name() == "op")
        .filter_map(|op| read_one(reader, op))
        .collect();
    refuse_duplicates(reader, &mut found);
    found.into()
}

/// Of several operations with one name and interval none recurs.
fn refuse_duplicates(reader: &mut Reader<'_>, ops: &mut [OpConfig]) {
    let mut first = FxHashMap::default();
    for at in 0..ops.len() {
        let op = &ops[at];
        if op.interval == 0 || op.id.is_empty() {
            continue;
        }
        let earlier = *first.entry((op.task, op.interval)).or_insert(at);
        if earlier != at {
            let entity = element_entity(&op.xml);
            let fields = [("other", &*ops[earlier].id)];
            reader.report(Level::Error, codes::DUPLICATE_OPERATION, entity, &fields);
            ops[earlier].recurs = false;
            ops[at].recurs = false;
        }
    }
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
        Some(text) => match Role::parse(text) {
            None | Some(Role::Unknown) => OpRole::Invalid,
            Some(role) => OpRole::Only(role),
        },
    };
    if let Some(text) = op.attr("role").filter(|text| Role::is_old_name(text)) {
        reader.old_language(element_entity(op), text);
    }
    let task = Task::of(name, &mut reader.model.names);
    let once = is_done_once(task);
    if interval > 0 && once {
        let (entity, fields) = (element_entity(op), [("operation", name)]);
        reader.report(Level::Error, codes::OPERATION_CANNOT_RECUR, entity, &fields);
    }
    Some(OpConfig {
        id: op.id().unwrap_or_default().into(),
        task,
        interval,
        recurs: interval > 0 && !once && op.id().is_some_and(|id| !id.is_empty()),
        enabled: op.attr("enabled").and_then(parse_bool) != Some(false),
        role,
        xml: op.clone(),
    })
}

fn is_done_once(task: Task) -> bool {
    matches!(
        task,
        Task::Stop
            | Task::Start
            | Task::Demote
            | Task::Promote
            | Task::ReloadAgent
            | Task::MigrateTo
            | Task::MigrateFrom
    )
}
