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
    /// Gives both back if the model was not read to trace.
    pub fn new(model: Model, plan: Plan) -> Result<Explained, Box<(Model, Plan)>> {
        let (Some(log), Some(trace)) = (plan.scores.log(), plan.trace.as_deref()) else {
            return Err(Box::new((model, plan)));
        };
        let mut parts: FxHashMap<Scored, Vec<usize>> = FxHashMap::default();
        for (at, part) in log.parts.iter().enumerate() {
            parts.entry(part.of).or_default().push(at);
        }
        let mut facts: FxHashMap<ActionId, Vec<usize>> = FxHashMap::default();
        for (at, fact) in trace.facts.iter().enumerate() {
            facts.entry(fact.action).or_default().push(at);
        }
        let orders = Orders::new(&plan.relations, &trace.relations);
        Ok(Explained {
            model,
            plan,
            parts,
            facts,
            orders,
        })
    }
}
