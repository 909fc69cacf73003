//! The list of nodes: those with something to say one by one, the others collected.

use super::section::Section;
use super::text::bracketed;
use super::{StatusOptions, resources};
use pcmk_base::Score;
use pcmk_model::{HealthStrategy, Model, NodeFlags as F, NodeId, NodeKind};

pub(super) fn section(model: &Model, options: StatusOptions) -> Section {
    let mut section = Section::new("Node List");
    let mut collected: [Vec<&str>; 5] = Default::default();
    let shown = model.node_order.iter().copied();
    for node in shown.filter(|&node| options.shows(node)) {
        let state = &model.node_states[node];
        let special = F::UNCLEAN | F::PENDING | F::STANDBY | F::MAINTENANCE;
        let fail_standby = state.is(F::FAIL_STANDBY | F::ONLINE);
        let health = health_text(model, node);
        let alone = state.flags.intersects(special)
            || fail_standby
            || !health.is_empty()
            || options.by_node
            || options.detail;
        if !alone {
            let name = &*model.nodes[node].name;
            if let Some(list) = list_of(model.nodes[node].kind, state.is(F::ONLINE)) {
                collected[list].push(name);
            }
            continue;
        }
        let kind = match model.nodes[node].kind {
            NodeKind::Cluster => "Node",
            NodeKind::Remote => "RemoteNode",
            NodeKind::Guest => "GuestNode",
        };
        let name = display_name(model, node, options.detail);
        let features = feature_set(model, node).filter(|_| options.detail);
        let features = features.map_or(String::new(), |set| format!(", feature set {set}"));
        let status = status_text(model, node);
        let line = format!("{kind} {name}: {status}{health}{features}");
        if options.by_node {
            let mut below = Section::default();
            resources::on_node(model, node, options, &mut below);
            if options.brief && below.items.is_empty() {
                continue;
            }
            section.push(1, format!("{line}:"));
            section.push(2, "Resources:");
            section.items.extend(below.items);
        } else {
            section.push(1, line);
        }
    }
    const TITLES: [&str; 5] = [
        "Online",
        "OFFLINE",
        "RemoteOnline",
        "RemoteOFFLINE",
        "GuestOnline",
    ];
    for (title, names) in TITLES.iter().zip(collected) {
        if !names.is_empty() {
            section.push(1, format!("{title}: {}", bracketed(names)));
        }
    }
    section
}

/// The feature set of a cluster node that is there, as it told.
pub(super) fn feature_set(model: &Model, node: NodeId) -> Option<&str> {
    const BEFORE_NODES_TOLD: &str = "<3.15.1";
    let it = &model.nodes[node];
    let there = model.node_states[node].is(F::ONLINE | F::EXPECTED_UP);
    let told = it.attrs.get("#feature-set").map(|value| &**value);
    (there && it.kind == NodeKind::Cluster).then(|| told.unwrap_or(BEFORE_NODES_TOLD))
}

/// Guests that are not online are not listed at all.
fn list_of(kind: NodeKind, online: bool) -> Option<usize> {
    match (kind, online) {
        (NodeKind::Cluster, true) => Some(0),
        (NodeKind::Cluster, false) => Some(1),
        (NodeKind::Remote, true) => Some(2),
        (NodeKind::Remote, false) => Some(3),
        (NodeKind::Guest, true) => Some(4),
        (NodeKind::Guest, false) => None,
    }
}

/// The name of a node; with details its host and its id if that differs.
pub(super) fn display_name(model: &Model, node: NodeId, detail: bool) -> String {
    let it = &model.nodes[node];
    let mut name = it.name.to_string();
    if !detail {
        return name;
    }
    if it.kind == NodeKind::Guest {
        let launcher = it.connection.and_then(|c| model.resources[c].launcher);
        let host = launcher.and_then(|l| model.activity[l].active_on.first().copied());
        name.push('@');
        name.push_str(host.map_or("", |host| &model.nodes[host].name));
    }
    if !it.id.eq_ignore_ascii_case(&it.name) {
        name.push_str(&format!(" ({})", it.id));
    }
    name
}

fn status_text(model: &Model, node: NodeId) -> &'static str {
    let state = &model.node_states[node];
    let online = state.is(F::ONLINE);
    if state.is(F::UNCLEAN) {
        if online {
            "UNCLEAN (online)"
        } else if state.is(F::PENDING) {
            "UNCLEAN (pending)"
        } else {
            "UNCLEAN (offline)"
        }
    } else if state.is(F::PENDING) {
        "pending"
    } else if state.is(F::FAIL_STANDBY) && online {
        "standby (on-fail)"
    } else if state.is(F::STANDBY) {
        if !online {
            "OFFLINE (standby)"
        } else if state.running.is_empty() {
            "standby"
        } else {
            "standby (with active resources)"
        }
    } else if state.is(F::MAINTENANCE) {
        if online {
            "maintenance"
        } else {
            "OFFLINE (maintenance)"
        }
    } else if online {
        "online"
    } else {
        "OFFLINE"
    }
}

/// The health of a node, if it is not green.
fn health_text(model: &Model, node: NodeId) -> &'static str {
    match health(model, node) {
        "red" => " (health is RED)",
        "yellow" => " (health is YELLOW)",
        _ => "",
    }
}

/// The worst of a node's health attributes.
pub(super) fn health(model: &Model, node: NodeId) -> &'static str {
    if model.options.node_health_strategy == HealthStrategy::None {
        return "green";
    }
    // Words count as what they say, whatever their scores are.
    let health = &model.options.health;
    let values: Vec<(bool, bool, Option<Score>)> = model.nodes[node]
        .attrs
        .iter()
        .filter(|(name, _)| name.starts_with("#health"))
        .map(|(_, value)| {
            let red = value.eq_ignore_ascii_case("red");
            let yellow = value.eq_ignore_ascii_case("yellow");
            let score = health.parse(value).filter(|_| !red && !yellow);
            (red, yellow, score)
        })
        .collect();
    let at_most = |limit: Score, score: Option<Score>| score.is_some_and(|score| score <= limit);
    if values
        .iter()
        .any(|&(red, _, score)| red || at_most(health.red, score))
    {
        return "red";
    }
    let graded = health.yellow != health.green;
    if values
        .iter()
        .any(|&(_, yellow, score)| yellow || (graded && at_most(health.yellow, score)))
    {
        return "yellow";
    }
    "green"
}
