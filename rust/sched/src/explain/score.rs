//! What a score is made of.

use super::Explained;
use pcmk_base::Score;
use pcmk_model::{Change, NodeId, RscId, ScorePart, Scored, Source, Withdrawal};

/// How deep contributions nest: a place for promotion holds a clone's score, which holds an instance's priority.
const DEPTH: usize = 4;

/// A change of a score, with what it is made of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Contribution {
    /// The change.
    pub part: ScorePart,
    /// Why it does not count at the moment that was asked about; it counts if there is no reason.
    pub withdrawn: Option<Withdrawal>,
    /// What makes up the number that is added, if that is a score of its own.
    pub inner: Vec<Contribution>,
}

/// What the contributions that count make, in order; `None` if there is no score.
pub fn total(contributions: &[Contribution]) -> Option<Score> {
    let counting = contributions.iter().filter(|c| c.withdrawn.is_none());
    counting.fold(None, |score, c| c.part.change.apply(score))
}

impl Explained {
    /// What makes a score, in the order applied, as of a moment of the log; put together, what counts is the score.
    pub fn contributions(&self, of: Scored, moment: u32) -> Vec<Contribution> {
        self.contributions_within(of, moment, DEPTH)
    }

    /// The contributions to what is in a table at the end.
    pub fn final_contributions(&self, rsc: RscId, node: NodeId) -> Vec<Contribution> {
        let node = Some(node);
        self.contributions(Scored { rsc, node }, u32::MAX)
    }

    fn contributions_within(&self, of: Scored, moment: u32, depth: usize) -> Vec<Contribution> {
        let Some(log) = self.plan.scores.log().filter(|_| depth > 0) else {
            return Vec::new();
        };
        let positions = self.parts.get(&of).map(Vec::as_slice).unwrap_or_default();
        let parts = positions.iter().filter_map(|&at| log.parts.get(at));
        let mut found: Vec<ScorePart> = parts.copied().filter(|part| part.at <= moment).collect();
        if of.node.is_none() {
            // A priority is settled anew each time; what it was before has no part in it.
            let begins = |part: &ScorePart| matches!(part.change, Change::Enters(_));
            let start = found.iter().rposition(begins).unwrap_or_default();
            found.drain(..start);
        }
        let whole = |part: ScorePart| Contribution {
            withdrawn: part
                .withdrawn
                .filter(|_| !part.counts_at(moment))
                .map(|(_, why)| why),
            inner: match part.source {
                Source::Instance(rsc) => {
                    let priority = Scored { rsc, node: None };
                    self.contributions_within(priority, part.at, depth - 1)
                }
                Source::TableOf(rsc, node) => {
                    let node = Some(node);
                    self.contributions_within(Scored { rsc, node }, part.at, depth - 1)
                }
                _ => Vec::new(),
            },
            part,
        };
        found.into_iter().map(whole).collect()
    }
}
