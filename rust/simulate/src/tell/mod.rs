//! Telling what a simulation does, as text for people or as elements for programs.

mod text;
mod xml;

use crate::inject::Event;
use crate::report::Request;
use crate::run::Done;
use pcmk_base::Text;
use pcmk_model::{Attrs, Model, NodeId, RscId};
use pcmk_sched::output::summary::Change;
use pcmk_sched::{Plan, ScoreLine};
use pcmk_xml::Element;
use std::collections::BTreeMap;

/// For whom a simulation is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// People.
    #[default]
    Text,
    /// Programs.
    Elements,
}

/// What a simulation told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// For people; empty if it was told to programs.
    pub text: String,
    /// For programs; empty if it was told to people.
    pub elements: Vec<Element>,
}

/// When a status was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Before anything is done.
    Before,
    /// When the plan was carried out.
    After,
}

/// Takes what there is to tell, in the order in which it happens.
pub(crate) trait Teller {
    /// The time for which is planned.
    fn date(&mut self);
    /// What should be known before the first status.
    fn notices(&mut self, model: &Model);
    /// The status of the cluster.
    fn status(&mut self, model: &Model, moment: Moment);
    /// What was injected.
    fn modifications(&mut self, events: &[Event]);
    /// Scores, and how nodes are used, after what planning found worth saying.
    fn numbers(&mut self, model: &Model, plan: &Plan, numbers: &[Number<'_>]);
    /// What is going to happen.
    fn summary(&mut self, model: &Model, plan: &Plan, changes: &[Change]);
    /// What happened.
    fn transition(&mut self, done: &[Done]);
    /// All that was told.
    fn told(self: Box<Self>) -> Told;
}

pub(crate) fn teller(request: &Request) -> Box<dyn Teller + '_> {
    match request.form {
        Form::Text => Box::new(text::TextTeller::new(request)),
        Form::Elements => Box::new(xml::ElementTeller::new(request)),
    }
}

/// A number behind a decision.
#[derive(Clone, Debug)]
pub(crate) enum Number<'a> {
    /// A score.
    Score(&'a ScoreLine),
    /// What a node can take, before or after.
    Capacity(Moment, NodeId, Amounts<'a>),
    /// What a resource takes from its node.
    Use(RscId, NodeId, Amounts<'a>),
}

/// Amounts by name, as configured or calculated.
pub(crate) type Amounts<'a> = BTreeMap<&'a str, String>;

/// The numbers that were asked for, in the order in which they came up.
pub(crate) fn numbers<'a>(
    request: &Request,
    model: &'a Model,
    plan: &'a Plan,
    free: impl Fn(NodeId) -> BTreeMap<Text, i32>,
) -> Vec<Number<'a>> {
    let mut found = Vec::new();
    // What a bundle's nodes can take is what the nodes can take that their containers are on.
    let counts = |&node: &NodeId| {
        let connection = model.nodes[node].connection;
        connection.is_none_or(|connection| model.bundle_of(connection).is_none())
    };
    let nodes = model.node_order.iter().copied().filter(counts);
    if request.utilization {
        found.extend(nodes.clone().map(|node| {
            let offered = configured(&model.nodes[node].utilization);
            Number::Capacity(Moment::Before, node, offered)
        }));
    }
    let scores = request.scores.then_some(&plan.score_log[..]);
    let scores = scores.unwrap_or_default();
    let mut told = 0;
    for line in plan.placement_log.iter().filter(|_| request.utilization) {
        let until = line.after.min(scores.len());
        found.extend(scores[told..until].iter().map(Number::Score));
        told = until;
        let used = configured(&model.resources[line.rsc].utilization);
        found.push(Number::Use(line.rsc, line.node, used));
    }
    found.extend(scores[told..].iter().map(Number::Score));
    if request.utilization {
        found.extend(nodes.map(|node| {
            let left = free(node);
            let offered = model.nodes[node].utilization.iter();
            let left = offered.map(|(name, value)| {
                let left = left.get(name).map(ToString::to_string);
                (&**name, left.unwrap_or_else(|| value.to_string()))
            });
            Number::Capacity(Moment::After, node, left.collect())
        }));
    }
    found
}

fn configured(amounts: &Attrs) -> Amounts<'_> {
    let all = amounts.iter();
    all.map(|(name, value)| (&**name, value.to_string()))
        .collect()
}

/// The step that settles scores, as the field calls it; `None` for promotion scores.
fn step_name(score: &ScoreLine) -> Option<&'static str> {
    use pcmk_sched::ScoreStep;
    match score.step {
        ScoreStep::Primitive => Some("pcmk__primitive_assign"),
        ScoreStep::Group => Some("pcmk__group_assign"),
        ScoreStep::Clone => Some("pcmk__clone_assign"),
        ScoreStep::Bundle => Some("pcmk__bundle_assign"),
        ScoreStep::Promotion => None,
    }
}

/// The step that chooses a node, as the field calls it.
const CHOICE: &str = "pcmk__assign_resource";

/// What the list of numbers is called.
fn numbers_title(request: &Request) -> &'static str {
    match (request.scores, request.utilization) {
        (true, true) => "Assignment Scores and Utilization Information",
        (false, true) => "Utilization Information",
        _ => "Assignment Scores",
    }
}
