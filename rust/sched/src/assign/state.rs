//! What assignment remembers while it runs, besides the plan.

use super::room::Room;
use crate::Run;
use pcmk_base::{IdSet, IdVec};
use pcmk_model::{NodeId, RscId};
use rustc_hash::FxHashMap;

/// Guards and counters of one assignment. Kept in the workspace for its memory only.
#[derive(Debug, Default)]
pub struct Assign {
    /// Assignments under way, each within the one before.
    pub depth: usize,
    /// Paths of colocations followed so far.
    pub paths: usize,
    /// Some colocations were not followed, and a diagnostic says so.
    pub gave_up: bool,
    /// Resources whose assignment is under way.
    pub assigning: IdSet<RscId>,
    /// Resources whose preferences are being folded into another's table.
    pub folding: IdSet<RscId>,
    /// Foldings that need not be made again, if the run is to remember.
    pub foldings: Option<super::fold_memory::Foldings>,
    /// What foldings work with.
    pub fold: super::fold::Buffers,
    /// Instances of a collective on each node, as far as they are counted. Only looked up.
    pub counts: FxHashMap<RscId, IdVec<NodeId, u32>>,
    /// Promotable clones whose instances have their promotion scores.
    pub scored: IdSet<RscId>,
    /// Promotable clones whose role selection has begun.
    pub choosing_roles: IdSet<RscId>,
    /// Primitives whose actions were given up because there was no node for them.
    pub given_up: IdSet<RscId>,
    /// Room that is left on nodes.
    pub room: Room,
}

impl Assign {
    /// Forgets what an earlier run left, and notes the nodes' capacity.
    pub fn begin(run: &mut Run<'_>) {
        run.workspace.assign = Assign {
            room: Room::of(run.model),
            ..Assign::default()
        };
    }

    /// How many instances of a collective are counted on a node.
    pub fn count(&self, collective: RscId, node: NodeId) -> u32 {
        let counts = self.counts.get(&collective);
        counts
            .and_then(|c| c.get(node))
            .copied()
            .unwrap_or_default()
    }
}

/// Counts one more instance of a collective on a node.
pub fn count_up(run: &mut Run<'_>, collective: RscId, node: NodeId) {
    let nodes = run.model.nodes.len();
    let counts = run.workspace.assign.counts.entry(collective);
    counts.or_insert_with(|| IdVec::filled(0, nodes))[node] += 1;
}
