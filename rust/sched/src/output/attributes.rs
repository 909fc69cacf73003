//! The attributes of an action in the graph: parameters for the agent, and `CRM_meta_*` values about the operation.

use super::action::names_node;
use crate::{Action, ActionFlags, ActionId, Key, Plan};
use pcmk_base::{Diagnostics, FEATURE_SET, Text};
use pcmk_model::{Attrs, Model, NodeId, NodeKind, RscFlags, RscId, Task, Variant};
use pcmk_rules::IdIndex;
use std::collections::BTreeMap;

/// Attributes by name, and the parameters that XML does not allow as attributes.
pub(super) fn of(
    model: &Model,
    plan: &Plan,
    index: &IdIndex<'_>,
    id: ActionId,
) -> (BTreeMap<String, String>, Vec<(String, String)>) {
    let action = &plan.actions[id];
    let mut table = Table::default();
    table.fill("crm_feature_set", FEATURE_SET);
    let mut meta = Attrs::default();
    if let Some(rsc) = action.rsc() {
        // What is wrong with the configuration was reported when it was read.
        let mut unheard = Diagnostics::new(0);
        let task = configured_task(action);
        let configured = model.op_meta(
            rsc,
            task,
            action.interval(),
            action.node,
            index,
            &mut unheard,
        );
        for (name, value) in &configured.params {
            table.fill(name, value);
        }
        parameters(model, plan, index, action, rsc, &mut table);
        meta = configured.meta;
    }
    for (name, value) in &action.meta {
        meta.insert((*name).into(), value.clone());
    }
    add_cancelled(model, action, &mut meta);
    if let Some(node) = action.node.filter(|_| names_node(action)) {
        let node = &model.nodes[node];
        meta.insert("on_node".into(), node.name.clone());
        meta.insert("on_node_uuid".into(), node.id.clone());
    }
    if let Some(rc) = action.expected_rc {
        meta.insert("op_target_rc".into(), rc.to_string().into());
    }
    for (name, value) in &meta {
        table.fill_meta(name, value);
    }
    let mut at = action.rsc();
    while let Some(rsc) = at {
        add_structure(model, plan, rsc, &mut table);
        at = model.resources[rsc].parent;
    }
    add_guest(model, plan, action, &mut table);
    (table.attributes, table.params)
}

#[derive(Default)]
struct Table {
    attributes: BTreeMap<String, String>,
    params: Vec<(String, String)>,
}

impl Table {
    /// Keeps a value unless the name has one.
    fn fill(&mut self, name: &str, value: &str) {
        if !pcmk_xml::is_name(name) {
            self.params.push((name.to_owned(), value.to_owned()));
            return;
        }
        self.attributes
            .entry(name.to_owned())
            .or_insert_with(|| value.to_owned());
    }

    fn fill_meta(&mut self, name: &str, value: &str) {
        if !name.contains(['#', ':']) {
            self.fill(&meta_name(name), value);
        }
    }

    fn set_meta(&mut self, name: &str, value: impl ToString) {
        self.attributes.insert(meta_name(name), value.to_string());
    }
}

fn meta_name(name: &str) -> String {
    const PREFIX: &str = "CRM_meta_";
    let mut full = String::with_capacity(PREFIX.len() + name.len());
    full.push_str(PREFIX);
    for (at, word) in name.split('-').enumerate() {
        full.push_str(if at > 0 { "_" } else { "" });
        full.push_str(word);
    }
    full
}

/// The task whose configuration holds for an action: all of a notification takes that of notify.
fn configured_task(action: &Action) -> Task {
    match action.key {
        Key::Notify(..) => Task::Notify,
        _ => action.cancelled_task().unwrap_or(action.task),
    }
}

fn add_cancelled(model: &Model, action: &Action, meta: &mut Attrs) {
    if let Some(task) = action.cancelled_task() {
        meta.insert("operation".into(), task.name(&model.names).into());
        meta.insert("interval".into(), action.interval().to_string().into());
    }
}

