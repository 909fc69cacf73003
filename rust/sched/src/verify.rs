//! What must hold after every pass. Debug builds check it; a breach is a diagnostic, never a panic.
//!
//! - `action-node`: a required, runnable, real resource action has a node.
//! - `assigned-known`: a resource that is managed is assigned only to a node of its table.
//! - `gate-has-no-rsc`: gates and node actions belong to no resource (given by their keys).
//! - `edge-ends`: no action waits for itself.

use crate::{ActionFlags, Plan, codes};
use pcmk_base::{Diagnostic, Entity, Level};
use pcmk_model::{Model, RscFlags};

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
        let free = model.resources[rsc].is_primitive() && plan.rscs[rsc].is(RscFlags::MANAGED);
        if free && node.is_some_and(|node| !plan.scores.has(rsc, node)) {
            let id = model.resources[rsc].id.to_string();
            breaches.push(("assigned-known", Entity::Resource(id)));
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
