//! What scores are made of: every change of a score with where it comes from, for those who ask to trace.
//!
//! A table that keeps a log writes each of its changes there, so the parts of a cell, put together in order, are
//! the cell by construction. A table without one pays for a look at an absent pointer.

use crate::{ColocationId, LocationId, NodeId, RscId, Task, TicketId};
use pcmk_base::{IntervalMs, Score};

/// Where a change of a score comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    // ---- what opens a node to a resource ----
    /// The cluster is symmetric: every resource may run on every node.
    Symmetric,
    /// A connection may run anywhere, even in a cluster that is not symmetric.
    Connection,
    /// The inside of a bundle is tied to the node of its replica, and that node is closed to all others.
    Replica,

    // ---- what history says ----
    /// The result of an operation.
    Operation {
        /// Whose operation.
        rsc: RscId,
        /// What was done.
        task: Task,
        /// How often.
        interval: IntervalMs,
        /// What came of it.
        rc: i32,
    },
    /// A failure of this resource there, and `on-fail` says to run it elsewhere.
    OnFail(RscId),
    /// Active on several nodes, and `multiple-active` says to stop it.
    MultiplyActive,
    /// Active and not managed: it stays.
    Unmanaged,
    /// Not configured any more.
    Removed,
    /// `migration-threshold` is reached by this many failures of a resource.
    Failures {
        /// Which resource failed.
        rsc: RscId,
        /// How often.
        count: i64,
    },
    /// It runs there, and `resource-stickiness` says to leave it.
    Stickiness,
    /// Locked to a node that shuts down.
    ShutdownLock(NodeId),

    // ---- what is configured ----
    /// A location constraint, node health included.
    Location(LocationId),
    /// Some constraint asks for exclusive discovery, and none names this node.
    ExclusiveDiscovery,
    /// A ticket that this cluster does not hold, or that is in standby.
    Ticket(TicketId),
    /// A colocation with a primary that has its place (or has none).
    Colocation(ColocationId, RscId),
    /// The preferences of a colocated resource, along a path of colocations.
    Preference(Preference),
    /// It is to be stopped: by `target-role`, by a failure, or for want of quorum.
    TargetStopped,

    // ---- what structure and capacity imply ----
    /// Fence devices and connections do not run on remote nodes.
    RemoteNode,
    /// What is launched runs only on the node it is launched for.
    Launcher(RscId),
    /// As many instances of the collective as may run have a place already.
    InstanceLimit(RscId),
    /// The node has as many instances of the collective as it may.
    NodeLimit(RscId),
    /// The collective itself may not use the node.
    Collective(RscId),
    /// The node cannot be used at the moment.
    Unavailable,
    /// The node has not enough free capacity.
    Capacity,

    // ---- promotion ----
    /// The promotion score that a node attribute holds.
    PromotionScore,
    /// No promotion score is set.
    NoPromotionScore,
    /// An instance that is not started cannot be promoted.
    NotStarted,
    /// The instance's own priority for promotion, for the table of its clone.
    Instance(RscId),
    /// The score of the instance's node in the table of its clone.
    TableOf(RscId, NodeId),
    /// Promoted and not managed: it stays so.
    StaysPromoted,
    /// The instance has no node.
    NotPlaced,
}

/// What a colocated resource thinks of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preference {
    /// The last step of the path that leads to it.
    pub hop: HopId,
    /// Its best score among the nodes that count as this one.
    pub best: Score,
    /// The whole of what it would have changed; less counts where a score must stay positive.
    pub asked: Score,
}

/// A step of a path of colocations, in [`ScoreLog::hops`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HopId(pub u32);

/// One colocation on the way to whose preferences count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hop {
    /// The step before.
    pub before: Option<HopId>,
    /// The colocation.
    pub colocation: ColocationId,
    /// Whose preferences count after this step.
    pub rsc: RscId,
    /// By what they are multiplied: the scores on the path in parts of infinity.
    pub factor: f32,
}

/// How a score changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The node enters the table with this score.
    Enters(Score),
    /// Score arithmetic.
    Adds(Score),
    /// The score is replaced where no addition leads to the new one.
    Becomes(Score),
    /// The node leaves the table.
    Leaves,
}

