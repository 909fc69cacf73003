//! What must hold after every pass. Debug builds check it; a breach is a diagnostic, never a panic.
//!
//! - `action-node`: a required, runnable, real resource action has a node.
//! - `assigned-known`: a resource is assigned only to a node of its table.
//! - `gate-has-no-rsc`: gates and node actions belong to no resource (given by their keys).
//! - `edge-ends`: no action waits for itself.

use crate::{ActionFlags, Plan, codes};
use pcmk_base::{Diagnostic, Entity, Level};
use pcmk_model::Model;

/// Checks the plan after a pass and reports what does not hold.
pub fn verify(model: &Model, plan: &mut Plan, pass: &'static str) {
    let mut breaches: Vec<(&'static str, Entity)> = Vec::new();
    for (_, action) in plan.actions.iter() {
        let real = !action.is(ActionFlags::PSEUDO) && action.rsc().is_some();
        if real && action.is_required() && action.is_runnable() && action.node.is_none() {
            breaches.push(("action-node", Entity::Action(action.key.text(model))));
        }
    }
    for (rsc, node) in plan.assigned.iter() {
        if node.is_some_and(|n| !plan.scores.has(rsc, n)) && model.resources[rsc].is_primitive() {
            breaches.push((
                "assigned-known",
                Entity::Resource(model.resources[rsc].id.to_string()),
            ));
        }
    }
    for (id, _) in plan.actions.iter() {
        if plan.edges.before(id).iter().any(|edge| edge.other == id) {
            breaches.push((
                "edge-ends",
                Entity::Action(plan.actions[id].key.text(model)),
            ));
        }
    }
    for (rule, entity) in breaches {
        let found = Diagnostic::new(Level::Error, codes::PLAN_NOT_SOUND, entity);
        plan.diagnostics
            .push(found.with("pass", pass).with("rule", rule));
    }
}
