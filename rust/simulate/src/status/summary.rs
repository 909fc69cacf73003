//! Stack, DC, times and numbers.

use super::nodes::display_name;
use super::resources::is_disabled;
use super::section::Section;
use pcmk_base::Role;
use pcmk_model::{Model, Node, NodeFlags, NodeId, QuorumPolicy, RscFlags};

pub(super) fn section(model: &Model, now_text: &str, parts: &[&str], detail: bool) -> Section {
    let mut section = Section::new("Cluster Summary");
    let property = |name: &str| model.options.all.get(name).map(|value| &**value);
    let has = |name: &str| parts.contains(&name);
    if has("stack") {
        let stack = property("cluster-infrastructure").unwrap_or("unknown");
        section.push(1, format!("Stack: {stack}"));
    }
    if has("dc") || has("no-dc") && dc_of(model).is_none() {
        let version = property("dc-version").unwrap_or("unknown");
        section.push(1, dc_line(model, version, detail));
    }
    if has("times") {
        section.push(1, format!("Last updated: {now_text}"));
        section.push(1, format!("Last change:  {}", last_change(model)));
    }
    if has("counts") {
        section.push(1, count(model.nodes.len(), "node", ""));
        section.push(1, instances_line(model));
    }
    if has("options") {
        for line in option_lines(model) {
            section.push(1, line);
        }
    }
    section
}

fn option_lines(model: &Model) -> [String; 3] {
    let options = &model.options;
    let fencing = if options.fencing_enabled {
        "enabled"
    } else {
        "disabled"
    };
    let symmetric = if options.symmetric_cluster {
        "symmetric"
    } else {
        "asymmetric"
    };
    let policy = match options.no_quorum_policy {
        QuorumPolicy::Freeze => "Freeze resources",
        QuorumPolicy::Stop => "Stop ALL resources",
        QuorumPolicy::Demote => "Demote promotable resources and stop all other resources",
        QuorumPolicy::Ignore => "Ignore",
        QuorumPolicy::Fence => "Fence nodes in partition",
    };
    [
        format!("Fencing of failed nodes {fencing}"),
        format!("Cluster is {symmetric}"),
        format!("No quorum policy: {policy}"),
    ]
}

pub(super) fn notice(model: &Model) -> &'static [&'static str] {
    if model.options.maintenance_mode {
        &[
            "              *** Resource management is DISABLED ***",
            "  The cluster will not attempt to start, stop or recover services",
        ]
    } else if model.options.stop_all_resources {
        &[
            "    *** Resource management is DISABLED ***",
            "  The cluster will keep all resources stopped",
        ]
    } else {
        &[]
    }
}

/// The node whose controller is the DC.
pub(super) fn dc_of(model: &Model) -> Option<NodeId> {
    let mut order = model.node_order.iter().copied();
    order.find(|&node| model.node_states[node].is(NodeFlags::DC))
}

fn dc_line(model: &Model, version: &str, detail: bool) -> String {
    match dc_of(model) {
        Some(dc) => {
            let quorum = if model.quorate { "with" } else { "WITHOUT" };
            let name = display_name(model, dc, detail);
            let mixed = match has_mixed_versions(model, dc) {
                true => "MIXED-VERSION ",
                false => "",
            };
            format!("Current DC: {name} (version {version}) - {mixed}partition {quorum} quorum")
        }
        None => "Current DC: NONE".to_owned(),
    }
}

/// Whether nodes have other feature sets than the DC.
pub(super) fn has_mixed_versions(model: &Model, dc: NodeId) -> bool {
    let feature_set = |node: &'_ Node| node.attrs.get("#feature-set").cloned();
    let of_dc = feature_set(&model.nodes[dc]);
    let mut known = model.nodes.iter().filter_map(|(_, node)| feature_set(node));
    known.any(|set| Some(set) != of_dc)
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

/// How many instances are disabled, blocked, and there at all: what was removed counts while it runs.
pub(super) fn instance_counts(model: &Model) -> (usize, usize, usize) {
    let (mut disabled, mut blocked, mut all) = (0, 0, 0);
    for &top in &model.top {
        for rsc in model.primitives(top) {
            let state = &model.states[rsc];
            if state.is(RscFlags::REMOVED) && state.current_role <= Role::Stopped {
                continue;
            }
            all += 1;
            disabled += usize::from(is_disabled(model, rsc));
            let failed = state.is(RscFlags::BLOCKED) && !state.is(RscFlags::FROZEN);
            blocked += usize::from(failed);
        }
    }
    (disabled, blocked, all)
}
