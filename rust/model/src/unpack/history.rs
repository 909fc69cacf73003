//! The operation history of a node, resource by resource.

use super::interpret::{Subject, interpret};
use super::removed::create_removed;
use super::sort::{TransitionKey, sort_by_age};
use super::status::Status;
use super::{apply, locks};
use crate::{
    ExecStatus, HistoryEntry, NodeId, NodeKind, OpRecord, Request, RscFlags, RscId, Task, codes,
};
use pcmk_base::{IntervalMs, Role};
use pcmk_time::scan_integer;
use pcmk_xml::Element;
use std::sync::Arc;

/// Reads the history of a node.
pub(super) fn read_node(status: &mut Status<'_, '_>, node: NodeId, state: &Element) {
    let list = state
        .child("lrm")
        .and_then(|lrm| lrm.child("lrm_resources"));
    let Some(list) = list else {
        return;
    };
    let mut left_launched = false;
    for entry in list.children_named("lrm_resource") {
        let rsc = read_entry(status, node, entry);
        left_launched |= rsc.is_some_and(|r| status.rsc_is(r, RscFlags::REMOVED_LAUNCHED));
    }
    if left_launched {
        link_launchers(status, list);
    }
}

fn read_entry(status: &mut Status<'_, '_>, node: NodeId, entry: &Arc<Element>) -> Option<RscId> {
    let Some(id) = entry.id() else {
        let entity = super::reader::element_entity(entry);
        status.reader.sink.error(codes::WITHOUT_ID, entity);
        return None;
    };
    let locks_wanted = status.reader.model.options.shutdown_lock;
    let has_records = entry.child("lrm_rsc_op").is_some();
    if !locks_wanted && !has_records {
        return None;
    }
    let found = status.find_resource(node, id);
    let rsc = match found {
        Some(rsc) => rsc,
        None if has_records => create_removed(status.reader, entry)?,
        None => return None,
    };
    if locks_wanted {
        locks::read(status, rsc, node, entry);
    }
    let records = sorted_records(status, entry);
    let mut history = HistoryEntry {
        node,
        rsc: Some(rsc),
        xml: entry.clone(),
        records,
    };
    let earlier = std::mem::replace(&mut status.rsc(rsc).current_role, Role::Unknown);
    let mut subject = Subject::new(status, rsc, node);
    for record in &mut history.records {
        interpret(status, &mut subject, record);
    }
    request_recurring(status, rsc, &history);
    apply::apply(status, rsc, node, subject.on_fail);
    let target = status.reader.model.resources[rsc].target_role;
    let state = status.rsc(rsc);
    if let Some(target) = target
        && (state.next_role == Role::Unknown || target < state.next_role)
    {
        state.next_role = target;
    }
    state.current_role = state.current_role.max(earlier);
    status.model().history.push(history);
    Some(rsc)
}

/// The usable records of an entry, oldest first.
fn sorted_records(status: &mut Status<'_, '_>, entry: &Arc<Element>) -> Vec<OpRecord> {
    let memory = status.reader.memory.as_deref_mut();
    if let Some(known) = memory.and_then(|memory| memory.records(entry)) {
        return known;
    }
    let records = read_records(status, entry);
    let records = sort_by_age(records, &|record: &OpRecord| &record.xml);
    if let Some(memory) = &mut status.reader.memory {
        memory.keep(entry, &records);
    }
    records
}

/// The usable records of an entry, last in the document first.
fn read_records(status: &mut Status<'_, '_>, entry: &Element) -> Vec<OpRecord> {
    let elements = entry.children().iter().rev();
    elements
        .filter(|xml| xml.name() == "lrm_rsc_op")
        .filter_map(|xml| {
            let record = read_record(status, xml);
            if record.is_none() {
                let entity = super::reader::element_entity(xml);
                status.reader.sink.error(codes::INVALID_HISTORY, entity);
            }
            record
        })
        .collect()
}

fn read_record(status: &mut Status<'_, '_>, xml: &Arc<Element>) -> Option<OpRecord> {
    let integer = |name: &str| xml.attr(name).and_then(|text| scan_integer(text).ok());
    xml.id()?;
    let task = Task::of(xml.attr("operation")?, &mut status.model().names);
    let exec_status = ExecStatus::of(integer("op-status")?)?;
    let rc = integer("rc-code").and_then(|rc| u8::try_from(rc).ok())?;
    let expected = xml.attr("transition-key").and_then(TransitionKey::parse);
    Some(OpRecord {
        task,
        interval: integer("interval").map_or(0, |ms| IntervalMs::try_from(ms).unwrap_or(0)),
        status: exec_status,
        rc: i32::from(rc),
        expected_rc: expected.and_then(|k| u8::try_from(k.expected).ok().map(i32::from)),
        call_id: integer("call-id").unwrap_or(-1),
        last_change: integer("last-rc-change"),
        expired_failure: false,
        rules: [""; 2],
        xml: xml.clone(),
    })
}

/// Recurring operations that run already need not be started.
fn request_recurring(status: &mut Status<'_, '_>, rsc: RscId, history: &HistoryEntry) {
    let node = history.node;
    if !status.is_online(node) {
        return;
    }
    let range = history.active_range();
    for (position, record) in history.records.iter().enumerate() {
        let over = range.start < range.stop && Some(position) <= range.stop;
        let old = Some(position) < range.start;
        if !over && !old && record.interval > 0 && record.status != ExecStatus::Pending {
            status.model().requests.push(Request::Recurring {
                rsc,
                task: record.task,
                interval: record.interval,
                node,
            });
        }
    }
}

/// What is left of launched resources finds its launcher through history.
fn link_launchers(status: &mut Status<'_, '_>, list: &Element) {
    for entry in list.children_named("lrm_resource") {
        let (Some(container), Some(id)) = (entry.attr("container"), entry.id()) else {
            continue;
        };
        let model = status.model();
        let (Some(launcher), Some(rsc)) = (
            model.resource_with_id(container),
            model.resource_with_id(id),
        ) else {
            continue;
        };
        let left = model.states[rsc].is(RscFlags::REMOVED_LAUNCHED);
        if left && model.resources[rsc].launcher.is_none() {
            model.resource_mut(rsc).launcher = Some(launcher);
            model.resource_mut(launcher).launched.push(rsc);
            let connection_of = model.resources[rsc]
                .primitive()
                .and_then(|p| p.connection_of);
            if let Some(node) = connection_of {
                model.nodes[node].kind = NodeKind::Guest;
            }
        }
    }
}
