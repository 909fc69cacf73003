//! Whole CIBs: read, scheduled, carried out and shown. Twice, with the attributes of all elements the other way
//! around, and with the same result.

use pcmk_sched::codes;
use pcmk_sched::output::dot::DotOptions;
use pcmk_simulate::report::{Report, Request, simulate};
use pcmk_simulate::tell::Form;
use pcmk_testkit::mutate::{mutated, mutations};
use pcmk_testkit::run::fuzz;
use pcmk_testkit::sketch::{backwards, corpus};
use pcmk_xml::{Element, parse_str};
use proptest::prelude::*;
use std::sync::Arc;

fn simulated(cib: Arc<Element>) -> Report {
    simulate(&Request {
        cib,
        sanitized: true,
        now: 1_700_000_000,
        now_line: None,
        wall_now: 1_700_000_100,
        injections: Vec::new(),
        fail: Vec::new(),
        schedule: true,
        execute: true,
        form: Form::Text,
        utilization: false,
        scores: true,
        attributes: true,
        failures: true,
        quiet: false,
        dot: Some(DotOptions {
            all: true,
            numbers: true,
        }),
        clock: None,
    })
}

fn written(report: &Report) -> String {
    let graph = report.graph.as_ref().expect("a plan");
    pcmk_xml::write_pretty(&pcmk_graph::write(graph))
}

fn drawn(report: &Report) -> String {
    report.drawing.as_ref().expect("a drawing").to_text()
}

#[test]
fn clusters() {
    let corpus = corpus();
    fuzz(
        "clusters",
        40,
        (0..corpus.len(), mutations(8)),
        |(index, mutations)| {
            let cib = mutated(&corpus[index], &mutations);
            let report = simulated(Arc::clone(&cib));
            let unsound: Vec<_> = report
                .diagnostics
                .iter()
                .filter(|d| d.code == codes::PLAN_NOT_SOUND)
                .collect();
            prop_assert!(unsound.is_empty(), "{:?}", unsound);
            let graph = written(&report);
            let read = pcmk_graph::read(&parse_str(&graph).expect("XML")).expect("a graph");
            prop_assert_eq!(
                pcmk_xml::write_pretty(&pcmk_graph::write(&read)),
                graph.as_str()
            );

            let again = simulated(backwards(&cib));
            prop_assert_eq!(&again.told.text, &report.told.text);
            prop_assert_eq!(written(&again), graph);
            prop_assert_eq!(drawn(&again), drawn(&report));
            Ok(())
        },
    );
}
