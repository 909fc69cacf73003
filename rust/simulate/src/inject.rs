//! What can be injected into a CIB before a simulation.

use crate::records::{self, Histories, NodeRecord, Outcome, Recorded};
use pcmk_base::{OpKey, ParseOpKeyError};
use pcmk_model::{Model, RscId};
use pcmk_xml::Element;
use std::sync::Arc;

/// One injection. They are carried out by kind, in the order of these variants, whatever order they came in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Injection {
    /// Set `have-quorum` to this text.
    Quorum(String),
    /// Set the option `have-watchdog` to this text.
    Watchdog(String),
    /// Bring a node online.
    NodeUp(String),
    /// Take a node offline and forget what ran there.
    NodeDown(String),
    /// Let a node leave the membership without leaving properly.
    NodeFail(String),
    /// Grant a ticket.
    TicketGrant(String),
    /// Revoke a ticket.
    TicketRevoke(String),
    /// Make a ticket standby.
    TicketStandby(String),
    /// Activate a ticket.
    TicketActivate(String),
    /// Record the result of an operation.
    Operation(OpSpec),
}

/// The result of an operation on a node: `RSC_TASK_INTERVAL@NODE=RC`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpSpec {
    /// Which operation.
    pub op: OpKey,
    /// Where.
    pub node: String,
    /// What the agent returned.
    pub rc: i32,
}

/// Why a text is not an operation result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseOpSpecError {
    /// Parts are missing; this many were found.
    #[error("only {0} of 3 fields found")]
    Fields(usize),
    /// The first part is not an operation key.
    #[error(transparent)]
    Key(#[from] ParseOpKeyError),
}

impl OpSpec {
    /// The specification as it was given.
    pub fn text(&self) -> String {
        format!("{}@{}={}", self.op, self.node, self.rc)
    }

    /// Reads `RSC_TASK_INTERVAL@NODE=RC`.
    ///
    /// # Errors
    /// Missing parts, a result that is no integer, or a first part that is no operation key.
    pub fn parse(text: &str) -> Result<OpSpec, ParseOpSpecError> {
        let (key, rest) = text.split_once('@').ok_or(ParseOpSpecError::Fields(1))?;
        let (node, rc) = rest.split_once('=').ok_or(ParseOpSpecError::Fields(2))?;
        let rc = rc.parse().map_err(|_| ParseOpSpecError::Fields(2))?;
        Ok(OpSpec {
            op: OpKey::parse(key)?,
            node: node.to_owned(),
            rc,
        })
    }
}

/// Something that was injected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Quorum was set to this.
    Quorum(String),
    /// The watchdog was set to this.
    Watchdog(String),
    /// A node changed.
    Node(String, NodeRecord),
    /// A ticket changed.
    Ticket(String, TicketChange),
    /// The result of an operation, in the form of its specification.
    Operation(String),
    /// A transient attribute of a node.
    Attribute(SetAttribute),
}

/// A transient attribute that was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAttribute {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The id of the node.
    pub node_id: String,
}

/// What is done with a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TicketChange {
    Grant,
    Revoke,
    Standby,
    Activate,
}

/// Carries injections out, in the order of their kinds. Gives the new CIB, what happened, and what could not.
///
/// The model is of the CIB as it was; `now` is the present, epoch seconds.
pub fn apply(
    cib: &Arc<Element>,
    model: &Model,
    injections: &[Injection],
    now: i64,
) -> (Arc<Element>, Vec<Event>, Vec<Complaint>) {
    let mut injector = Injector {
        cib: cib.as_ref().clone(),
        model,
        now,
        configures_nodes: injections.iter().any(|i| matches!(i, Injection::NodeUp(_))),
        events: Vec::new(),
        complaints: Vec::new(),
    };
    for kind in 0..=KINDS {
        for injection in injections.iter().filter(|i| i.kind() == kind) {
            injector.inject(injection);
        }
    }
    (Arc::new(injector.cib), injector.events, injector.complaints)
}

/// Something that could not be injected and was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// No resource of this name.
    UnknownResource(String),
}

const KINDS: u8 = 9;

