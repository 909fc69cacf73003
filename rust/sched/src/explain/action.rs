//! Why an action is in the plan, what it waits for, and what keeps it from running.

use super::Explained;
use crate::output::inputs::{inputs_of, is_emitted};
use crate::{ActionId, Why, Word};

/// An action with its reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionAnswer {
    /// Which.
    pub action: ActionId,
    /// It is part of the transition graph.
    pub carried_out: bool,
    /// It is needed.
    pub required: bool,
    /// It can be carried out.
    pub runnable: bool,
    /// Why it is needed, first found first; nothing if it is not.
    pub required_by: Vec<Cause>,
    /// What keeps it from running; nothing if it can run.
    pub blocked_by: Vec<Cause>,
    /// Actions of the graph that it waits for.
    pub waits_for: Vec<Wait>,
}

/// A reason, with the configured orderings behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// The reason.
    pub why: Why,
    /// Positions of orderings in the model.
    pub orders: Vec<usize>,
}

/// Something an action waits for.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// The other action.
    pub action: ActionId,
    /// Positions in the model of the configured orderings that say so; none if it follows from structure.
    pub orders: Vec<usize>,
}

impl Explained {
    /// All actions that are needed, carried out or not, oldest first.
    pub fn actions(&self) -> Vec<ActionAnswer> {
        let all = self.plan.actions.iter().map(|(id, _)| self.action(id));
        all.filter(|answer| answer.carried_out || answer.required)
            .collect()
    }

    /// One action.
    pub fn action(&self, action: ActionId) -> ActionAnswer {
        let it = &self.plan.actions[action];
        let carried_out = is_emitted(&self.model, &self.plan, action);
        let inputs = carried_out.then(|| inputs_of(&self.model, &self.plan, action));
        let waits_for = inputs.into_iter().flatten().map(|first| Wait {
            action: first,
            orders: self.orders_between(first, action),
        });
        ActionAnswer {
            action,
            carried_out,
            required: it.is_required(),
            runnable: it.is_runnable(),
            required_by: self.causes(action, Word::Required, it.is_required()),
            blocked_by: self.causes(action, Word::Unrunnable, !it.is_runnable()),
            waits_for: waits_for.collect(),
        }
    }

    /// Reasons of a kind, each once, if they still say something.
    fn causes(&self, action: ActionId, word: Word, holds: bool) -> Vec<Cause> {
        let trace = self.plan.trace.as_deref().filter(|_| holds);
        let positions = self.facts.get(&action).map(Vec::as_slice);
        let facts = positions.unwrap_or_default().iter();
        let mut found: Vec<Cause> = Vec::new();
        for fact in facts.filter_map(|&at| trace?.facts.get(at)) {
            if fact.word != word || found.iter().any(|cause| cause.why == fact.why) {
                continue;
            }
            let orders = match fact.why {
                Why::Order(other, _) => {
                    let mut orders = self.orders_between(other, action);
                    orders.extend(self.orders_between(action, other));
                    orders
                }
                _ => Vec::new(),
            };
            found.push(Cause {
                why: fact.why,
                orders,
            });
        }
        found
    }
}
