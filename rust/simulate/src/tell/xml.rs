//! A simulation as elements.

use super::{CHOICE, Moment, Number, Teller, Told};
use crate::inject::{Event, SetAttribute, TicketChange};
use crate::records::NodeRecord;
use crate::report::Request;
use crate::run::Done;
use crate::status::StatusOptions;
use crate::status::xml::{Document, element, elements};
use crate::summary;
use pcmk_model::Model;
use pcmk_sched::Plan;
use pcmk_sched::output::summary::Change;
use pcmk_xml::Element;

pub(super) struct ElementTeller<'a> {
    request: &'a Request,
    told: Vec<Element>,
}

impl<'a> ElementTeller<'a> {
    pub(super) fn new(request: &'a Request) -> Self {
        ElementTeller {
            request,
            told: Vec::new(),
        }
    }

    fn push(&mut self, parent: Element, children: impl IntoIterator<Item = Element>) {
        self.told.push(parent.with_children(children));
    }
}

impl Teller for ElementTeller<'_> {
    fn date(&mut self) {}

    fn notices(&mut self, _model: &Model) {}

    fn status(&mut self, model: &Model, moment: Moment) {
        if self.request.quiet {
            return;
        }
        let mut sections = vec!["nodes", "resources"];
        if self.request.attributes {
            sections.push("attributes");
        }
        if self.request.failures {
            sections.extend(["failcounts", "failures"]);
        }
        let document = Document {
            sections: &sections,
            now: "",
            origin: "",
            ban_prefix: "",
        };
        let name = match moment {
            Moment::Before => "cluster_status",
            Moment::After => "revised_cluster_status",
        };
        let found = elements(model, document, StatusOptions::everything());
        self.push(Element::new(name), found);
    }

    fn modifications(&mut self, events: &[Event]) {
        if self.request.quiet {
            return;
        }
        let mut list = Element::new("modifications");
        for event in events {
            match event {
                Event::Quorum(value) => list.set_attr("quorum", value.as_str()),
                Event::Watchdog(value) => list.set_attr("watchdog", value.as_str()),
                Event::Node(name, record) => {
                    let action = match record {
                        NodeRecord::Up => "Online",
                        NodeRecord::Down => "Offline",
                        NodeRecord::Failed => "Failing",
                    };
                    let about = [("action", Some(action)), ("node", Some(&**name))];
                    list.push_child(element("modify_node", &about));
                }
                Event::Ticket(ticket, change) => {
                    let action = match change {
                        TicketChange::Grant => "Granting",
                        TicketChange::Revoke => "Revoking",
                        TicketChange::Standby => "Standby",
                        TicketChange::Activate => "Activating",
                    };
                    let about = [("action", Some(action)), ("ticket", Some(&**ticket))];
                    list.push_child(element("modify_ticket", &about));
                }
                Event::Operation(spec) => {
                    list.push_child(element("inject_spec", &[("spec", Some(spec))]));
                }
                Event::Attribute(set) => list.push_child(attribute(set)),
            }
        }
        self.told.push(list);
    }

    fn numbers(&mut self, model: &Model, _plan: &Plan, numbers: &[Number<'_>]) {
        let name = match (self.request.scores, self.request.utilization) {
            (true, true) => "allocations_utilizations",
            (false, true) => "utilizations",
            _ => "allocations",
        };
        let found = numbers.iter().map(|line| number(model, line));
        self.push(Element::new(name), found);
    }

    fn summary(&mut self, model: &Model, plan: &Plan, changes: &[Change]) {
        if !self.request.quiet {
            self.push(
                Element::new("actions"),
                summary::elements(model, plan, changes),
            );
        }
    }

    fn transition(&mut self, done: &[Done]) {
        if !self.request.quiet {
            self.push(Element::new("transition"), done.iter().filter_map(action));
        }
    }

    fn told(self: Box<Self>) -> Told {
        Told {
            text: String::new(),
            elements: self.told,
        }
    }
}

fn attribute(set: &SetAttribute) -> Element {
    let about = [
        ("name", Some(&*set.name)),
        ("value", Some(&*set.value)),
        ("node_path", Some("/node_state")),
        ("cib_node", Some(&*set.node_id)),
    ];
    element("inject_attr", &about)
}

/// What is pretended, and what that sets, has no place in the document.
fn action(done: &Done) -> Option<Element> {
    Some(match done {
        Done::Pseudo { key, node } => element(
            "pseudo_action",
            &[("task", Some(key)), ("node", node.as_deref())],
        ),
        Done::Fencing { node, op } => element(
            "fencing_action",
            &[("target", Some(node)), ("op", Some(op))],
        ),
        Done::Cluster { task, rsc, node } => {
            let about = [
                ("task", Some(&**task)),
                ("node", Some(&**node)),
                ("id", rsc.as_deref()),
            ];
            element("cluster_action", &about)
        }
        Done::Resource {
            rsc,
            task,
            interval,
            node,
        } => {
            let often = (*interval > 0).then(|| interval.to_string());
            let about = [
                ("resource", Some(&**rsc)),
                ("op", Some(&**task)),
                ("node", Some(&**node)),
                ("interval", often.as_deref()),
            ];
            element("rsc_action", &about)
        }
        Done::Failed { .. } | Done::Attribute(_) => return None,
    })
}

fn number(model: &Model, number: &Number<'_>) -> Element {
    let (made, amounts) = match number {
        Number::Score(line) => {
            let rsc = &*model.resources[line.rsc].id;
            let node = line.node.map(|node| &*model.nodes[node].name);
            let score = line.score.to_string();
            return match super::step_name(line) {
                Some(step) => {
                    let about = [
                        ("function", Some(step)),
                        ("node", Some(node.unwrap_or("none"))),
                        ("score", Some(&*score)),
                        ("id", Some(rsc)),
                    ];
                    element("node_weight", &about)
                }
                None => {
                    let about = [("id", Some(rsc)), ("score", Some(&*score)), ("node", node)];
                    element("promotion_score", &about)
                }
            };
        }
        Number::Capacity(moment, node, amounts) => {
            let comment = match moment {
                Moment::Before => "Original",
                Moment::After => "Remaining",
            };
            let node = &*model.nodes[*node].name;
            let about = [("node", Some(node)), ("comment", Some(comment))];
            (element("capacity", &about), amounts)
        }
        Number::Use(rsc, node, amounts) => {
            let about = [
                ("resource", Some(&*model.resources[*rsc].id)),
                ("node", Some(&*model.nodes[*node].name)),
                ("function", Some(CHOICE)),
            ];
            (element("utilization", &about), amounts)
        }
    };
    made.with_children(
        amounts
            .iter()
            .map(|(name, amount)| Element::new(*name).with_text(amount)),
    )
}
