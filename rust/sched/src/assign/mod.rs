//! Choosing nodes and roles. One file an operation; inside, one part a variant.
//!
//! Who is assigned when: remote connections first, then top-level resources in list order; colocation
//! primaries on demand. Trials save and restore rows of the score table.

pub mod affects;
pub mod apply;
pub mod bundle;
pub mod clone;
pub mod colocation_lists;
pub mod compare;
pub mod compatible;
mod families;
pub mod fold;
pub mod fold_memory;
mod fold_notes;
mod fold_preferences;
mod fold_row;
pub mod group;
pub mod instances;
pub mod location;
pub mod node_order;
pub mod past;
pub mod primitive;
pub mod promotion;
pub mod record;
pub mod room;
pub mod score_log;
pub mod state;
pub mod table_order;
pub mod threshold;
pub mod utilization;

use crate::Run;
use crate::nested::nested;
use pcmk_model::{NodeId, RscFlags, RscId, Variant};

/// Assigns everything: connections of remote nodes first, because what runs there depends on them.
pub fn assign_all(run: &mut Run<'_>) {
    state::Assign::begin(run);
    utilization::sort_top(run);
    let top = run.plan.top.clone();
    if run.model.has_remote_nodes() {
        for &rsc in &top {
            let state = &run.plan.rscs[rsc];
            if state.is(RscFlags::REMOTE_CONNECTION) && run.model.resources[rsc].is_primitive() {
                let target = state.partial_migration.map(|(_, target)| target);
                assign(run, rsc, target, true);
            }
        }
    }
    let (rscs, resources) = (&run.plan.rscs, &run.model.resources);
    let is_connection =
        |rsc| rscs[rsc].is(RscFlags::REMOTE_CONNECTION) && resources[rsc].is_primitive();
    let others: Vec<RscId> = top.into_iter().filter(|&rsc| !is_connection(rsc)).collect();
    past::assign_all(run, &others);
}

/// Assigns a resource and everything below it; the answer is the node of a primitive, or of a group's first
/// member that has one.
///
/// With `stop_if_fail`, what finds no node is to be stopped; without it the attempt leaves no trace in roles.
pub fn assign(
    run: &mut Run<'_>,
    rsc: RscId,
    preferred: Option<NodeId>,
    stop_if_fail: bool,
) -> Option<NodeId> {
    let level = run.workspace.assign.depth;
    run.workspace.assign.depth = level + 1;
    let node = nested(level, || by_variant(run, rsc, preferred, stop_if_fail));
    run.workspace.assign.depth = level;
    node
}

fn by_variant(
    run: &mut Run<'_>,
    rsc: RscId,
    preferred: Option<NodeId>,
    stop_if_fail: bool,
) -> Option<NodeId> {
    match run.model.resources[rsc].variant {
        Variant::Primitive(_) => primitive::assign(run, rsc, preferred, stop_if_fail),
        Variant::Group(_) => group::assign(run, rsc, preferred, stop_if_fail),
        Variant::Clone(_) => clone::assign(run, rsc, preferred, stop_if_fail),
        Variant::Bundle(_) => bundle::assign(run, rsc, preferred, stop_if_fail),
    }
}
