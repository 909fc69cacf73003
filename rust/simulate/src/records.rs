//! Writing into the status section of a CIB as controllers would: node states, histories, node attributes.

use pcmk_cib::digest;
use pcmk_graph::GraphAction;
use pcmk_xml::Element;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::Arc;

/// Who is said to have written.
const ORIGIN: &str = "crm_simulate";

/// How a node is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeRecord {
    /// Online and a member.
    Up,
    /// Left in good order.
    Down,
    /// Lost: still expected.
    Failed,
}

/// The first child with a name that passes, for changing.
pub(crate) fn child_mut<'a>(
    parent: &'a mut Element,
    name: &str,
    test: impl Fn(&Element) -> bool,
) -> Option<&'a mut Element> {
    let children = parent.children_mut();
    let child = children
        .iter_mut()
        .find(|child| child.name() == name && test(child))?;
    Some(Arc::make_mut(child))
}

/// The first child of this name, made if there is none.
pub(crate) fn child_or_new<'a>(parent: &'a mut Element, name: &str) -> &'a mut Element {
    child_or_insert(parent, name, |_| true, || Element::new(name.to_owned()))
}

fn child_or_insert<'a>(
    parent: &'a mut Element,
    name: &str,
    test: impl Fn(&Element) -> bool,
    make: impl FnOnce() -> Element,
) -> &'a mut Element {
    let at = position_or_insert(parent, name, test, make);
    Arc::make_mut(&mut parent.children_mut()[at])
}

fn position_or_insert(
    parent: &mut Element,
    name: &str,
    test: impl Fn(&Element) -> bool,
    make: impl FnOnce() -> Element,
) -> usize {
    let known = parent
        .children()
        .iter()
        .position(|child| child.name() == name && test(child));
    known.unwrap_or_else(|| {
        parent.push_child(make());
        parent.children().len() - 1
    })
}

/// The state of a node, made if there is none.
pub fn node_state<'a>(cib: &'a mut Element, name: &str, id: &str) -> &'a mut Element {
    let (status, at) = node_state_at(cib, name, id);
    Arc::make_mut(&mut status.children_mut()[at])
}

/// The status and the position of the state of a node in it, made if there is none.
fn node_state_at<'a>(cib: &'a mut Element, name: &str, id: &str) -> (&'a mut Element, usize) {
    let status = child_or_new(cib, "status");
    let named = |state: &Element| {
        state
            .attr("uname")
            .is_some_and(|uname| uname.eq_ignore_ascii_case(name))
    };
    if !status.children().iter().any(|state| named(state)) {
        let same_id = child_mut(status, "node_state", |state| state.id() == Some(id));
        if let Some(state) = same_id {
            state.set_attr("uname", name);
        }
    }
    let at = position_or_insert(status, "node_state", named, || {
        Element::new("node_state")
            .with_attr("id", id)
            .with_attr("uname", name)
    });
    (status, at)
}

/// Records whether a node is there.
pub fn set_node(cib: &mut Element, name: &str, id: &str, record: NodeRecord) {
    let state = node_state(cib, name, id);
    let up = record != NodeRecord::Down;
    let member = if record == NodeRecord::Up {
        "true"
    } else {
        "false"
    };
    let joined = if up { "member" } else { "down" };
    state.set_attr("in_ccm", member);
    state.set_attr("crmd", if up { "online" } else { "offline" });
    state.set_attr("join", joined);
    state.set_attr("expected", joined);
    state.set_attr("crm-debug-origin", ORIGIN);
    if record == NodeRecord::Down {
        let gone = |child: &Element| matches!(child.name(), "lrm" | "transient_attributes");
        state.retain_children(|child| !gone(child));
    }
    count_change(cib, false);
}

/// Counts a change in the version: those of the configuration by themselves, all others below them.
pub(crate) fn count_change(cib: &mut Element, of_configuration: bool) {
    let number = |name: &str| cib.attr(name).and_then(|text| text.parse::<u64>().ok());
    let (epoch, updates) = (number("epoch"), number("num_updates"));
    let next = |number: Option<u64>| number.unwrap_or(0).saturating_add(1).to_string();
    if of_configuration {
        cib.set_attr("epoch", next(epoch));
        cib.set_attr("num_updates", "0");
    } else {
        cib.set_attr("num_updates", next(updates));
    }
}

/// Makes sure that a node is configured; what it takes to do that, and to give it a state, is counted.
pub fn configure_node(cib: &mut Element, name: &str) {
    let known = |cib: &Element, section: &str| {
        let lists = cib.descendants().filter(|list| list.name() == section);
        let mut nodes = lists.flat_map(|list| list.children());
        nodes.any(|node| {
            let uname = node.attr("uname");
            uname.is_some_and(|uname| uname.eq_ignore_ascii_case(name))
        })
    };
    let (configured, seen) = (known(cib, "nodes"), known(cib, "status"));
    insert_node(cib, name);
    if !configured {
        count_change(cib, true);
    }
    if !seen {
        count_change(cib, false);
    }
}

