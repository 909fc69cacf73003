//! What was done and what failed; tickets, and where resources may not run.

use super::super::StatusOptions;
use super::super::constraints::negative_locations;
use super::super::failures::{date, is_masked};
use super::super::operations::{is_shown, nodes_with_history, shown};
use super::super::primitive::printable_id;
use super::super::text::{exit_text, status_text};
use super::{element, unless_empty, yes};
use pcmk_base::Role;
use pcmk_model::{FailCounting, Model, NodeFlags, NodeId, OpRecord, RscFlags, RscId, Task};
use pcmk_xml::Element;

pub(super) fn operations(
    model: &Model,
    options: StatusOptions,
    with_operations: bool,
) -> Option<Element> {
    let mut list = Element::new("node_history");
    for node in nodes_with_history(model, options) {
        let mut of_node = element("node", &[("name", Some(&*model.nodes[node].name))]);
        let entries = model.history.iter().map(|(_, entry)| entry);
        for entry in entries.filter(|entry| entry.node == node) {
            let Some(rsc) = entry.rsc.filter(|&rsc| options.shows_history(model, rsc)) else {
                continue;
            };
            let mut of_resource = resource_history(model, rsc, node);
            if with_operations {
                let records = shown(model, entry);
                if records.is_empty() {
                    continue;
                }
                for record in records {
                    of_resource.push_child(operation(model, record));
                }
            } else if of_resource.attr("fail-count").is_none() {
                continue;
            }
            of_node.push_child(of_resource);
        }
        if !of_node.children().is_empty() {
            list.push_child(of_node);
        }
    }
    let mut nodes = model.node_order.iter();
    nodes
        .any(|&node| is_shown(model, node, options))
        .then_some(list)
}

fn resource_history(model: &Model, rsc: RscId, node: NodeId) -> Element {
    let removed = yes(model.states[rsc].is(RscFlags::REMOVED));
    let found = model.fail_count(rsc, node, FailCounting::default(), None);
    let threshold = model.resources[rsc].threshold.value().to_string();
    let count = (found.count > 0).then(|| found.count.to_string());
    let last = (found.last_failure > 0).then(|| date(found.last_failure));
    let attributes = [
        ("id", Some(&*printable_id(model, rsc))),
        ("orphan", Some(removed)),
        ("removed", Some(removed)),
        ("migration-threshold", Some(&*threshold)),
        ("fail-count", count.as_deref()),
        ("last-failure", last.as_deref()),
    ];
    element("resource_history", &attributes)
}

fn operation(model: &Model, record: &OpRecord) -> Element {
    let task = if record.is_probe() && record.task == Task::Monitor {
        "probe"
    } else {
        record.task.name(&model.names)
    };
    let (call, rc) = (record.call_id.to_string(), record.rc.to_string());
    let interval = (record.interval > 0).then(|| format!("{}ms", record.interval));
    let change = record.last_change.filter(|&change| change > 0).map(date);
    let time = |name| record.xml.attr(name).map(|ms| format!("{ms}ms"));
    let (spent, waited) = (time("exec-time"), time("queue-time"));
    let attributes = [
        ("call", Some(&*call)),
        ("task", Some(task)),
        ("rc", Some(&*rc)),
        ("rc_text", Some(exit_text(i64::from(record.rc)))),
        ("interval", interval.as_deref()),
        ("last-rc-change", change.as_deref()),
        ("exec-time", spent.as_deref()),
        ("queue-time", waited.as_deref()),
    ];
    element("operation_history", &attributes)
}

pub(super) fn failures(model: &Model, options: StatusOptions) -> Option<Element> {
    let mut list = Element::new("failures");
    for failed in &model.failed_ops {
        let record = &failed.record;
        let online = model.node_states[failed.node].is(NodeFlags::ONLINE);
        let shown = options.shows(failed.node) && options.names(failed.rsc);
        if !online || !shown || is_masked(record) {
            continue;
        }
        let (code, call) = (record.rc.to_string(), record.call_id.to_string());
        let interval = record.interval.to_string();
        let change = record.last_change.filter(|&change| change > 0).map(date);
        let timed = change.as_deref();
        let key = record.xml.attr("operation_key");
        let id = record.xml.id().filter(|_| key.is_none());
        let attributes = [
            ("op_key", key),
            ("id", id),
            ("node", Some(&*model.nodes[failed.node].name)),
            ("exitstatus", Some(exit_text(i64::from(record.rc)))),
            (
                "exitreason",
                Some(record.xml.attr("exit-reason").unwrap_or("")),
            ),
            ("exitcode", Some(&*code)),
            ("call", Some(&*call)),
            ("status", Some(status_text(record.status))),
            ("last-rc-change", timed),
            (
                "queued",
                timed.and(Some(record.xml.attr("queue-time").unwrap_or("0"))),
            ),
            (
                "exec",
                timed.and(Some(record.xml.attr("exec-time").unwrap_or("0"))),
            ),
            ("interval", timed.and(Some(&*interval))),
            ("task", timed.and(Some(record.task.name(&model.names)))),
        ];
        list.push_child(element("failure", &attributes));
    }
    unless_empty(list)
}

pub(super) fn tickets(model: &Model) -> Option<Element> {
    let mut list = Element::new("tickets");
    for (_, ticket) in model.tickets.iter() {
        let status = if ticket.granted { "granted" } else { "revoked" };
        let last = ticket.last_granted.map(date);
        let attributes = [
            ("id", Some(&*ticket.id)),
            ("status", Some(status)),
            ("standby", Some(yes(ticket.standby))),
            ("last-granted", last.as_deref()),
        ];
        list.push_child(element("ticket", &attributes));
    }
    unless_empty(list)
}

pub(super) fn bans(model: &Model, options: StatusOptions, prefix: &str) -> Option<Element> {
    let mut list = Element::new("bans");
    for (location, node, score) in negative_locations(model, options, prefix) {
        let promoted = yes(location.role == Some(Role::Promoted));
        let weight = score.value().to_string();
        let attributes = [
            ("id", Some(&*location.id)),
            ("resource", Some(&*model.resources[location.rsc].id)),
            ("node", Some(&*model.nodes[node].name)),
            ("weight", Some(&*weight)),
            ("promoted-only", Some(promoted)),
            ("master_only", Some(promoted)),
        ];
        list.push_child(element("ban", &attributes));
    }
    unless_empty(list)
}
