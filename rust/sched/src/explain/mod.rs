//! Answers to "why?", from a model that was read to trace and the plan that was made of it.
//!
//! Everything here is looked up when it is asked for, in what passes kept. Answers are data; words are made where
//! they are shown.

pub mod action;
pub mod choice;
pub mod fencing;
pub mod obstacle;
mod orders;
pub mod score;

use crate::{ActionId, Plan};
use orders::Orders;
use pcmk_model::{Model, Scored};
use rustc_hash::FxHashMap;

/// A plan that can be asked about.
#[derive(Debug)]
pub struct Explained {
    /// What it was made from.
    pub model: Model,
    /// The plan.
    pub plan: Plan,
    /// Positions in the log of scores of what changed a score. Only looked up.
    parts: FxHashMap<Scored, Vec<usize>>,
    /// Positions of facts about an action. Only looked up.
    facts: FxHashMap<ActionId, Vec<usize>>,
    orders: Orders,
}

impl Explained {
    /// `None` if the model was not read to trace.
    pub fn new(model: Model, plan: Plan) -> Option<Explained> {
        let mut parts: FxHashMap<Scored, Vec<usize>> = FxHashMap::default();
        for (at, part) in plan.scores.log()?.parts.iter().enumerate() {
            parts.entry(part.of).or_default().push(at);
        }
        let trace = plan.trace.as_deref()?;
        let mut facts: FxHashMap<ActionId, Vec<usize>> = FxHashMap::default();
        for (at, fact) in trace.facts.iter().enumerate() {
            facts.entry(fact.action).or_default().push(at);
        }
        let orders = Orders::new(&plan.relations, &trace.relations);
        Some(Explained {
            model,
            plan,
            parts,
            facts,
            orders,
        })
    }
}
