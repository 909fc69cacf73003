//! The counterpart of an instance in another clone or bundle.

use super::apply::{is_blocked, next_role, unique_node};
use super::instances::{containers, nodes_by_preference};
use crate::Run;
use crate::order::apply::current_role;
use pcmk_base::Role;
use pcmk_model::{NodeId, RscId, Variant};

/// The first instance of `collective` that is where `instance` is, in the list's order.
///
/// With `current`, by where and what they are now, else by what is decided. An instance without a single node of
/// its own looks at its allowed nodes, best first.
pub fn compatible(
    run: &Run<'_>,
    instance: RscId,
    collective: RscId,
    role: Option<Role>,
    current: bool,
) -> Option<RscId> {
    let candidates = match &run.model.resources[collective].variant {
        Variant::Bundle(_) => containers(run.model, collective),
        _ => run.plan.children[collective].clone(),
    };
    let on = |node: NodeId| {
        candidates.iter().copied().find(|&candidate| {
            let its_role = if current {
                current_role(run, candidate)
            } else {
                next_role(run, candidate)
            };
            role.is_none_or(|role| role == its_role)
                && !is_blocked(run, candidate)
                && place(run, candidate, current) == Some(node)
        })
    };
    if let Some(node) = place(run, instance, current) {
        return on(node);
    }
    nodes_by_preference(run, instance, None)
        .into_iter()
        .find_map(|(node, _)| on(node))
}

/// The one node a resource is on.
fn place(run: &Run<'_>, rsc: RscId, current: bool) -> Option<NodeId> {
    if !current {
        return unique_node(run, rsc);
    }
    let mut nodes: Vec<NodeId> = run
        .model
        .primitives(rsc)
        .into_iter()
        .flat_map(|p| run.model.activity[p].active_on.iter().copied())
        .collect();
    nodes.sort_unstable();
    nodes.dedup();
    match nodes.as_slice() {
        [node] => Some(*node),
        _ => None,
    }
}
