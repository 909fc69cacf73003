//! Edges that make no sense are switched off after the fixed point.

use crate::output::inputs::is_input;
use crate::{ActionId, Edge, Run, codes};
use pcmk_base::{Diagnostic, Entity, IdSet, Level};
use pcmk_model::{OrderKinds as K, Task};

/// Looks at every edge, newest action first.
pub fn drop_invalid(run: &mut Run<'_>) {
    for then in run.plan.actions.newest_first() {
        for at in (0..run.plan.edges.before(then).len()).rev() {
            let edge = run.plan.edges.before(then)[at];
            if waits_for_own_guest(run, then, edge) {
                switch_off(run, then, at, Level::Warning, codes::INVALID_ORDER);
            } else if edge.kinds == K::IF_ON_SAME_NODE_OR_TARGET
                && run.plan.actions[then].task == Task::MigrateTo
                && run.plan.actions[then].rsc().is_some()
                && closes_loop(run, then, edge.other)
            {
                switch_off(run, then, at, Level::Info, codes::LOAD_LOOP);
            }
        }
    }
}

fn switch_off(run: &mut Run<'_>, then: ActionId, at: usize, level: Level, code: pcmk_base::Code) {
    let text = |id: ActionId| run.plan.actions[id].key.text(run.model);
    let first = run.plan.edges.before(then)[at].other;
    let found = Diagnostic::new(level, code, Entity::Action(text(then))).with("first", text(first));
    run.plan.diagnostics.push(found);
    run.plan.edges.set_before_kinds(then, at, K::empty());
}

/// What launches a node cannot wait for an action on that node, whatever the node is configured as.
fn waits_for_own_guest(run: &Run<'_>, then: ActionId, edge: Edge) -> bool {
    let first = &run.plan.actions[edge.other];
    let (Some(_), Some(node), Some(then_rsc)) =
        (first.rsc(), first.node, run.plan.actions[then].rsc())
    else {
        return false;
    };
    if edge.kinds.is_empty() || edge.kinds.contains(K::GUEST_ALLOWED) {
        return false;
    }
    run.model.launcher_of(node) == Some(then_rsc)
}

/// Whether `first` waits, through inputs that count in a graph, for `then`.
fn closes_loop(run: &Run<'_>, then: ActionId, first: ActionId) -> bool {
    let mut seen = IdSet::default();
    let mut stack = vec![first];
    while let Some(id) = stack.pop() {
        if id == then {
            return true;
        }
        if !seen.insert(id) {
            continue;
        }
        for edge in run.plan.edges.before(id) {
            if is_input(run.model, run.plan, id, *edge) {
                stack.push(edge.other);
            }
        }
    }
    false
}
