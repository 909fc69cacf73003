//! Whole CIBs read to trace: the same plan as without, scores are the sums of their parts, decisions have reasons,
//! and everything can be asked.

use pcmk_model::{Model, ReadOptions, Scored};
use pcmk_sched::explain::Explained;
use pcmk_sched::explain::score::total;
use pcmk_sched::{Options, Plan, ScoreStep, Workspace, graph_of, schedule};
use pcmk_testkit::mutate::{mutated, mutations};
use pcmk_testkit::run::fuzz;
use pcmk_testkit::sketch::corpus;
use proptest::prelude::*;

const READ: ReadOptions = ReadOptions {
    now: 1_700_000_000,
    sanitized: true,
};

fn planned(model: &Model) -> Plan {
    schedule(model, &mut Workspace::default(), &Options::default())
}

fn graph(model: &Model, plan: &Plan) -> String {
    pcmk_xml::write(&pcmk_graph::write(&graph_of(model, plan)))
}

#[test]
fn traces() {
    let corpus = corpus();
    fuzz(
        "traces",
        30,
        (0..corpus.len(), mutations(8)),
        |(index, mutations)| {
            let cib = mutated(&corpus[index], &mutations);
            let (plain, _) = Model::read(&cib, &READ);
            let (model, _) = Model::read_traced(&cib, &READ);
            let plan = planned(&model);
            prop_assert_eq!(graph(&plain, &planned(&plain)), graph(&model, &plan));
            let explained = Explained::new(model, plan);
            let Ok(explained) = explained else {
                return Err(TestCaseError::fail("a traced model gives no answers"));
            };
            scores_are_sums(&explained)?;
            decisions_have_reasons(&explained)
        },
    );
}

fn scores_are_sums(explained: &Explained) -> Result<(), TestCaseError> {
    let (model, plan) = (&explained.model, &explained.plan);
    for line in &plan.score_log {
        let of = Scored {
            rsc: line.rsc,
            node: line.node.filter(|_| line.step != ScoreStep::Promotion),
        };
        let parts = explained.contributions(of, line.moment);
        prop_assert_eq!(total(&parts), Some(line.score), "{:?} of {:?}", line, parts);
    }
    for rsc in model.resources.ids() {
        for choice in explained.choices(rsc) {
            let sum = total(&choice.contributions);
            prop_assert_eq!(sum, choice.score, "{:?} on {:?}", rsc, choice.node);
        }
    }
    Ok(())
}

fn decisions_have_reasons(explained: &Explained) -> Result<(), TestCaseError> {
    for answer in explained.actions() {
        let key = explained.plan.actions[answer.action]
            .key
            .text(&explained.model);
        let unreasoned = answer.required && answer.required_by.is_empty();
        prop_assert!(!unreasoned, "nothing requires {}", key);
        let unblocked = !answer.runnable && answer.blocked_by.is_empty();
        prop_assert!(!unblocked, "nothing blocks {}", key);
    }
    for answer in explained.fencing() {
        prop_assert!(!answer.reasons.is_empty(), "{:?}", answer);
    }
    for rsc in explained.idle() {
        let id = &explained.model.resources[rsc].id;
        prop_assert!(!explained.obstacles(rsc).is_empty(), "{}", id);
    }
    Ok(())
}
