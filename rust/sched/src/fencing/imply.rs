//! What fencing a node means for the actions of resources: those on the node happen by it, others wait for it.

use crate::actions::notify;
use crate::actions::request::Need;
use crate::{ActionFlags as F, ActionId, Key, Needs, Run, Why};
use pcmk_model::{
    FenceReason, NodeFlags, NodeId, NodeKind, OrderKinds as K, RscFlags, RscId, Task,
};

/// Relates the actions of every managed primitive to the fencing of a node.
pub fn imply_all(run: &mut Run<'_>, fencing: ActionId, target: NodeId) {
    for top in run.plan.top.clone() {
        for rsc in leaves(run, top) {
            if run.plan.rscs[rsc].is(RscFlags::MANAGED) {
                order_starts(run, rsc, fencing, target);
                imply_stops(run, rsc, fencing, target);
                imply_demotes(run, rsc, fencing, target);
            }
        }
    }
}

/// Resources without children, at or below one. A bundle has its parts, its inner clone last.
fn leaves(run: &Run<'_>, rsc: RscId) -> Vec<RscId> {
    let children = &run.plan.children[rsc];
    if children.is_empty() {
        return vec![rsc];
    }
    children.iter().flat_map(|&c| leaves(run, c)).collect()
}

fn order_starts(run: &mut Run<'_>, rsc: RscId, fencing: ActionId, target: NodeId) {
    for id in run.plan.actions.of(rsc).to_vec().into_iter().rev() {
        let action = &run.plan.actions[id];
        match action.needs {
            Needs::Nothing => {}
            Needs::Fencing => {
                run.plan.edges.add(fencing, id, K::ORDERED);
            }
            // What may be active on a node nobody knows of starts when that is over.
            Needs::Quorum => {
                if action.task == Task::Start
                    && run.plan.scores.has(rsc, target)
                    && !is_known_on(run, rsc, target)
                {
                    let kinds = K::ORDERED | K::UNRUNNABLE_FIRST_BLOCKS;
                    run.plan.edges.add(fencing, id, kinds);
                }
            }
        }
    }
}

/// Whether the state of a resource on a node is known, an anonymous instance's by way of its clone.
fn is_known_on(run: &Run<'_>, rsc: RscId, node: NodeId) -> bool {
    let known = |r: RscId| run.model.activity[r].known_on.contains(&node);
    let parent = run.model.resources[rsc].parent.filter(|&parent| {
        run.model.resources[parent].is_clone() && !run.plan.rscs[parent].is(RscFlags::UNIQUE)
    });
    known(rsc) || parent.is_some_and(known)
}

/// Whether what fencing implies for a resource happens only after it.
fn happens_after(run: &Run<'_>, rsc: RscId, target: NodeId) -> bool {
    run.plan.rscs[rsc].is(RscFlags::NEEDS_FENCING)
        || run.model.nodes[target].kind == NodeKind::Guest
}

/// Stops on the node happen by themselves. In a bundle only the stop of the whole follows the fencing: its parts
/// come before that, and would wait for one another in a circle.
fn imply_stops(run: &mut Run<'_>, rsc: RscId, fencing: ActionId, target: NodeId) {
    let key = Key::Op(rsc, Task::Stop, 0);
    let stops = run.plan.actions.claim(key, Some(target));
    let after = happens_after(run, rsc, target);
    let bundled = run.model.bundle_of(rsc).is_some();
    let top = run.model.top_of(rsc);
    let whole = run.plan.actions.newest(top, Task::Stop, None);
    for id in stops {
        run.plan.actions[id].flags |= F::PSEUDO | F::RUNNABLE;
        if after {
            if !bundled {
                run.plan.edges.add(fencing, id, K::GUEST_ALLOWED);
            }
            if let Some(whole) = whole {
                run.plan.edges.add(fencing, whole, K::GUEST_ALLOWED);
            }
        }
        if run.plan.rscs[rsc].is(RscFlags::NOTIFY) {
            notify::after_fencing(run, rsc, id, fencing);
        }
    }
}

fn imply_demotes(run: &mut Run<'_>, rsc: RscId, fencing: ActionId, target: NodeId) {
    let key = Key::Op(rsc, Task::Demote, 0);
    for id in run.plan.actions.claim(key, Some(target)) {
        let state = &run.plan.nodes[target];
        let reachable = state.is(NodeFlags::ONLINE) && !state.is(NodeFlags::UNCLEAN);
        if reachable && !run.plan.rscs[rsc].is(RscFlags::FAILED) {
            continue;
        }
        run.plan.actions[id].flags |= F::PSEUDO | F::RUNNABLE;
        if run.model.bundle_of(rsc).is_none() && happens_after(run, rsc, target) {
            let kinds = K::GUEST_ALLOWED | K::ORDERED;
            run.plan.edges.add(fencing, id, kinds);
        }
    }
}

/// What the pseudo-fencing of a guest waits for: the fencing of its host if that stops it, else the stop of its
/// launcher, else that of its connection.
pub(super) fn order_after_guest_stop(run: &mut Run<'_>, fencing: ActionId, guest: NodeId) {
    let implies = K::UNRUNNABLE_FIRST_BLOCKS | K::FIRST_IMPLIES_THEN;
    let newest_stop =
        |run: &Run<'_>, rsc: Option<RscId>| run.plan.actions.newest(rsc?, Task::Stop, None);
    if let Some(stop) = newest_stop(run, run.model.launcher_of(guest)) {
        let host = run.plan.actions[stop].node;
        let first = match host.filter(|_| run.plan.actions[stop].is(F::PSEUDO)) {
            Some(host) => super::fence_action(
                run,
                host,
                None,
                Need::Required(Why::Fence(FenceReason::NodeUnclean)),
                None,
                false,
            ),
            None => stop,
        };
        run.plan.edges.add(first, fencing, implies);
    } else if let Some(stop) = newest_stop(run, run.model.nodes[guest].connection) {
        run.plan.edges.add(stop, fencing, K::ORDERED);
    }
}
