//! Which actions are written into the graph, and which of those they wait for are inputs there.

use crate::{Action, ActionFlags as F, ActionId, Edge, Key, Plan};
use pcmk_model::{Model, NodeFlags, NodeKind, OrderKinds as K, RscFlags, Task};
use smallvec::SmallVec;

/// Kinds that say no more than an order between two actions that are done anyway.
const WEAK: K = K::ORDERED
    .union(K::THEN_IMPLIES_FIRST_GRAPHED)
    .union(K::FIRST_IMPLIES_THEN_GRAPHED);

/// Whether an action is written into the graph.
pub fn is_emitted(model: &Model, plan: &Plan, id: ActionId) -> bool {
    let action = &plan.actions[id];
    if !action.is_runnable() || (action.is(F::OPTIONAL) && !action.is(F::FORCE_GRAPH)) {
        return false;
    }
    if is_left_alone(plan, action) {
        return false;
    }
    if action.is(F::PSEUDO) || matches!(action.key, Key::Fence(..) | Key::Shutdown(_)) {
        return true;
    }
    let Some(node) = action.node else {
        return false;
    };
    let state = &plan.nodes[node];
    let guest = model.nodes[node].kind == NodeKind::Guest && !state.is(NodeFlags::REMOTE_RESET);
    action.is(F::ON_DC) || guest || state.is_clean_online()
}

/// Nothing is done to an unmanaged resource, except that monitors start and end.
fn is_left_alone(plan: &Plan, action: &Action) -> bool {
    let managed = action
        .rsc()
        .is_none_or(|rsc| plan.rscs[rsc].is(RscFlags::MANAGED));
    !managed && action.task != Task::Monitor && action.interval() == 0
}

/// What an action waits for in the graph, by rising number, each once.
pub fn inputs_of(model: &Model, plan: &Plan, then: ActionId) -> Vec<ActionId> {
    let merged = merged_before(plan, then);
    let inputs = merged
        .into_iter()
        .filter(|&edge| is_input(model, plan, then, edge));
    inputs.map(|edge| edge.other).collect()
}

/// Edges before an action by rising number, those from the same action made one.
fn merged_before(plan: &Plan, then: ActionId) -> SmallVec<[Edge; 8]> {
    let mut edges: SmallVec<[Edge; 8]> = plan.edges.before(then).iter().copied().collect();
    edges.sort_by_key(|edge| edge.other);
    edges.dedup_by(|next, kept| {
        let same = next.other == kept.other;
        if same {
            kept.kinds |= next.kinds;
        }
        same
    });
    edges
}

/// Whether an edge before an action becomes an input of it.
pub fn is_input(model: &Model, plan: &Plan, then: ActionId, edge: Edge) -> bool {
    let kinds = edge.kinds;
    let first = &plan.actions[edge.other];
    if kinds.is_empty() {
        return false;
    }
    if !first.is_runnable()
        && ((kinds - WEAK).is_empty()
            || kinds.contains(K::MIN_RUNNABLE)
            || kinds.contains(K::UNMIGRATABLE_THEN_BLOCKS))
    {
        return false;
    }
    let migrates = first.is(F::MIGRATABLE);
    if kinds.contains(K::IF_FIRST_UNMIGRATABLE) && migrates {
        return false;
    }
    if kinds == K::ORDERED && migrates && is_stop(first) {
        return false;
    }
    let then = &plan.actions[then];
    if kinds == K::IF_ON_SAME_NODE_OR_TARGET {
        return is_load_input(plan, first, then);
    }
    if kinds == K::IF_REQUIRED_ON_SAME_NODE {
        let apart = matches!((first.node, then.node), (Some(a), Some(b)) if a != b);
        return !apart && first.is_required();
    }
    if is_stop_of_stuck_resource(model, plan, first, then) {
        return false;
    }
    first.is_required() || first.is(F::FORCE_GRAPH)
}

fn is_load_input(plan: &Plan, first: &Action, then: &Action) -> bool {
    match then.rsc() {
        Some(rsc) if then.task == Task::MigrateTo => first.node == plan.assigned[rsc],
        _ => first.node == then.node && first.is_required(),
    }
}

/// Clones go on without a stop that will not come.
fn is_stop_of_stuck_resource(model: &Model, plan: &Plan, first: &Action, then: &Action) -> bool {
    let (Some(first_rsc), Some(then_rsc)) = (first.rsc(), then.rsc()) else {
        return false;
    };
    let state = &plan.rscs[first_rsc];
    first_rsc != then_rsc
        && state.is(RscFlags::FAILED)
        && !state.is(RscFlags::MANAGED)
        && is_stop(first)
        && model.resources[then_rsc].is_clone()
}

fn is_stop(action: &Action) -> bool {
    matches!(action.key, Key::Op(_, Task::Stop, 0))
}
