//! What recorded inputs say about nodes and resources is what the reference read in them.

use pcmk_model::{Model, ReadOptions};
use pcmk_simulate::status::{StatusOptions, node_section, resource_section};
use std::path::{Path, PathBuf};

/// Cases whose status is as recorded, at least.
const AGREEING: usize = 678;

const SHOWN: StatusOptions<'static> = StatusOptions::everything();

#[test]
fn status_is_as_recorded() {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance/scheduler");
    let Ok(entries) = std::fs::read_dir(folder.join("xml")) else {
        eprintln!("SKIPPED: no recorded inputs at {}", folder.display());
        return;
    };
    let mut inputs: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    inputs.sort();
    let mut agreeing = 0;
    for path in &inputs {
        let name = path.file_stem().expect("a name").to_string_lossy();
        let summary = folder.join("summary").join(format!("{name}.summary"));
        let Ok(summary) = std::fs::read_to_string(summary) else {
            continue;
        };
        let (recorded, found) = (recorded_lines(&summary), found_lines(path));
        if recorded == found {
            agreeing += 1;
        } else {
            eprintln!("{name} differs");
            for line in recorded.iter().filter(|line| !found.contains(line)) {
                eprintln!("  - {line}");
            }
            for line in found.iter().filter(|line| !recorded.contains(line)) {
                eprintln!("  + {line}");
            }
        }
    }
    eprintln!("{agreeing} of {} agree", inputs.len());
    assert!(agreeing >= AGREEING, "only {agreeing} agree");
}

/// Lines below the first heading, without how deep they are.
fn recorded_lines(summary: &str) -> Vec<String> {
    let after = summary
        .lines()
        .skip_while(|line| !line.starts_with("Current cluster status"));
    let block = after
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with(' '));
    block
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

fn found_lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("a readable input");
    let cib = pcmk_xml::parse_str(&text).expect("an XML document");
    let date = cib.attr("execution-date").and_then(|d| d.parse().ok());
    let read = ReadOptions {
        now: date.unwrap_or(1_700_000_000),
        sanitized: true,
    };
    let (model, _) = Model::read_status(&cib, &read);
    let sections = [node_section(&model, SHOWN), resource_section(&model, SHOWN)];
    let lines = sections.into_iter().flatten().flat_map(|s| s.lines(1));
    lines.map(|line| line.trim().to_owned()).collect()
}