impl Injection {
    fn kind(&self) -> u8 {
        match self {
            Injection::Quorum(_) => 0,
            Injection::Watchdog(_) => 1,
            Injection::NodeUp(_) => 2,
            Injection::NodeDown(_) => 3,
            Injection::NodeFail(_) => 4,
            Injection::TicketGrant(_) => 5,
            Injection::TicketRevoke(_) => 6,
            Injection::TicketStandby(_) => 7,
            Injection::TicketActivate(_) => 8,
            Injection::Operation(_) => KINDS,
        }
    }
}

struct Injector<'a> {
    cib: Element,
    model: &'a Model,
    now: i64,
    configures_nodes: bool,
    events: Vec<Event>,
    complaints: Vec<Complaint>,
}

impl Injector<'_> {
    fn inject(&mut self, injection: &Injection) {
        use TicketChange as T;
        match injection {
            Injection::Quorum(value) => {
                self.events.push(Event::Quorum(value.clone()));
                self.cib.set_attr("have-quorum", value.as_str());
            }
            Injection::Watchdog(value) => {
                self.events.push(Event::Watchdog(value.clone()));
                set_option(&mut self.cib, "have-watchdog", value);
            }
            Injection::NodeUp(name) => self.node(name, NodeRecord::Up),
            Injection::NodeDown(name) => self.node(name, NodeRecord::Down),
            Injection::NodeFail(name) => self.node(name, NodeRecord::Failed),
            Injection::TicketGrant(ticket) => self.ticket(ticket, T::Grant, ("granted", "true")),
            Injection::TicketRevoke(ticket) => self.ticket(ticket, T::Revoke, ("granted", "false")),
            Injection::TicketStandby(ticket) => {
                self.ticket(ticket, T::Standby, ("standby", "true"));
            }
            Injection::TicketActivate(ticket) => {
                self.ticket(ticket, T::Activate, ("standby", "false"));
            }
            Injection::Operation(spec) => self.operation(spec),
        }
    }

    fn node(&mut self, name: &str, record: NodeRecord) {
        self.events.push(Event::Node(name.to_owned(), record));
        if self.configures_nodes {
            records::configure_node(&mut self.cib, name);
        }
        let id = node_id(self.model, name);
        records::set_node(&mut self.cib, name, &id, record);
    }

    fn ticket(&mut self, ticket: &str, change: TicketChange, (name, value): (&'static str, &str)) {
        self.events.push(Event::Ticket(ticket.to_owned(), change));
        let status = records::child_or_new(&mut self.cib, "status");
        let tickets = records::child_or_new(status, "tickets");
        if !tickets.children().iter().any(|t| t.id() == Some(ticket)) {
            tickets.push_child(Element::new("ticket_state").with_attr("id", ticket));
        }
        let state = records::child_mut(tickets, "ticket_state", |t| t.id() == Some(ticket));
        if let Some(state) = state {
            state.set_attr(name, value);
        }
    }

    fn operation(&mut self, spec: &OpSpec) {
        self.events.push(Event::Operation(spec.text()));
        let Some(rsc) = resource_named(self.model, &spec.op.resource) else {
            let name = spec.op.resource.clone();
            self.complaints.push(Complaint::UnknownResource(name));
            return;
        };
        let id = node_id(self.model, &spec.node);
        let (task, interval) = (spec.op.task.as_str(), spec.op.interval);
        if self.configures_nodes {
            records::configure_node(&mut self.cib, &spec.node);
        }
        let set = count_failure(
            &mut self.cib,
            (&spec.node, &id),
            (&spec.op.resource, task, interval),
            spec.rc,
            self.model.options.start_failure_is_fatal,
            self.now,
        );
        let set = set.into_iter().flatten();
        self.events.extend(set.map(Event::Attribute));
        let Some(agent) = self.model.resources[rsc].primitive().map(|p| &*p.agent) else {
            return;
        };
        let recorded = Recorded {
            id: &spec.op.resource,
            configured_id: &spec.op.resource,
            agent: (&agent.class, agent.provider.as_deref(), &agent.kind),
        };
        let outcome = Outcome {
            task,
            interval,
            rc: spec.rc,
            expected: 0,
            reason: "Simulated action result",
            now: self.now,
            action: None,
        };
        let mut histories = Histories::default();
        let at = (spec.node.as_str(), id.as_str());
        records::record(&mut self.cib, &mut histories, at, &recorded, &outcome);
    }
}

