//! Facts behind decisions, kept when a run is asked to trace. Words for them are made where they are shown.

use pcmk_base::Score;
use pcmk_model::{ColocationId, LocationId, NodeId, RscId};

/// Where a part of a score comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ScoreSource {
    /// What the table held when the plan began: node score, defaults, bans by history and tickets.
    Initial,
    Location(LocationId),
    Stickiness,
    FailureLimit,
    ExclusiveDiscovery,
    ShutdownLock,
    Colocation(ColocationId),
    Promotion,
    TargetRole,
    InstanceLimit,
    Capacity,
}

/// One fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// A part of a score; the parts of a cell add up to its score.
    ScorePart {
        /// Whose.
        rsc: RscId,
        /// Where.
        node: NodeId,
        /// From what.
        source: ScoreSource,
        /// How much.
        score: Score,
    },
}
