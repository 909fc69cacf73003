//! The history of operations on nodes that are online.

use std::collections::BTreeSet;

use super::StatusOptions;
use super::failures::date;
use super::nodes::display_name;
use super::primitive::printable_id;
use super::section::Section;
use super::text::exit_text;
use pcmk_model::{FailCounting, HistoryEntry, Model, NodeFlags, NodeId, OpRecord, RscId, Task};

/// `None` while no node is online.
pub(super) fn section(model: &Model, options: StatusOptions, timing: bool) -> Option<Section> {
    let mut section = Section::new("Operations");
    for node in nodes_with_history(model, options) {
        let entries = model.history.iter().map(|(_, entry)| entry);
        let mut lines = Vec::new();
        for entry in entries.filter(|entry| entry.node == node) {
            let Some(rsc) = entry.rsc.filter(|&rsc| options.shows_history(model, rsc)) else {
                continue;
            };
            let operations = shown(model, entry);
            if !operations.is_empty() {
                lines.push((2, heading(model, rsc, node)));
                let texts = operations.iter();
                lines.extend(texts.map(|record| (3, line(model, record, timing))));
            }
        }
        if !lines.is_empty() {
            let name = display_name(model, node, options.detail);
            section.push(1, format!("Node: {name}:"));
            section.items.extend(lines);
        }
    }
    let online = |&node: &NodeId| is_shown(model, node, options);
    model.node_order.iter().any(online).then_some(section)
}

pub(super) fn is_shown(model: &Model, node: NodeId, options: StatusOptions) -> bool {
    model.node_states[node].is(NodeFlags::ONLINE) && options.shows(node)
}

/// Nodes that are online, in the order in which histories are recorded.
pub(super) fn nodes_with_history(model: &Model, options: StatusOptions) -> Vec<NodeId> {
    let mut seen = BTreeSet::new();
    let nodes = model.history.iter().map(|(_, entry)| entry.node);
    nodes
        .filter(|&node| is_shown(model, node, options) && seen.insert(node))
        .collect()
}

/// Operations by call id, without notifications and probes that found nothing.
pub(super) fn shown<'a>(model: &Model, entry: &'a HistoryEntry) -> Vec<&'a OpRecord> {
    const NOT_RUNNING: i32 = 7;
    let mut found: Vec<&OpRecord> = entry
        .records
        .iter()
        .filter(|record| record.task.name(&model.names) != "notify")
        .filter(|record| !(record.is_probe() && record.rc == NOT_RUNNING))
        .collect();
    found.sort_by_key(|record| record.call_id);
    found
}

fn heading(model: &Model, rsc: RscId, node: NodeId) -> String {
    let threshold = model.resources[rsc].threshold.value();
    let id = printable_id(model, rsc);
    let mut text = format!("{id}: migration-threshold={threshold}");
    let found = model.fail_count(rsc, node, FailCounting::default(), None);
    if found.count > 0 {
        text.push_str(&format!(" fail-count={}", found.count));
    }
    if found.last_failure > 0 {
        text.push_str(&format!(" last-failure='{}'", date(found.last_failure)));
    }
    text + ":"
}

fn line(model: &Model, record: &OpRecord, timing: bool) -> String {
    let task = if record.is_probe() && record.task == Task::Monitor {
        "probe"
    } else {
        record.task.name(&model.names)
    };
    let mut fields = String::new();
    if record.interval > 0 {
        fields.push_str(&format!(" interval=\"{}ms\"", record.interval));
    }
    if timing {
        if let Some(change) = record.last_change.filter(|&change| change > 0) {
            fields.push_str(&format!(" last-rc-change=\"{}\"", date(change)));
        }
        for name in ["exec-time", "queue-time"] {
            if let Some(time) = record.xml.attr(name) {
                fields.push_str(&format!(" {name}=\"{time}ms\""));
            }
        }
        let text = exit_text(i64::from(record.rc));
        fields.push_str(&format!(" rc={} ({text})", record.rc));
    }
    let colon = if fields.is_empty() { "" } else { ":" };
    format!("({}) {task}{colon}{fields}", record.call_id)
}
