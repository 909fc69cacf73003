//! The attributes of an action in the graph: parameters for the agent, and `CRM_meta_*` values about the operation.

use super::action::names_node;
use super::past::Past;
use crate::{Action, ActionFlags, ActionId, Key, Plan};
use pcmk_base::{Diagnostics, FEATURE_SET, IntervalMs, Text};
use pcmk_model::{Attrs, Model, NodeId, NodeKind, OpMeta, RscFlags, RscId, Task, Variant};
use pcmk_rules::IdIndex;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Texts that many actions have.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// Names of attributes as the graph has them. Those that XML does not allow have none.
    plain: FxHashMap<Text, Option<Text>>,
    meta: FxHashMap<Text, Option<Text>>,
    words: FxHashMap<Text, Text>,
    numbers: FxHashMap<u32, Text>,
}

impl Texts {
    pub fn word(&mut self, word: &str) -> Text {
        if let Some(known) = self.words.get(word) {
            return known.clone();
        }
        let made = Text::from(word);
        self.words.insert(made.clone(), made.clone());
        made
    }

    fn flag(&mut self, value: bool) -> Text {
        self.word(if value { "true" } else { "false" })
    }

    fn number(&mut self, value: u32) -> Text {
        let known = self.numbers.entry(value);
        known.or_insert_with(|| value.to_string().into()).clone()
    }

    fn plain(&mut self, name: &str) -> Option<Text> {
        known(&mut self.plain, name, |name| Some(name.into()))
    }

    fn meta(&mut self, name: &str) -> Option<Text> {
        known(&mut self.meta, name, |name| Some(meta_name(name).into()))
    }
}

fn known(
    names: &mut FxHashMap<Text, Option<Text>>,
    name: &str,
    make: impl FnOnce(&str) -> Option<Text>,
) -> Option<Text> {
    if let Some(known) = names.get(name) {
        return known.clone();
    }
    let made = make(name).filter(|made| pcmk_xml::is_name(made));
    names.insert(name.into(), made.clone());
    made
}

/// Names and values, sorted by name, and parameters that XML does not allow as attributes.
pub(super) type Made = (Arc<[(Text, Text)]>, Vec<(String, String)>);

/// What the configuration says about an operation of a resource, on every node.
#[derive(Debug)]
pub(super) struct Configured {
    op: OpMeta,
    parameters: Attrs,
}

impl PartialEq for Configured {
    /// In the same order too, as names can become alike when they are written.
    fn eq(&self, other: &Self) -> bool {
        let (op, of_other) = (&self.op, &other.op);
        self.parameters.iter().eq(&other.parameters)
            && op.params.iter().eq(&of_other.params)
            && op.meta.iter().eq(&of_other.meta)
    }
}

/// Tells the attributes of actions, one after the other.
pub(super) struct Attributes<'a> {
    model: &'a Model,
    plan: &'a Plan,
    index: &'a IdIndex<'a>,
    pub texts: Texts,
    /// The operation before, which mostly is the same on another node.
    last: Option<((RscId, Task, IntervalMs), Arc<Configured>)>,
    /// What is known from other graphs, and will be from this one.
    pub past: Option<Past>,
    /// Room for attributes as they are made.
    room: Vec<(Text, Text)>,
}

impl<'a> Attributes<'a> {
    /// With the index of the model's CIB.
    pub fn new(
        model: &'a Model,
        plan: &'a Plan,
        index: &'a IdIndex<'a>,
        past: Option<Past>,
    ) -> Self {
        Self {
            model,
            plan,
            index,
            texts: Texts::default(),
            last: None,
            past,
            room: Vec::new(),
        }
    }

    /// Attributes, and the parameters that XML does not allow as attributes.
    pub fn of(&mut self, id: ActionId) -> Made {
        let action = &self.plan.actions[id];
        let configured = action.rsc().map(|rsc| self.configured(action, rsc));
        if let Some(past) = &mut self.past
            && let Some(made) = past.find(action, configured.as_ref())
        {
            return made;
        }
        let made = self.make(action, configured.as_deref());
        if let Some(past) = &mut self.past {
            past.keep(action, configured, &made);
        }
        made
    }

    fn make(&mut self, action: &Action, configured: Option<&Configured>) -> Made {
        let (model, plan) = (self.model, self.plan);
        let mut table = Table {
            attributes: &mut self.room,
            params: Vec::new(),
            texts: &mut self.texts,
        };
        let feature_set = table.texts.word(FEATURE_SET);
        table.fill("crm_feature_set", &feature_set);
        if let Some(configured) = configured {
            for (name, value) in &configured.op.params {
                table.fill(name, value);
            }
            parameters(model, plan, action, &configured.parameters, &mut table);
        }
        // What wins comes first.
        if let Some(rc) = action.expected_rc {
            let rc = table.texts.number(u32::from(rc));
            table.fill_meta("op_target_rc", &rc);
        }
        if let Some(node) = action.node.filter(|_| names_node(action)) {
            let node = &model.nodes[node];
            table.fill_meta("on_node", &node.name);
            table.fill_meta("on_node_uuid", &node.id);
        }
        add_cancelled(model, action, &mut table);
        for (name, value) in action.all_meta() {
            table.fill_meta(name, value);
        }
        for (name, value) in configured.iter().flat_map(|known| &known.op.meta) {
            table.fill_meta(name, value);
        }
        let mut at = action.rsc();
        while let Some(rsc) = at {
            add_structure(model, plan, rsc, &mut table);
            at = model.resources[rsc].parent;
        }
        add_guest(model, plan, action, &mut table);
        let params = table.params;
        (self.room.drain(..).collect(), params)
    }