fn insert_node(cib: &mut Element, name: &str) {
    let nodes = child_or_new(child_or_new(cib, "configuration"), "nodes");
    let named = |node: &Element| {
        node.attr("uname")
            .is_some_and(|uname| uname.eq_ignore_ascii_case(name))
    };
    child_or_insert(nodes, "node", named, || {
        Element::new("node")
            .with_attr("id", name)
            .with_attr("uname", name)
    });
}

/// Sets a transient attribute of a node; gives the id of its node state.
pub fn set_attribute(
    cib: &mut Element,
    (name, id): (&str, &str),
    attribute: &str,
    value: &str,
) -> String {
    let state = node_state(cib, name, id);
    let state_id = state.id().unwrap_or(id).to_owned();
    let named = || Element::new("transient_attributes").with_attr("id", &*state_id);
    let transient = child_or_insert(state, "transient_attributes", |_| true, named);
    let block = child_or_insert(
        transient,
        "instance_attributes",
        |_| true,
        || Element::new("instance_attributes").with_attr("id", &*state_id),
    );
    let block_id = block.id().unwrap_or(&state_id).to_owned();
    let pair = child_or_insert(
        block,
        "nvpair",
        |pair| pair.attr("name") == Some(attribute),
        || {
            Element::new("nvpair")
                .with_attr("id", sanitized(&format!("{block_id}-{attribute}")))
                .with_attr("name", attribute)
        },
    );
    pair.set_attr("value", value);
    state_id
}

/// Characters that an XML id cannot have become dots, and an underscore where it cannot begin with them.
fn sanitized(id: &str) -> String {
    let begins = |c: char| c.is_alphabetic() || c == '_';
    let legal = |c: char| begins(c) || c.is_numeric() || matches!(c, '.' | '-');
    let clean = id.char_indices().map(|(at, c)| match (at, c) {
        (0, c) if !begins(c) => '_',
        (_, c) if legal(c) => c,
        _ => '.',
    });
    clean.collect()
}

/// A resource as its history names it.
#[derive(Clone, Debug)]
pub struct Recorded<'a> {
    /// Id to look for in the history.
    pub id: &'a str,
    /// Id to look for next, and of a new entry.
    pub configured_id: &'a str,
    /// Agent class, provider and name.
    pub agent: (&'a str, Option<&'a str>, &'a str),
}

/// The outcome of an operation.
#[derive(Clone, Debug)]
pub struct Outcome<'a> {
    /// What was done.
    pub task: &'a str,
    /// How often, zero if not recurring.
    pub interval: u32,
    /// What the agent returned.
    pub rc: i32,
    /// What it should have returned.
    pub expected: i32,
    /// Why it failed, for failures.
    pub reason: &'a str,
    /// The present, epoch seconds.
    pub now: i64,
    /// The action of a graph that it is the outcome of.
    pub action: Option<&'a GraphAction>,
}

/// Where the entries of histories are, so that they are not searched for anew with each of many outcomes. Only
/// [`record`] adds entries meanwhile; a history may become empty.
#[derive(Clone, Debug, Default)]
pub struct Histories {
    /// By position of the node's state.
    entries: FxHashMap<usize, Entries>,
}

#[derive(Clone, Debug, Default)]
struct Entries {
    /// How many were looked at.
    seen: usize,
    /// Positions by id; none if several have it.
    by_id: FxHashMap<Box<str>, Option<usize>>,
}

impl Entries {
    fn catch_up(&mut self, resources: &Element) {
        if resources.children().len() < self.seen {
            *self = Entries::default();
        }
        for (at, entry) in resources.children().iter().enumerate().skip(self.seen) {
            if let Some(id) = entry.id().filter(|_| entry.name() == "lrm_resource") {
                let known = self.by_id.entry(id.into());
                known.and_modify(|at| *at = None).or_insert(Some(at));
            }
        }
        self.seen = resources.children().len();
    }

    fn with_id(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied().flatten()
    }
}

