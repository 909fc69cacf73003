//! Scores in the order they are settled, for those who ask for them.

use crate::{PlacementLine, Run, ScoreLine, ScoreStep};
use pcmk_base::Score;
use pcmk_model::{NodeId, RscFlags, RscId, ScoreLog};

/// Notes the table of a resource and of everything below it.
pub fn tables(run: &mut Run<'_>, step: ScoreStep, rsc: RscId) {
    if !keeps_lines(run) || run.plan.rscs[rsc].is(RscFlags::REMOVED) {
        return;
    }
    let moment = moment(run);
    for &node in &run.model.node_order {
        if let Some(score) = run.plan.scores.get(rsc, node) {
            run.plan.score_log.push(ScoreLine {
                step,
                rsc,
                node: Some(node),
                score,
                moment,
            });
        }
    }
    for child in run.plan.children[rsc].clone() {
        tables(run, step, child);
    }
}

/// Notes a promotion score.
pub fn promotion(run: &mut Run<'_>, rsc: RscId, node: Option<NodeId>, score: Score) {
    if keeps_lines(run) {
        let moment = moment(run);
        run.plan.score_log.push(ScoreLine {
            step: ScoreStep::Promotion,
            rsc,
            node,
            score,
            moment,
        });
    }
}

/// Notes the node that was chosen for a primitive.
pub fn placement(run: &mut Run<'_>, rsc: RscId, node: NodeId) {
    if keeps_lines(run) {
        let after = run.plan.score_log.len();
        run.plan
            .placement_log
            .push(PlacementLine { rsc, node, after });
    }
}

fn keeps_lines(run: &Run<'_>) -> bool {
    run.options.scores || run.plan.scores.log().is_some()
}

/// The moment of the log of scores.
fn moment(run: &mut Run<'_>) -> u32 {
    run.plan.scores.log_mut().map_or(0, ScoreLog::tick)
}
