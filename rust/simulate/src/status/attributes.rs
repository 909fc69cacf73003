//! Node attributes that users set, on nodes that are online.

use super::StatusOptions;
use super::nodes::display_name;
use super::section::Section;
use pcmk_model::{Model, NodeFlags, NodeId};

/// Beginnings of names that belong to the cluster itself.
const INTERNAL: [&str; 6] = [
    "fail-count-",
    "last-failure-",
    "shutdown",
    "terminate",
    "standby",
    "#",
];

pub(super) fn section(model: &Model, options: StatusOptions) -> Section {
    let mut section = Section::new("Node Attributes");
    for &node in &model.node_order {
        if !model.node_states[node].is(NodeFlags::ONLINE) || !options.shows(node) {
            continue;
        }
        let attributes = of_users(model, node);
        if attributes.is_empty() {
            continue;
        }
        let shown = display_name(model, node, options.detail);
        section.push(1, format!("Node: {shown}:"));
        for (name, value) in attributes {
            let connected = connectivity(expected(model, node, name), value);
            section.push(2, format!("{name:<32}\t: {value:<10}{connected}"));
        }
    }
    section
}

/// Names and values of what users set for a node, sorted.
pub(super) fn of_users(model: &Model, node: NodeId) -> Vec<(&str, &str)> {
    let attributes = model.nodes[node].attrs.iter();
    let mut found: Vec<(&str, &str)> = attributes
        .map(|(name, value)| (&**name, &**value))
        .filter(|(name, _)| !INTERNAL.iter().any(|prefix| name.starts_with(prefix)))
        .collect();
    found.sort_unstable();
    found
}

/// What a value says about the network, where it is known what it should be.
fn connectivity(expected: Option<i64>, value: &str) -> String {
    let Some(expected) = expected else {
        return String::new();
    };
    let value = value.trim().parse().unwrap_or(0);
    if value <= 0 {
        "\t: Connectivity is lost".to_owned()
    } else if value < expected {
        format!("\t: Connectivity is degraded (Expected={expected})")
    } else {
        String::new()
    }
}

/// What an attribute is if all hosts answer, where a ping resource that runs on the node sets it.
pub(super) fn expected(model: &Model, node: NodeId, attribute: &str) -> Option<i64> {
    let references = pcmk_rules::IdIndex::new(&model.cib);
    for &rsc in &model.node_states[node].running {
        let Some(primitive) = model.resources[rsc].primitive() else {
            continue;
        };
        if !matches!(&*primitive.agent.kind, "ping" | "pingd") {
            continue;
        }
        let mut sink = pcmk_base::Diagnostics::default();
        let (parameters, _) = model.parameters(rsc, Some(node), &references, &mut sink);
        let name = parameters.get("name").map_or("pingd", |name| &**name);
        if name != attribute {
            continue;
        }
        let hosts = parameters
            .get("host_list")
            .map_or(0, |hosts| hosts.split_whitespace().count());
        let multiplier = parameters.get("multiplier");
        let multiplier = multiplier.map_or(Some(1), |text| text.trim().parse::<i64>().ok());
        return multiplier.map(|multiplier| multiplier.saturating_mul(hosts as i64));
    }
    None
}