/// Records the outcome of an operation on a node.
pub fn record(
    cib: &mut Element,
    histories: &mut Histories,
    (node, node_id): (&str, &str),
    rsc: &Recorded<'_>,
    outcome: &Outcome<'_>,
) {
    let (status, at) = node_state_at(cib, node, node_id);
    let entries = histories.entries.entry(at).or_default();
    let state = Arc::make_mut(&mut status.children_mut()[at]);
    let state_id = state.id().unwrap_or(node_id).to_owned();
    let lrm = child_or_insert(
        state,
        "lrm",
        |_| true,
        || Element::new("lrm").with_attr("id", &*state_id),
    );
    let resources = child_or_new(lrm, "lrm_resources");
    let at = entry_of(entries, resources, rsc);
    let entry = Arc::make_mut(&mut resources.children_mut()[at]);
    let call = entry
        .children()
        .iter()
        .filter_map(|op| op.attr("call-id")?.parse::<i64>().ok())
        .max()
        .unwrap_or(0)
        .max(0)
        .saturating_add(1);
    // Whatever name the entry goes by, as instances that were recorded by number do.
    let id = rsc.configured_id;
    for record_id in record_ids(id, outcome) {
        let record = child_or_insert(
            entry,
            "lrm_rsc_op",
            |op| op.id() == Some(&*record_id),
            || Element::new("lrm_rsc_op").with_attr("id", &*record_id),
        );
        fill(record, id, node, call, outcome);
    }
    count_change(cib, false);
}

/// The position of the entry of a resource, made if there is none. Of several with the same id none is taken.
fn entry_of(entries: &mut Entries, resources: &mut Element, rsc: &Recorded<'_>) -> usize {
    entries.catch_up(resources);
    let known = entries.with_id(rsc.id);
    known
        .or_else(|| entries.with_id(rsc.configured_id))
        .unwrap_or_else(|| {
            resources.push_child(new_entry(rsc));
            resources.children().len() - 1
        })
}

fn new_entry(rsc: &Recorded<'_>) -> Element {
    let (class, provider, kind) = rsc.agent;
    let mut entry = Element::new("lrm_resource")
        .with_attr("id", rsc.configured_id)
        .with_attr("class", class);
    if let Some(provider) = provider {
        entry.set_attr("provider", provider);
    }
    entry.set_attr("type", kind);
    entry
}

fn record_ids(rsc: &str, outcome: &Outcome<'_>) -> Vec<String> {
    let (task, interval) = (outcome.task, outcome.interval);
    let key = format!("{rsc}_{task}_{interval}");
    match task {
        "notify" => vec![notification_id(rsc, outcome.action)],
        "migrate_to" | "migrate_from" => vec![key],
        _ if outcome.rc != outcome.expected => {
            let mut ids = vec![format!("{rsc}_last_failure_0")];
            if interval == 0 {
                ids.push(format!("{rsc}_last_0"));
            }
            ids
        }
        _ if interval > 0 => vec![key],
        _ => vec![format!("{rsc}_last_0")],
    }
}

/// The first and the second part of a notification, and those about different tasks, are recorded beside each other.
fn notification_id(rsc: &str, action: Option<&GraphAction>) -> String {
    let told = |name: &str| action.and_then(|action| action.meta(name));
    match (told("notify_type"), told("notify_operation")) {
        (Some(kind), Some(task)) => format!("{rsc}_{kind}_notify_{task}_0"),
        _ => format!("{rsc}_notify_0"),
    }
}

fn fill(record: &mut Element, rsc: &str, node: &str, call: i64, outcome: &Outcome<'_>) {
    let task = match outcome.task {
        "reload" | "reload-agent" => "start",
        other => other,
    };
    let interval = outcome.interval;
    let rc = if outcome.task == "notify" {
        0
    } else {
        outcome.rc
    };
    let transition = format!(
        "{call}:-1:{}:xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
        outcome.expected
    );
    let failed = outcome.rc != outcome.expected;
    let reason = if failed { outcome.reason } else { "" };
    let mut attributes: Vec<(&str, Cow<'_, str>)> = vec![
        ("operation_key", format!("{rsc}_{task}_{interval}").into()),
        ("operation", task.into()),
        ("crm-debug-origin", ORIGIN.into()),
        ("crm_feature_set", pcmk_base::FEATURE_SET.into()),
        ("transition-key", (&*transition).into()),
        ("transition-magic", format!("0:{rc};{transition}").into()),
        ("exit-reason", reason.into()),
        ("on_node", node.into()),
        ("call-id", call.to_string().into()),
        ("rc-code", rc.to_string().into()),
        ("op-status", "0".into()),
        ("interval", interval.to_string().into()),
        ("last-rc-change", outcome.now.to_string().into()),
        ("exec-time", "0".into()),
        ("queue-time", "0".into()),
    ];
    if let Some(action) = outcome.action {
        for name in ["migrate_source", "migrate_target"] {
            attributes.extend(action.meta(name).map(|node| (name, node.into())));
        }
        let params = action
            .params
            .iter()
            .map(|(name, value)| (&**name, &**value));
        let told = action.attributes.iter();
        let told = told.map(|(name, value)| (&**name, &**value));
        let mut told: Vec<(&str, &str)> = told.chain(params).collect();
        told.sort_unstable();
        let parameters = digest::operation_parameters(&told);
        attributes.push(("op-digest", digest::of_parameters(parameters).into()));
    }
    record.set_attrs(&attributes);
}