    fn configured(&mut self, action: &Action, rsc: RscId) -> Arc<Configured> {
        let (model, index) = (self.model, self.index);
        let task = configured_task(action);
        let what = (rsc, task, action.interval());
        if let Some((_, known)) = self.last.as_ref().filter(|(last, _)| *last == what) {
            return Arc::clone(known);
        }
        // What is wrong with the configuration was reported when it was read.
        let mut unheard = Diagnostics::new(0);
        let node = action.node;
        let (parameters, _) = model.parameters(rsc, node, index, &mut unheard);
        let configured = Arc::new(Configured {
            op: model.op_meta(rsc, task, action.interval(), node, index, &mut unheard),
            parameters,
        });
        let is_alike = !model.parameters_depend_on_node(rsc, task, action.interval(), index);
        self.last = is_alike.then(|| (what, Arc::clone(&configured)));
        configured
    }
}

struct Table<'n> {
    /// Sorted by name.
    attributes: &'n mut Vec<(Text, Text)>,
    params: Vec<(String, String)>,
    texts: &'n mut Texts,
}

impl Table<'_> {
    /// Keeps a value unless the name has one.
    fn fill(&mut self, name: &str, value: &Text) {
        match self.texts.plain(name) {
            Some(name) => self.keep(name, value),
            None => self.params.push((name.to_owned(), value.to_string())),
        }
    }

    fn fill_meta(&mut self, name: &str, value: &Text) {
        if name.contains(['#', ':']) {
            return;
        }
        match self.texts.meta(name) {
            Some(name) => self.keep(name, value),
            None => self.params.push((meta_name(name), value.to_string())),
        }
    }

    fn keep(&mut self, name: Text, value: &Text) {
        if let Err(place) = self.place(&name) {
            self.attributes.insert(place, (name, value.clone()));
        }
    }

    fn set(&mut self, name: Text, value: Text) {
        match self.place(&name) {
            Ok(place) => self.attributes[place].1 = value,
            Err(place) => self.attributes.insert(place, (name, value)),
        }
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.attributes
            .binary_search_by(|(known, _)| (**known).cmp(name))
    }

    /// Sets one of ours.
    fn set_meta(&mut self, name: &str, value: impl Into<Text>) {
        if let Some(name) = self.texts.meta(name) {
            self.set(name, value.into());
        }
    }

    fn set_flag(&mut self, name: &str, value: bool) {
        let value = self.texts.flag(value);
        self.set_meta(name, value);
    }

    fn set_number(&mut self, name: &str, value: u32) {
        let value = self.texts.number(value);
        self.set_meta(name, value);
    }
}

fn meta_name(name: &str) -> String {
    const PREFIX: &str = "CRM_meta_";
    let mut full = String::with_capacity(PREFIX.len() + name.len());
    full.push_str(PREFIX);
    full.extend(name.chars().map(|c| if c == '-' { '_' } else { c }));
    full
}

/// The task whose configuration holds for an action: all of a notification takes that of notify.
fn configured_task(action: &Action) -> Task {
    match action.key {
        Key::Notify(..) => Task::Notify,
        Key::Op(_, task, _) if action.is(ActionFlags::WAS_OPERATION) => task,
        _ => action.task,
    }
}

fn add_cancelled(model: &Model, action: &Action, table: &mut Table<'_>) {
    if let Some(task) = action.cancelled_task() {
        table.fill_meta("operation", &task.name(&model.names).into());
        table.fill_meta("interval", &action.interval().to_string().into());
    }
}

fn parameters(model: &Model, plan: &Plan, action: &Action, values: &Attrs, table: &mut Table<'_>) {
    let Some(rsc) = action.rsc() else { return };
    if action.node.is_none() && !model.resources[rsc].is_primitive() {
        return;
    }
    for (name, value) in values {
        if &**name == "addr" && &**value == "#uname" {
            let address = container_host(model, plan, rsc);
            table.fill(name, address.as_ref().unwrap_or(value));
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
fn add_structure(model: &Model, plan: &Plan, rsc: RscId, table: &mut Table<'_>) {
    let resource = &model.resources[rsc];
    match &resource.variant {
        Variant::Primitive(_) => {
            if let Some(number) = resource.instance {
                table.set_number("clone", number);
            }
            if let Some(node) = resource.meta("remote-node") {
                table.set_meta("remote_node", node);
            }
            if let Some(launcher) = outermost_launcher(model, rsc) {
                table.set_meta("container", model.resources[launcher].id.clone());
            }
            if let Some(address) = resource.meta("external-ip") {
                table.set("pcmk_external_ip".into(), address.into());
            }
        }
        Variant::Clone(clone) => {
            let state = &plan.rscs[rsc];
            table.set_flag("globally_unique", state.is(RscFlags::UNIQUE));
            table.set_flag("notify", state.is(RscFlags::NOTIFY));
            table.set_number("clone_max", clone.max);
            table.set_number("clone_node_max", clone.node_max);
            if state.is(RscFlags::PROMOTABLE) {
                for (of_all, of_node) in [
                    ("promoted_max", "promoted_node_max"),
                    ("master_max", "master_node_max"),
                ] {
                    table.set_number(of_all, clone.promoted_max);
                    table.set_number(of_node, clone.promoted_node_max);
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
fn add_guest(model: &Model, plan: &Plan, action: &Action, table: &mut Table<'_>) {
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
    table.set_meta("physical_host", model.nodes[host].name.clone());
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
