//! A run with what earlier runs left gives what it gives without, whatever changed in between.

use pcmk_base::Diagnostic;
use pcmk_model::{Memory, Model, ReadOptions};
use pcmk_sched::{Options, Workspace, graph_of, schedule};
use pcmk_testkit::mutate::{mutated, mutations};
use pcmk_testkit::run::fuzz;
use pcmk_testkit::sketch::corpus;
use proptest::prelude::*;

fn planned(
    (model, mut found): (Model, Vec<Diagnostic>),
    workspace: &mut Workspace,
    options: &Options,
) -> (String, Vec<Diagnostic>) {
    let plan = schedule(&model, workspace, options);
    found.extend(plan.diagnostics.as_slice().iter().cloned());
    let graph = pcmk_graph::write(&graph_of(&model, &plan));
    (pcmk_xml::write(&graph), found)
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
            let remembering = Options {
                remember: true,
                ..Options::default()
            };
            let (mut memory, mut workspace) = (Memory::default(), Workspace::default());
            for (turn, cib) in (0..).zip([&first, &second, &second, &first]) {
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
        },
    );
}
