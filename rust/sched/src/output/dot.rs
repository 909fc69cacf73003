//! The plan as a drawing: actions with the state they are in, and what waits for what.

use super::inputs::{is_emitted, is_input};
use crate::{ActionFlags as F, ActionId, Key, Plan};
use pcmk_base::IdSet;
use pcmk_graph::{DotGraph, DotNode, DotStyle};
use pcmk_model::{Model, NodeId, OrderKinds as K, RscFlags};

/// What to draw besides the graph.
#[derive(Clone, Copy, Debug, Default)]
pub struct DotOptions {
    /// Optional actions and orderings that do not matter as well.
    pub all: bool,
    /// Numbers of actions behind their names.
    pub numbers: bool,
}

/// Draws a plan.
pub fn draw(model: &Model, plan: &Plan, options: DotOptions) -> DotGraph {
    let mut drawn = IdSet::default();
    let mut dot = DotGraph::default();
    for id in plan.actions.newest_first() {
        let style = style_of(model, plan, id);
        let always = matches!(style, DotStyle::InGraph | DotStyle::Blocked);
        if always || options.all {
            drawn.insert(id);
            dot.nodes.push(DotNode {
                name: name_of(model, plan, id, options),
                style,
                pseudo: plan.actions[id].is(F::PSEUDO),
            });
        }
    }
    for then in plan.actions.newest_first() {
        for edge in merged(plan, then) {
            let bold = drawn.contains(then)
                && drawn.contains(edge.other)
                && is_emitted(model, plan, then)
                && is_input(model, plan, then, edge);
            let both = drawn.contains(then) && drawn.contains(edge.other);
            let matters = both && edge.kinds != K::IF_ON_SAME_NODE_OR_TARGET;
            if edge.kinds.is_empty() || !(bold || matters || options.all) {
                continue;
            }
            let name = |id| name_of(model, plan, id, options);
            dot.edges.push((name(edge.other), name(then), bold));
        }
    }
    dot
}

fn merged(plan: &Plan, then: ActionId) -> Vec<crate::Edge> {
    let mut edges = plan.edges.before(then).to_vec();
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

fn style_of(model: &Model, plan: &Plan, id: ActionId) -> DotStyle {
    let action = &plan.actions[id];
    let managed = action
        .rsc()
        .is_none_or(|rsc| plan.rscs[rsc].is(RscFlags::MANAGED));
    if is_emitted(model, plan, id) {
        DotStyle::InGraph
    } else if !managed {
        DotStyle::Unmanaged
    } else if action.is(F::OPTIONAL) {
        DotStyle::Optional
    } else {
        DotStyle::Blocked
    }
}

fn name_of(model: &Model, plan: &Plan, id: ActionId, options: DotOptions) -> String {
    let action = &plan.actions[id];
    let node = action.node.map(|n| &*model.nodes[n].name);
    let text = match (action.key, action.rsc()) {
        (Key::Fence(node, op), _) => format!("stonith '{}' {}", op.name(), name(model, node)),
        (key, Some(rsc)) => {
            let known = model.history_id(rsc);
            let key = match (known, key) {
                (Some(known), Key::Notify(_, phase, task)) => format!(
                    "{known}_{}_notify_{}_0",
                    phase.name(),
                    task.name(&model.names)
                ),
                (Some(known), Key::Op(_, task, interval)) => {
                    format!("{known}_{}_{interval}", task.name(&model.names))
                }
                _ => key.text(model),
            };
            match node {
                Some(node) => format!("{key} {node}"),
                None if action.is(F::PSEUDO) => key,
                None => format!("{key} <none>"),
            }
        }
        (key, None) => match node {
            Some(node) => format!("{} {node}", task_text(model, action)),
            None => key.text(model),
        },
    };
    let cancel = if action.cancelled_task().is_some() {
        "Cancel "
    } else {
        ""
    };
    if options.numbers {
        format!("{cancel}{text} ({})", super::graph::number(id))
    } else {
        format!("{cancel}{text}")
    }
}

fn task_text(model: &Model, action: &crate::Action) -> String {
    match action.key {
        Key::Gate(_) | Key::LoadStopped(_) => action.key.text(model),
        _ => action.task.name(&model.names).to_owned(),
    }
}

fn name(model: &Model, node: NodeId) -> &str {
    &model.nodes[node].name
}
