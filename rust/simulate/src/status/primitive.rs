//! The line of a primitive.

use super::StatusOptions;
use super::resources::description;
use super::text::{bracketed, exit_text, in_parentheses};
use pcmk_base::{OpKey, Role};
use pcmk_model::{FailedOp, Model, NodeFlags as F, NodeId, RscFlags, RscId, Task};

/// The line with the node.
pub(super) fn line(model: &Model, rsc: RscId, options: StatusOptions) -> String {
    let node = shown_node(model, rsc);
    line_as(model, rsc, &printable_id(model, rsc), node, options)
}

/// The line of a resource under this name, on this node or on all on which it is active.
pub(super) fn line_as(
    model: &Model,
    rsc: RscId,
    name: &str,
    node: Option<NodeId>,
    options: StatusOptions,
) -> String {
    if options.without_nodes {
        return body(model, rsc, name, None, options)
            + &description(model, rsc, options.description);
    }
    let active_on = &model.activity[rsc].active_on;
    let several = active_on.len() > 1;
    let mut line = body(model, rsc, name, node.filter(|_| !several), options);
    line.push_str(&description(model, rsc, several || options.description));
    if several {
        let names = active_on.iter().map(|&node| &*model.nodes[node].name);
        line.push(' ');
        line.push_str(&bracketed(names));
    }
    line
}

/// The line below a node that is named already.
pub(super) fn line_without_node(model: &Model, rsc: RscId, options: StatusOptions) -> String {
    body(model, rsc, &printable_id(model, rsc), None, options) + &description(model, rsc, true)
}

fn body(
    model: &Model,
    rsc: RscId,
    name: &str,
    node: Option<NodeId>,
    options: StatusOptions,
) -> String {
    let agent = model.resources[rsc]
        .primitive()
        .map_or(String::new(), |p| p.agent.to_string());
    let state = &model.states[rsc];
    let mut line = format!("{name}\t({agent}):\t");
    if state.is(RscFlags::REMOVED) {
        line.push_str(" ORPHANED");
    }
    let role = displayed_role(model, rsc);
    if state.is(RscFlags::FAILED) {
        line.push_str(" FAILED");
        if role > Role::Unpromoted {
            line.push_str(&format!(" {role}"));
        }
    } else {
        line.push(' ');
        line.push_str(&state_word(model, rsc, role, options));
    }
    if let Some(node) = node {
        line.push_str(&format!(" {}", model.nodes[node].name));
    }
    if role == Role::Stopped {
        if let Some(failed) = failed_probe(model, rsc, node) {
            line.push_str(&format!(" ({}) ", exit_text(i64::from(failed.record.rc))));
        }
    }
    line.push_str(&in_parentheses(&words(model, rsc, node, options)));
    line
}

/// Where it is; else where something is being done with it; else where it is locked to.
fn shown_node(model: &Model, rsc: RscId) -> Option<NodeId> {
    let activity = &model.activity[rsc];
    let current = model.current_node(&model.node_states, &model.states, rsc);
    current
        .filter(|_| !activity.active_on.is_empty())
        .or(activity.pending.map(|(_, node)| node))
        .or(model.states[rsc].lock.map(|(node, _)| node))
}

/// Started counts as unpromoted where promotion is possible.
pub(super) fn displayed_role(model: &Model, rsc: RscId) -> Role {
    let role = model.states[rsc].current_role;
    let promotable = model.states[model.top_of(rsc)].is(RscFlags::PROMOTABLE);
    if role == Role::Started && promotable {
        Role::Unpromoted
    } else {
        role
    }
}

fn state_word(model: &Model, rsc: RscId, role: Role, options: StatusOptions) -> String {
    let pending = pending_word(model, rsc).filter(|&word| options.pending && word != MONITORING);
    pending.unwrap_or(role.name()).to_owned()
}

const MONITORING: &str = "Monitoring";

/// What is being done with a resource.
pub(super) fn pending_word(model: &Model, rsc: RscId) -> Option<&'static str> {
    match model.activity[rsc].pending?.0 {
        Task::Start => Some("Starting"),
        Task::Stop => Some("Stopping"),
        Task::MigrateTo | Task::MigrateFrom => Some("Migrating"),
        Task::Promote => Some("Promoting"),
        Task::Demote => Some("Demoting"),
        Task::Monitor => Some(MONITORING),
        _ => None,
    }
}

fn words(model: &Model, rsc: RscId, node: Option<NodeId>, options: StatusOptions) -> Vec<String> {
    let state = &model.states[rsc];
    let resource = &model.resources[rsc];
    let mut words: Vec<String> = Vec::new();
    if let Some(node) = node {
        let at = &model.node_states[node];
        if !at.is(F::ONLINE) && at.is(F::UNCLEAN) {
            words.push("UNCLEAN".to_owned());
        }
        if state.lock.is_some_and(|(locked, _)| locked == node) {
            words.push("LOCKED".to_owned());
        }
    }
    if options.pending && pending_word(model, rsc) == Some(MONITORING) {
        words.push(MONITORING.to_owned());
    }
    if let Some(text) = resource.meta("target-role") {
        match Role::parse(text) {
            Some(Role::Stopped) => words.push("disabled".to_owned()),
            Some(Role::Unpromoted) if model.states[model.top_of(rsc)].is(RscFlags::PROMOTABLE) => {
                words.push(format!("target-role:{text}"));
            }
            _ => {}
        }
    }
    if state.is(RscFlags::BLOCKED) {
        words.push("blocked".to_owned());
    } else if state.is(RscFlags::MAINTENANCE) {
        words.push("maintenance".to_owned());
    } else if !state.is(RscFlags::MANAGED) {
        words.push("unmanaged".to_owned());
    }
    if state.is(RscFlags::IGNORE_FAILURE) {
        words.push("failure ignored".to_owned());
    }
    words
}

/// Id to show: without number for anonymous instances.
pub(super) fn printable_id(model: &Model, rsc: RscId) -> String {
    let resource = &model.resources[rsc];
    if model.states[rsc].is(RscFlags::UNIQUE) {
        resource.id.to_string()
    } else {
        resource.xml_id.to_string()
    }
}

/// A probe of the resource that failed in a way that says it cannot run there (or, without a node, anywhere). Records
/// say it by their keys, and for everything in a clone that is the one of what is cloned; they name their node.
pub(super) fn failed_probe(model: &Model, rsc: RscId, node: Option<NodeId>) -> Option<&FailedOp> {
    let top = &model.resources[model.top_of(rsc)];
    let id = match top.children.first() {
        Some(&child) if top.is_clone() => &model.resources[child].xml_id,
        _ => &model.resources[rsc].id,
    };
    let name = node.map(|node| &*model.nodes[node].name);
    model.failed_ops.iter().find(|failed| {
        let told = failed.record.xml.attr("on_node");
        super::failures::is_masked(&failed.record)
            && told.is_some_and(|told| name.is_none_or(|name| name.eq_ignore_ascii_case(told)))
            && OpKey::parse(failed.record.key()).is_ok_and(|key| *key.resource == **id)
    })
}
