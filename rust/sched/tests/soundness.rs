//! A plan is made for any CIB, and every pass leaves it sound.

use pcmk_model::{Model, ReadOptions};
use pcmk_sched::{Options, Workspace, codes, graph_of, schedule};

fn plan_of(text: &str) -> (pcmk_sched::Plan, Model) {
    let cib = pcmk_xml::parse_str(text).unwrap();
    let (model, _) = Model::read(
        &cib,
        &ReadOptions {
            now: 1,
            sanitized: true,
        },
    );
    let plan = schedule(&model, &mut Workspace::default(), &Options::default());
    (plan, model)
}

#[test]
fn a_cib_without_anything_gives_an_empty_graph() {
    let (plan, model) = plan_of("<cib/>");
    assert!(
        plan.diagnostics
            .as_slice()
            .iter()
            .all(|d| d.code != codes::PLAN_NOT_SOUND)
    );
    let graph = graph_of(&model, &plan);
    assert_eq!(graph.attr("cluster-delay"), Some("60s"));
    assert!(graph.synapses.is_empty());
}

#[test]
fn a_clock_times_every_pass() {
    let (_, model) = plan_of("<cib/>");
    let options = Options {
        clock: Some(|| 7),
        ..Options::default()
    };
    let plan = schedule(&model, &mut Workspace::default(), &options);
    assert_eq!(plan.timings.len(), pcmk_sched::pipeline::PASSES.len());
}
