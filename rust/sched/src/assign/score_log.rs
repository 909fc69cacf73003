//! Scores in the order they are settled, for those who ask for them.

use crate::{Run, ScoreLine, ScoreStep};
use pcmk_base::Score;
use pcmk_model::{NodeId, RscFlags, RscId};

/// Notes the table of a resource and of everything below it.
pub fn tables(run: &mut Run<'_>, step: ScoreStep, rsc: RscId) {
    if !run.options.scores || run.plan.rscs[rsc].is(RscFlags::REMOVED) {
        return;
    }
    for &node in &run.model.node_order {
        if let Some(score) = run.plan.scores.get(rsc, node) {
            run.plan.score_log.push(ScoreLine {
                step,
                rsc,
                node: Some(node),
                score,
            });
        }
    }
    for child in run.plan.children[rsc].clone() {
        tables(run, step, child);
    }
}

/// Notes a promotion score.
pub fn promotion(run: &mut Run<'_>, rsc: RscId, node: Option<NodeId>, score: Score) {
    if run.options.scores {
        run.plan.score_log.push(ScoreLine {
            step: ScoreStep::Promotion,
            rsc,
            node,
            score,
        });
    }
}