/// Raises the fail count of an operation with this result and notes when; gives the attributes that this sets. Success
/// is not counted, nor that a resource was found inactive; a stop that fails is fatal, and a start if so configured.
pub(crate) fn count_failure(
    cib: &mut Element,
    node: (&str, &str),
    (rsc, task, interval): (&str, &str, u32),
    rc: i32,
    start_is_fatal: bool,
    now: i64,
) -> Option<[SetAttribute; 2]> {
    if rc == 0 || (rc == 7 && interval == 0) {
        return None;
    }
    let name = format!("fail-count-{rsc}#{task}_{interval}");
    let value = if task == "stop" || (task == "start" && start_is_fatal) {
        "INFINITY".to_owned()
    } else {
        (recorded_count(cib, node, &name) + 1).to_string()
    };
    let last = format!("last-failure-{rsc}#{task}_{interval}");
    let set = [(name, value), (last, now.to_string())].map(|(name, value)| {
        let node_id = records::set_attribute(cib, node, &name, &value);
        SetAttribute {
            name,
            value,
            node_id,
        }
    });
    Some(set)
}

fn recorded_count(cib: &mut Element, (node, id): (&str, &str), name: &str) -> i64 {
    let state = records::node_state(cib, node, id);
    let pair = state
        .descendants()
        .find(|e| e.name() == "nvpair" && e.attr("name") == Some(name));
    let value = pair.and_then(|pair| pair.attr("value"));
    value.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// The id of a node; an unknown one has its name for an id.
pub(crate) fn node_id(model: &Model, name: &str) -> String {
    let known = model.node_named(name);
    known.map_or_else(|| name.to_owned(), |node| model.nodes[node].id.to_string())
}

/// A primitive by its id, or by the one that history has for it.
fn resource_named(model: &Model, name: &str) -> Option<RscId> {
    let exact = model.resource_with_id(name);
    exact.or_else(|| {
        let mut all = model.resources.iter();
        let known = |id| model.history_id(id).is_some_and(|known| **known == *name);
        all.find(|&(id, r)| r.is_primitive() && known(id))
            .map(|(id, _)| id)
    })
}

/// Sets a cluster option in its first block.
fn set_option(cib: &mut Element, name: &str, value: &str) {
    let configuration = records::child_or_new(cib, "configuration");
    let options = records::child_or_new(configuration, "crm_config");
    if options.children().is_empty() {
        options.push_child(
            Element::new("cluster_property_set").with_attr("id", "cib-bootstrap-options"),
        );
    }
    let known = options.children().iter().position(|block| {
        let mut pairs = block.children().iter();
        pairs.any(|pair| pair.attr("name") == Some(name))
    });
    let at = known.unwrap_or(0);
    let block = Arc::make_mut(&mut options.children_mut()[at]);
    let id = format!("{}-{name}", block.id().unwrap_or("cib-bootstrap-options"));
    if !block
        .children()
        .iter()
        .any(|p| p.attr("name") == Some(name))
    {
        block.push_child(
            Element::new("nvpair")
                .with_attr("id", id)
                .with_attr("name", name),
        );
    }
    if let Some(pair) = records::child_mut(block, "nvpair", |p| p.attr("name") == Some(name)) {
        pair.set_attr("value", value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_have_three_parts() {
        let spec = OpSpec::parse("db_monitor_10000@n1=7").unwrap();
        assert_eq!(
            (spec.op.task.as_str(), spec.node.as_str(), spec.rc),
            ("monitor", "n1", 7)
        );
        assert_eq!(
            OpSpec::parse("db_monitor_10000@n1"),
            Err(ParseOpSpecError::Fields(2))
        );
        assert_eq!(
            OpSpec::parse("db@n1=7"),
            Err(ParseOpSpecError::Key(ParseOpKeyError))
        );
    }
}
