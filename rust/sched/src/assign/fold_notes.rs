//! The steps of a folding, for those who ask where scores come from.

use super::fold_row::SUNK;
use crate::Run;
use pcmk_base::{Id, Score};
use pcmk_model::{
    Change, ColocationId, Hop, HopId, NodeId, Preference, RscId, ScorePart, Scored, Source,
    Withdrawal,
};

/// What a folding did so far.
#[derive(Debug)]
pub struct Notes {
    target: RscId,
    parts: Vec<ScorePart>,
    hops: Vec<Hop>,
    /// How many steps the log knows already; the first of these gets the number after them.
    known_hops: usize,
    current: Option<HopId>,
}

/// Where a folding was before it took a step.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    parts: usize,
    before: Option<HopId>,
}

impl Notes {
    /// Nothing yet, if the run keeps where scores come from.
    pub fn begin(run: &Run<'_>, target: RscId) -> Option<Notes> {
        let log = run.plan.scores.log()?;
        Some(Notes {
            target,
            parts: Vec::new(),
            hops: Vec::new(),
            known_hops: log.hops.len(),
            current: None,
        })
    }

    /// Goes on along a colocation.
    pub fn step(&mut self, rsc: RscId, colocation: ColocationId, factor: f32) -> Step {
        let before = self.current;
        let number = self.known_hops + self.hops.len();
        self.current = Some(HopId(u32::try_from(number).unwrap_or(u32::MAX)));
        self.hops.push(Hop {
            before,
            colocation,
            rsc,
            factor,
        });
        Step {
            parts: self.parts.len(),
            before,
        }
    }

    /// Goes back to where a step was taken from.
    pub fn back(&mut self, step: Step) {
        self.current = step.before;
    }

    /// Goes back, and what came of the step does not count.
    pub fn withdraw(&mut self, step: Step) {
        for part in &mut self.parts[step.parts..] {
            part.withdrawn = part.withdrawn.or(Some((0, Withdrawal::LeavesNoNode)));
        }
        self.back(step);
    }

    /// What a resource's best score for a node did to a cell of the row.
    pub fn push(&mut self, node: NodeId, known: i32, new: i32, best: i32, asked: Score) {
        let Some(hop) = self.current else { return };
        let score = |raw: i32| Score::new(i64::from(raw));
        let new = if new == SUNK { 1 } else { new };
        let change = if score(known) + asked == score(new) {
            Change::Adds(asked)
        } else {
            Change::to(Some(score(known)), score(new))
        };
        self.parts.push(ScorePart {
            of: Scored {
                rsc: self.target,
                node: Some(node),
            },
            source: Source::Preference(Preference {
                hop,
                best: score(best),
                asked,
            }),
            change,
            at: 0,
            withdrawn: None,
        });
    }

    /// What a resource and those behind it did together to the cells of the row.
    pub fn push_all(&mut self, known: &[i32], new: &[i32]) {
        let raised = |raw: i32| if raw == SUNK { 1 } else { raw };
        for (at, (&known, &new)) in known.iter().zip(new).enumerate() {
            let (known, new) = (raised(known), raised(new));
            if known != new {
                let asked = Score::new(i64::from(new) - i64::from(known));
                self.push(NodeId::from_index(at), known, new, asked.value(), asked);
            }
        }
    }

    /// Gives the steps to the log and answers what changed.
    pub fn finish(self, run: &mut Run<'_>) -> Vec<ScorePart> {
        if let Some(log) = run.plan.scores.log_mut() {
            log.hops.extend(self.hops);
        }
        self.parts
    }
}