impl Change {
    /// The score after the change.
    pub fn apply(self, score: Option<Score>) -> Option<Score> {
        match self {
            Change::Enters(new) | Change::Becomes(new) => Some(new),
            Change::Adds(more) => score.map(|known| known + more),
            Change::Leaves => None,
        }
    }

    /// What leads from a score to one that is set: an addition, if there is one.
    pub fn to(known: Option<Score>, new: Score) -> Change {
        match known {
            None => Change::Enters(new),
            Some(known) if known + new == new && new.is_infinite() => Change::Adds(new),
            Some(known) => {
                let difference = i64::from(new.value()) - i64::from(known.value());
                let more = Score::new(difference);
                if known + more == new {
                    Change::Adds(more)
                } else {
                    Change::Becomes(new)
                }
            }
        }
    }
}

/// Why a change does not count after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawal {
    /// With it no node would be left.
    LeavesNoNode,
    /// It belonged to an attempt that was given up.
    Trial,
}

/// A cell of the table, or the priority by which an instance competes for promotion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scored {
    /// Whose.
    pub rsc: RscId,
    /// On which node; `None` for the priority.
    pub node: Option<NodeId>,
}

/// One change of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScorePart {
    /// Of what.
    pub of: Scored,
    /// Where it comes from.
    pub source: Source,
    /// What it does.
    pub change: Change,
    /// When it was made, by the log's own count.
    pub at: u32,
    /// Since when it does not count, and why.
    pub withdrawn: Option<(u32, Withdrawal)>,
}

impl ScorePart {
    /// Whether it counted at a moment.
    pub fn counts_at(&self, moment: u32) -> bool {
        self.at <= moment && self.withdrawn.is_none_or(|(since, _)| since > moment)
    }
}

/// All changes in order.
#[derive(Clone, Debug, Default)]
pub struct ScoreLog {
    /// The changes.
    pub parts: Vec<ScorePart>,
    /// Steps of paths.
    pub hops: Vec<Hop>,
    now: u32,
}

impl ScoreLog {
    /// The next moment: nothing that happens later is of this moment or before.
    pub fn tick(&mut self) -> u32 {
        self.now += 1;
        self.now
    }

    /// Adds a change.
    pub fn push(&mut self, of: Scored, source: Source, change: Change) {
        let at = self.tick();
        self.parts.push(ScorePart {
            of,
            source,
            change,
            at,
            withdrawn: None,
        });
    }

    /// Adds changes that were noted elsewhere; what was withdrawn there never counted.
    pub fn take(&mut self, parts: Vec<ScorePart>) {
        for mut part in parts {
            part.at = self.tick();
            part.withdrawn = part.withdrawn.map(|(_, why)| (0, why));
            self.parts.push(part);
        }
    }

    /// Takes back what was made of a row since a moment.
    pub fn withdraw(&mut self, rsc: RscId, since: u32, why: Withdrawal) {
        let now = self.tick();
        for part in self.parts.iter_mut().rev() {
            if part.at <= since {
                break;
            }
            if part.of.rsc == rsc && part.of.node.is_some() && part.withdrawn.is_none() {
                part.withdrawn = Some((now, why));
            }
        }
    }

    /// The path that ends with a step, first step first.
    pub fn path(&self, end: HopId) -> Vec<Hop> {
        let mut path = Vec::new();
        let mut at = Some(end);
        while let Some(hop) = at.and_then(|id| self.hops.get(id.0 as usize)) {
            path.push(*hop);
            at = hop.before;
        }
        path.reverse();
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_that_is_set_is_an_addition_where_there_is_one() {
        let score = |n| Score::new(n);
        let inf = 1_000_000;
        for (known, new, change) in [
            (5, 7, Change::Adds(score(2))),
            (5, -inf, Change::Adds(Score::MINUS_INFINITY)),
            (inf, -inf, Change::Adds(Score::MINUS_INFINITY)),
            (-inf, 0, Change::Becomes(score(0))),
            (inf, 1, Change::Becomes(score(1))),
            (-inf, inf, Change::Becomes(Score::INFINITY)),
        ] {
            let known = Some(score(known));
            assert_eq!(Change::to(known, score(new)), change);
            assert_eq!(change.apply(known), Some(score(new)));
        }
        assert_eq!(Change::to(None, score(3)), Change::Enters(score(3)));
    }
}
