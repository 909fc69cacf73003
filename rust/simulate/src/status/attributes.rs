//! Node attributes that users set, on nodes that are online.

use super::StatusOptions;
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
        section.push(1, format!("Node: {}:", model.nodes[node].name));
        for (name, value) in attributes {
            section.push(2, format!("{name:<32}\t: {value:<10}"));
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
