//! Operations that failed, and how often.

use super::StatusOptions;
use super::nodes::display_name;
use super::operations::is_shown;
use super::section::Section;
use super::text::{exit_text, status_text};
use pcmk_base::OpKey;
use pcmk_model::{ExecStatus, FailCounting, FailedOp, Model, NodeFlags, NodeId, OpRecord};

/// A failed probe that only says that the resource cannot run there; it shows at the resource instead.
pub(super) fn is_masked(record: &OpRecord) -> bool {
    const INVALID_PARAMETER: i32 = 2;
    const NOT_INSTALLED: i32 = 5;
    record.is_probe()
        && (matches!(record.rc, INVALID_PARAMETER | NOT_INSTALLED)
            || record.status == ExecStatus::NotInstalled)
}

pub(super) fn section(model: &Model, options: StatusOptions, technical: bool) -> Option<Section> {
    let mut section = Section::new("Failed Resource Actions");
    for failed in &model.failed_ops {
        let online = model.node_states[failed.node].is(NodeFlags::ONLINE);
        if online
            && options.shows(failed.node)
            && options.names(failed.rsc)
            && !is_masked(&failed.record)
        {
            let line = if technical {
                technical_line(model, failed)
            } else {
                friendly_line(model, failed)
            };
            section.push(1, line);
        }
    }
    (!section.items.is_empty()).then_some(section)
}

fn technical_line(model: &Model, failed: &FailedOp) -> String {
    let record = &failed.record;
    let attr = |name| record.xml.attr(name).filter(|text| !text.is_empty());
    let mut line = format!(
        "{} on {} '{}' ({}): call={}, status='{}'",
        record.key(),
        model.nodes[failed.node].name,
        exit_text(i64::from(record.rc)),
        record.rc,
        record.call_id,
        status_text(record.status)
    );
    if let Some(reason) = attr("exit-reason") {
        line.push_str(&format!(", exitreason='{reason}'"));
    }
    if let Some(change) = record.last_change.filter(|&change| change > 0) {
        line.push_str(&format!(", last-rc-change='{}'", date(change)));
    }
    if let Some(time) = attr("queue-time") {
        line.push_str(&format!(", queued={time}ms"));
    }
    if let Some(time) = attr("exec-time") {
        line.push_str(&format!(", exec={time}ms"));
    }
    line
}

/// The operation as its key has it, such as `db 10s-interval monitor`.
fn readable(key: &OpKey) -> String {
    let (rsc, task) = (&key.resource, &key.task);
    match key.interval {
        0 if *task == "monitor" => format!("{rsc} probe"),
        0 => format!("{rsc} {task}"),
        ms => format!("{rsc} {}-interval {task}", pcmk_time::readable_interval(ms)),
    }
}

fn friendly_line(model: &Model, failed: &FailedOp) -> String {
    let record = &failed.record;
    let attr = |name| record.xml.attr(name).filter(|text| !text.is_empty());
    let operation = match OpKey::parse(record.key()) {
        Ok(key) => readable(&key),
        Err(_) => "unknown resource unknown action".to_owned(),
    };
    let node = &model.nodes[failed.node].name;
    let mut line = format!("{operation} on {node}");
    let reason = attr("exit-reason");
    if record.status == ExecStatus::Done {
        line.push_str(&format!(" returned '{}'", exit_text(i64::from(record.rc))));
        if let Some(reason) = reason {
            line.push_str(&format!(" ({reason})"));
        }
    } else {
        let why = reason.map_or(String::new(), |reason| format!(": {reason}"));
        let status = status_text(record.status);
        line.push_str(&format!(" could not be executed ({status}{why})"));
    }
    if let Some(change) = record.last_change.filter(|&change| change > 0) {
        line.push_str(&format!(" at {}", date(change)));
    }
    let spent = attr("exec-time").and_then(|text| text.parse::<u32>().ok());
    if let Some(ms) = spent.filter(|&ms| ms > 0) {
        line.push_str(&format!(" after {}", pcmk_time::readable_interval(ms)));
    }
    line
}

/// Seconds since the epoch as status displays write dates, in UTC.
pub(super) fn date(epoch: i64) -> String {
    let text = pcmk_time::DateTime::from_epoch(epoch, 0).to_string();
    text.trim_end_matches('Z').to_owned()
}

/// `None` while no node is online.
pub(super) fn counts(model: &Model, options: StatusOptions) -> Option<Section> {
    let mut section = Section::new("Migration Summary");
    for &node in &model.node_order {
        if !is_shown(model, node, options) {
            continue;
        }
        let mut lines = Vec::new();
        for (_, entry) in model.history.iter().filter(|(_, e)| e.node == node) {
            let Some(rsc) = entry.rsc.filter(|&rsc| options.shows_history(model, rsc)) else {
                continue;
            };
            let found = model.fail_count(rsc, node, FailCounting::default(), None);
            if found.count == 0 {
                continue;
            }
            let threshold = model.resources[rsc].threshold.value();
            let id = entry.xml.id().unwrap_or_default();
            let mut line = format!(
                "{id}: migration-threshold={threshold} fail-count={}",
                found.count
            );
            if found.last_failure > 0 {
                line.push_str(&format!(" last-failure='{}'", date(found.last_failure)));
            }
            lines.push(line);
        }
        if !lines.is_empty() {
            let name = display_name(model, node, options.detail);
            section.push(1, format!("Node: {name}:"));
            for line in lines {
                section.push(2, line);
            }
        }
    }
    let online = |&node: &NodeId| is_shown(model, node, options);
    model.node_order.iter().any(online).then_some(section)
}
