//! A run with what earlier runs left gives what it gives without, whatever changed in between.

use pcmk_base::Diagnostic;
use pcmk_model::{Cell, Memory, Model, ReadOptions};
use pcmk_sched::{Options, Workspace, graph_again, schedule};
use pcmk_testkit::mutate::{mutated, mutations};
use pcmk_testkit::run::fuzz;
use pcmk_testkit::sketch::corpus;
use pcmk_xml::{Element, edit_at, find_path};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use std::sync::Arc;

/// The graph, what was found, and the scores of all resources: those are wrong long before a choice is.
fn planned(
    (model, mut found): (Model, Vec<Diagnostic>),
    workspace: &mut Workspace,
    options: &Options,
) -> (String, Vec<Diagnostic>, Vec<Vec<Cell>>) {
    let plan = schedule(&model, workspace, options);
    found.extend(plan.diagnostics.as_slice().iter().cloned());
    let graph = pcmk_graph::write(&graph_again(&model, &plan, workspace, options));
    let rows = model
        .resources
        .ids()
        .map(|rsc| plan.scores.row(rsc).to_vec());
    (pcmk_xml::write(&graph), found, rows.collect())
}

/// Holds what plans come to with what the ones before left against what each comes to alone.
fn hold(cibs: &[&Arc<Element>]) -> TestCaseResult {
    let remembering = Options {
        remember: true,
        ..Options::default()
    };
    let (mut memory, mut workspace) = (Memory::default(), Workspace::default());
    for (turn, cib) in (0..).zip(cibs) {
        let options = ReadOptions {
            now: 1_700_000_000 + 1000 * turn,
            sanitized: false,
        };
        let again = Model::read_again(cib, &options, &mut memory);
        let again = planned(again, &mut workspace, &remembering);
        let alone = Model::read(cib, &options);
        let alone = planned(alone, &mut Workspace::default(), &Options::default());
        prop_assert_eq!(again, alone);
    }
    Ok(())
}

#[test]
fn memory() {
    let corpus = corpus();
    fuzz(
        "memory",
        40,
        (0..corpus.len(), mutations(4), mutations(3)),
        |(index, before, after)| {
            let first = mutated(&corpus[index], &before);
            let second = mutated(&first, &after);
            hold(&[&first, &second, &second, &first])
        },
    );
}

/// The CIB with another operation, result, attribute or membership at a place in its status.
fn with_event(cib: &Arc<Element>, (kind, at): (u8, u16)) -> Arc<Element> {
    let status = |name: &str| {
        let status = cib.child("status");
        let named = status.into_iter().flat_map(|status| status.descendants());
        let found: Vec<_> = named.filter(|e| e.name() == name).collect();
        found.get(usize::from(at) % found.len().max(1)).copied()
    };
    let resource = status("lrm_resource");
    let failures =
        resource.and_then(|resource| Some(format!("fail-count-{}#monitor_10000", resource.id()?)));
    let (name, attributes) = match kind % 7 {
        0 => ("lrm_rsc_op", [("rc-code", "7"), ("op-status", "0")]),
        1 => ("lrm_rsc_op", [("rc-code", "1"), ("op-status", "4")]),
        2 => ("lrm_rsc_op", [("operation", "stop"), ("interval", "0")]),
        3 => ("node_state", [("crmd", "offline"), ("in_ccm", "0")]),
        4 => ("nvpair", [("name", "standby"), ("value", "on")]),
        5 => ("nvpair", [("name", "master-p"), ("value", "-7")]),
        _ => {
            let name = failures.as_deref().unwrap_or_default();
            ("nvpair", [("name", name), ("value", "INFINITY")])
        }
    };
    let mut changed = Arc::clone(cib);
    let path =
        status(name).and_then(|wanted| find_path(cib, |element| std::ptr::eq(element, &**wanted)));
    if let Some(path) = path {
        let set = |element: &mut Element| {
            for (name, value) in attributes {
                element.set_attr(name, value);
            }
        };
        edit_at(&mut changed, &path, set);
    }
    changed
}

#[test]
fn events() {
    let corpus = corpus();
    let event = || any::<(u8, u16)>();
    fuzz(
        "events",
        40,
        (0..corpus.len(), event(), event()),
        |(index, before, after)| {
            let idle = &corpus[index];
            let first = with_event(idle, before);
            let second = with_event(&first, after);
            hold(&[idle, &first, &second, idle])
        },
    );
}
