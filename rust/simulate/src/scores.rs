//! Scores as text.

use pcmk_model::Model;
use pcmk_sched::{ScoreLine, ScoreStep};

/// The line of a score, as score listings spell it.
pub fn line(model: &Model, score: &ScoreLine) -> String {
    let rsc = &model.resources[score.rsc].id;
    let node = score.node.map(|n| &*model.nodes[n].name);
    let step = match score.step {
        ScoreStep::Primitive => "pcmk__primitive_assign",
        ScoreStep::Group => "pcmk__group_assign",
        ScoreStep::Clone => "pcmk__clone_assign",
        ScoreStep::Bundle => "pcmk__bundle_assign",
        ScoreStep::Promotion => {
            return match node {
                Some(node) => format!("{rsc} promotion score on {node}: {}", score.score),
                None => format!("{rsc} promotion score (inactive): {}", score.score),
            };
        }
    };
    format!(
        "{step}: {rsc} allocation score on {}: {}",
        node.unwrap_or("none"),
        score.score
    )
}
