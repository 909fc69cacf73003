//! The operation history of a node, resource by resource.

use super::interpret::{Subject, interpret};
use super::removed::create_removed;
use super::sort::{TransitionKey, sort_by_age};
use super::status::Status;
use super::{apply, locks};
use crate::recall::Histories;
use crate::{
    DigestPlaces, ExecStatus, HistoryEntry, NodeId, NodeKind, OpRecord, Request, RscFlags, RscId,
    Task, codes,
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
    let id = state.id().unwrap_or_default();
    let memory = status.reader.memory.as_deref_mut();
    let mut known = memory.map(|m| m.take_history(id)).unwrap_or_default();
    let mut left_launched = false;
    for entry in list.children_named("lrm_resource") {
        let rsc = read_entry(status, &mut known, node, entry);
        left_launched |= rsc.is_some_and(|r| status.rsc_is(r, RscFlags::REMOVED_LAUNCHED));
    }
    if let Some(memory) = &mut status.reader.memory {
        memory.keep_history(id, known);
    }
    if left_launched {
        link_launchers(status, list);
    }
}

fn read_entry(
    status: &mut Status<'_, '_>,
    known: &mut Histories,
    node: NodeId,
    entry: &Arc<Element>,
) -> Option<RscId> {
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
    let has_own_id = *status.reader.model.resources[rsc].id == *id;
    let (records, has_other_agent) = records_of(status, known, entry, rsc);
    let mut history = HistoryEntry {
        node,
        rsc: Some(rsc),
        has_own_id,
        has_other_agent,
        xml: entry.clone(),
        records,
    };
    let earlier = std::mem::replace(&mut status.rsc(rsc).current_role, Role::Unknown);
    let mut subject = Subject::new(status, rsc, node);
    for position in 0..history.records.len() {
        if interpret(status, &mut subject, &history.records[position]) {
            Arc::make_mut(&mut history.records)[position].expired_failure = true;
        }
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

/// The usable records of an entry, oldest first, and whether it names another agent than its resource has.
fn records_of(
    status: &mut Status<'_, '_>,
    known: &mut Histories,
    entry: &Arc<Element>,
    rsc: RscId,
) -> (Arc<[OpRecord]>, bool) {
    let resource = &status.reader.model.resources[rsc];
    let is_of_other_agent = || resource.is_of_other_agent(entry);
    if let Some(known) = known.recall(entry, &resource.xml, is_of_other_agent) {
        return known;
    }
    let records = read_records(status, entry);
    let records = sort_by_age(records, &|record: &OpRecord| &record.xml).into();
    let reader = &mut *status.reader;
    let resource = &reader.model.resources[rsc];
    let has_other_agent = resource.is_of_other_agent(entry);
    if reader.memory.is_some() {
        known.keep(entry, &resource.xml, &records, has_other_agent);
    }
    (records, has_other_agent)
}

/// The usable records of an entry, last in the document first.
fn read_records(status: &mut Status<'_, '_>, entry: &Element) -> Vec<OpRecord> {
    let mut found = Vec::with_capacity(entry.children().len());
    for xml in entry.children().iter().rev() {
        if xml.name() != "lrm_rsc_op" {
            continue;
        }
        match read_record(status, xml) {
            Some(record) => found.push(record),
            None => {
                let entity = super::reader::element_entity(xml);
                status.reader.sink.error(codes::INVALID_HISTORY, entity);
            }
        }
    }
    found
}

fn read_record(status: &mut Status<'_, '_>, xml: &Arc<Element>) -> Option<OpRecord> {
    let fields = Fields::of(xml);
    let integer = |text: Option<&str>| text.and_then(|text| scan_integer(text).ok());
    let id = fields.id?;
    let task = Task::of(fields.operation?, &mut status.model().names);
    let exec_status = ExecStatus::of(integer(fields.op_status)?)?;
    let rc = integer(fields.rc_code).and_then(|rc| u8::try_from(rc).ok())?;
    let expected = fields.transition_key.and_then(TransitionKey::parse);
    Some(OpRecord {
        task,
        interval: integer(fields.interval).map_or(0, |ms| IntervalMs::try_from(ms).unwrap_or(0)),
        status: exec_status,
        rc: i32::from(rc),
        expected_rc: expected.and_then(|k| u8::try_from(k.expected).ok().map(i32::from)),
        call_id: integer(fields.call_id).unwrap_or(-1),
        last_change: integer(fields.last_rc_change),
        is_last_failure: id.ends_with("_last_failure_0"),
        expired_failure: false,
        digests: fields.digests,
        xml: xml.clone(),
    })
}

/// Attributes of a record, found in one look at all of them.
#[derive(Default)]
struct Fields<'e> {
    id: Option<&'e str>,
    operation: Option<&'e str>,
    op_status: Option<&'e str>,
    rc_code: Option<&'e str>,
    transition_key: Option<&'e str>,
    interval: Option<&'e str>,
    call_id: Option<&'e str>,
    last_rc_change: Option<&'e str>,
    digests: DigestPlaces,
}

impl<'e> Fields<'e> {
    fn of(xml: &'e Element) -> Fields<'e> {
        let mut fields = Fields::default();
        for (index, (name, value)) in xml.attrs().enumerate() {
            let field = match name {
                "id" => &mut fields.id,
                "operation" => &mut fields.operation,
                "op-status" => &mut fields.op_status,
                "rc-code" => &mut fields.rc_code,
                "transition-key" => &mut fields.transition_key,
                "interval" => &mut fields.interval,
                "call-id" => &mut fields.call_id,
                "last-rc-change" => &mut fields.last_rc_change,
                _ => {
                    fields.digests.note(name, index);
                    continue;
                }
            };
            *field = Some(value);
        }
        fields
    }
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
