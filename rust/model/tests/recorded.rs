//! Every recorded scheduler input can be read.

use pcmk_base::{Code, Diagnostic, Diagnostics};
use pcmk_model::{Model, ReadOptions, codes};
use pcmk_rules::IdIndex;
use std::path::{Path, PathBuf};

/// What would say that some spelling is not understood.
const MISREAD: &[Code] = &[
    codes::WITHOUT_ID,
    codes::UNKNOWN_NODE_TYPE,
    codes::INVALID_RESOURCE,
    codes::UNKNOWN_RESOURCE_TYPE,
    codes::UNKNOWN_CONSTRAINT,
    codes::INVALID_ID_REF,
    codes::INVALID_TEMPLATE,
    codes::UNKNOWN_LAUNCHER,
    codes::INVALID_MAPPING,
    codes::TOO_MUCH_WORK,
    codes::TOO_MANY_RESOURCES,
];

fn inputs() -> Option<Vec<PathBuf>> {
    inputs_of("scheduler")
}

fn inputs_of(suite: &str) -> Option<Vec<PathBuf>> {
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    let folder = shared.join(suite).join("xml");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("SKIPPED: no recorded inputs at {}", folder.display());
        return None;
    };
    let mut found: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    found.sort();
    Some(found)
}

fn read(path: &Path) -> (Model, Vec<Diagnostic>, String) {
    let text = std::fs::read_to_string(path).expect("a readable input");
    let cib = pcmk_xml::parse_str(&text).expect("an XML document");
    let options = ReadOptions {
        now: 1_700_000_000,
        sanitized: false,
    };
    let (model, found) = Model::read(&cib, &options);
    (model, found, text)
}

#[test]
fn recorded_inputs_are_read() {
    let (Some(mut inputs), Some(random)) = (inputs(), inputs_of("random")) else {
        return;
    };
    inputs.extend(random);
    for path in &inputs {
        let (model, found, text) = read(path);
        for finding in &found {
            assert!(
                !MISREAD.contains(&finding.code),
                "{}: {finding:?}",
                path.display()
            );
        }
        assert!(
            !model.nodes.is_empty() || !text.contains("<node "),
            "{}",
            path.display()
        );
    }
}

/// Parameters of bundle containers in recorded graphs are those that are generated here.
#[test]
fn container_parameters_are_as_recorded() {
    let Some(inputs) = inputs() else {
        return;
    };
    let mut compared = 0;
    for path in &inputs {
        let name = path.file_stem().expect("a name").to_string_lossy();
        let graph = path.with_file_name(format!("../exp/{name}.exp"));
        let Ok(graph) = std::fs::read_to_string(graph) else {
            continue;
        };
        if !graph.contains("run_opts") {
            continue;
        }
        let graph = pcmk_xml::parse_str(&graph).expect("an XML document");
        let (model, _, _) = read(path);
        let references = IdIndex::new(&model.cib);
        for op in graph.descendants().filter(|e| e.name() == "rsc_op") {
            let (Some(primitive), Some(attributes)) =
                (op.child("primitive"), op.child("attributes"))
            else {
                continue;
            };
            if attributes.attr("run_opts").is_none() {
                continue;
            }
            let id = primitive.id().expect("an id");
            let rsc = model.resource_with_id(id).expect("the container");
            let mut sink = Diagnostics::default();
            let (params, _) = model.parameters(rsc, None, &references, &mut sink);
            for (name, value) in &params {
                assert_eq!(
                    attributes.attr(name),
                    Some(&**value),
                    "{name} of {id} in {graph:?}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 0);
}