fn parameters(
    model: &Model,
    plan: &Plan,
    index: &IdIndex<'_>,
    action: &Action,
    rsc: RscId,
    table: &mut Table,
) {
    if action.node.is_none() && !model.resources[rsc].is_primitive() {
        return;
    }
    let (values, _) = model.parameters(rsc, action.node, index, &mut Diagnostics::new(0));
    for (name, value) in &values {
        if &**name == "addr" && &**value == "#uname" {
            let address = container_host(model, plan, rsc);
            table.fill(name, address.as_deref().unwrap_or(value));
        } else {
            table.fill(name, value);
        }
    }
}

/// Where a bundle's connection is reached: the host of the replica's container.
fn container_host(model: &Model, plan: &Plan, connection: RscId) -> Option<Text> {
    let container = model.resources[connection].launcher?;
    let host = plan.assigned[container]
        .or_else(|| model.current_node(&plan.nodes, &plan.rscs, container))?;
    Some(model.nodes[host].name.clone())
}

/// What the variant of a resource adds for its own actions and those of everything below it.
fn add_structure(model: &Model, plan: &Plan, rsc: RscId, table: &mut Table) {
    let resource = &model.resources[rsc];
    match &resource.variant {
        Variant::Primitive(_) => {
            if let Some(number) = resource.instance {
                table.set_meta("clone", number);
            }
            if let Some(node) = resource.meta("remote-node") {
                table.set_meta("remote_node", node);
            }
            if let Some(launcher) = outermost_launcher(model, rsc) {
                table.set_meta("container", &model.resources[launcher].id);
            }
            if let Some(address) = resource.meta("external-ip") {
                table
                    .attributes
                    .insert("pcmk_external_ip".to_owned(), address.to_owned());
            }
        }
        Variant::Clone(clone) => {
            let state = &plan.rscs[rsc];
            table.set_meta("globally_unique", state.is(RscFlags::UNIQUE));
            table.set_meta("notify", state.is(RscFlags::NOTIFY));
            table.set_meta("clone_max", clone.max);
            table.set_meta("clone_node_max", clone.node_max);
            if state.is(RscFlags::PROMOTABLE) {
                for word in ["promoted", "master"] {
                    table.set_meta(&format!("{word}_max"), clone.promoted_max);
                    table.set_meta(&format!("{word}_node_max"), clone.promoted_node_max);
                }
            }
        }
        Variant::Group(_) | Variant::Bundle(_) => {}
    }
}

fn outermost_launcher(model: &Model, rsc: RscId) -> Option<RscId> {
    let mut found = None;
    let mut at = Some(rsc);
    while let Some(current) = at {
        found = model.resources[current].launcher.or(found);
        at = model.resources[current].parent;
    }
    found
}

/// On a guest node, the host that the guest is on at that moment.
fn add_guest(model: &Model, plan: &Plan, action: &Action, table: &mut Table) {
    let (Some(rsc), Some(node)) = (action.rsc(), action.node) else {
        return;
    };
    if model.nodes[node].kind != NodeKind::Guest {
        return;
    }
    let connection = model.nodes[node].connection;
    let Some(launcher) = connection.and_then(|c| model.resources[c].launcher) else {
        return;
    };
    let Some(host) = physical_host(model, plan, action, launcher) else {
        return;
    };
    if let Some(target) = model.resources[rsc].meta("container-attribute-target") {
        table.set_meta("container_attribute_target", target);
    }
    table.set_meta("physical_host", &model.nodes[host].name);
}

fn physical_host(model: &Model, plan: &Plan, action: &Action, launcher: RscId) -> Option<NodeId> {
    if action.is(ActionFlags::PSEUDO) && action.task == Task::Fence {
        return None;
    }
    let task = match action.key {
        Key::Notify(_, _, task) => task,
        _ => action.task,
    };
    match task {
        Task::Stop | Task::Stopped | Task::Demote | Task::Demoted => {
            model.current_node(&plan.nodes, &plan.rscs, launcher)
        }
        Task::Start | Task::Running | Task::Monitor | Task::Promote | Task::Promoted => {
            plan.assigned[launcher]
        }
        _ => None,
    }
}
