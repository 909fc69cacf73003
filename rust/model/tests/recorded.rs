//! Every recorded scheduler input can be read.

use pcmk_model::{Model, ReadOptions};
use std::path::PathBuf;

fn inputs() -> Option<Vec<PathBuf>> {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance/scheduler/xml");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("SKIPPED: no recorded inputs at {}", folder.display());
        return None;
    };
    let mut found: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    found.sort();
    Some(found)
}

#[test]
fn recorded_inputs_are_read() {
    let Some(inputs) = inputs() else {
        return;
    };
    for path in &inputs {
        let text = std::fs::read_to_string(path).expect("a readable input");
        let cib = pcmk_xml::parse_str(&text).expect("an XML document");
        let options = ReadOptions {
            now: 1_700_000_000,
            sanitized: false,
        };
        let (model, _) = Model::read(&cib, &options);
        assert!(
            !model.nodes.is_empty() || !text.contains("<node "),
            "{}",
            path.display()
        );
    }
}
