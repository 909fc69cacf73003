//! Stack, DC, times and numbers.

use super::nodes::display_name;
use super::resources::is_disabled;
use super::section::Section;
use pcmk_model::{Model, NodeFlags, RscFlags};

pub(super) fn section(model: &Model, now_text: &str) -> Section {
    let mut section = Section::new("Cluster Summary");
    let property = |name: &str| model.options.all.get(name).map(|value| &**value);
    let stack = property("cluster-infrastructure").unwrap_or("unknown");
    section.push(1, format!("Stack: {stack}"));
    section.push(
        1,
        dc_line(model, property("dc-version").unwrap_or("unknown")),
    );
    section.push(1, format!("Last updated: {now_text}"));
    section.push(1, format!("Last change:  {}", last_change(model)));
    section.push(1, count(model.nodes.len(), "node", ""));
    section.push(1, instances_line(model));
    section
}

fn dc_line(model: &Model, version: &str) -> String {
    let order = model.node_order.iter().copied();
    let dc = order
        .into_iter()
        .find(|&node| model.node_states[node].is(NodeFlags::DC));
    match dc {
        Some(dc) => {
            let quorum = if model.quorate { "with" } else { "WITHOUT" };
            let name = display_name(model, dc, false);
            format!("Current DC: {name} (version {version}) - partition {quorum} quorum")
        }
        None => "Current DC: NONE".to_owned(),
    }
}

/// When, by whom, through what and on which node the configuration was changed last.
fn last_change(model: &Model) -> String {
    let attr = |name| model.cib.attr(name).filter(|text| !text.is_empty());
    let mut text = attr("cib-last-written").unwrap_or_default().to_owned();
    for (word, name) in [
        ("by", "update-user"),
        ("via", "update-client"),
        ("on", "update-origin"),
    ] {
        if let Some(value) = attr(name) {
            text.push_str(&format!(" {word} {value}"));
        }
    }
    text
}

fn count(number: usize, what: &str, rest: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural} configured{rest}")
}

fn instances_line(model: &Model) -> String {
    let (disabled, blocked, all) = instance_counts(model);
    const FAILED: &str = "BLOCKED from further action due to failure";
    let rest = match (disabled, blocked) {
        (0, 0) => String::new(),
        (disabled, 0) => format!(" ({disabled} DISABLED)"),
        (0, blocked) => format!(" ({blocked} {FAILED})"),
        (disabled, blocked) => format!(" ({disabled} DISABLED, {blocked} {FAILED})"),
    };
    count(all, "resource instance", &rest)
}

pub(super) fn instance_counts(model: &Model) -> (usize, usize, usize) {
    let (mut disabled, mut blocked, mut all) = (0, 0, 0);
    for &top in &model.top {
        for rsc in model.primitives(top) {
            let state = &model.states[rsc];
            if state.is(RscFlags::REMOVED) {
                continue;
            }
            all += 1;
            disabled += usize::from(is_disabled(model, rsc));
            blocked += usize::from(state.is(RscFlags::BLOCKED));
        }
    }
    (disabled, blocked, all)
}
