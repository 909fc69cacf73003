//! Small clusters that use everything once.

use pcmk_xml::{Element, parse_str};
use std::sync::Arc;

/// The sketches, each with what it is about.
pub const SKETCHES: [(&str, &str); 7] = [
    ("plain", include_str!("../sketches/plain.xml")),
    ("clones", include_str!("../sketches/clones.xml")),
    ("bundles", include_str!("../sketches/bundles.xml")),
    ("crowded", include_str!("../sketches/crowded.xml")),
    ("constraints", include_str!("../sketches/constraints.xml")),
    ("failures", include_str!("../sketches/failures.xml")),
    ("old", include_str!("../sketches/old.xml")),
];

/// All sketches, read.
///
/// # Panics
/// If one is not well-formed.
pub fn sketches() -> Vec<Arc<Element>> {
    let read = |&(name, text): &(&str, &str)| {
        parse_str(text).unwrap_or_else(|error| panic!("sketch {name}: {error}"))
    };
    SKETCHES.iter().map(read).collect()
}

/// The variable that names a folder with further CIBs to begin with.
pub const FOLDER: &str = "PCMK_FUZZ_CIBS";

/// The sketches, and the CIBs of the folder that the environment names.
///
/// # Panics
/// If one cannot be read.
pub fn corpus() -> Vec<Arc<Element>> {
    let mut corpus = sketches();
    let Some(folder) = std::env::var_os(FOLDER) else {
        return corpus;
    };
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let read = |path| parse_str(&std::fs::read_to_string(path).expect("a text")).expect("a CIB");
    corpus.extend(paths.into_iter().map(read));
    corpus
}

/// The same tree with the attributes of every element in the opposite order.
pub fn backwards(element: &Element) -> Arc<Element> {
    let attrs: Vec<_> = element.attrs().collect();
    let turned = Element::new(element.name()).with_text(element.text());
    let turned = turned.with_attrs(attrs.into_iter().rev());
    Arc::new(turned.with_children(element.children().iter().map(|child| backwards(child))))
}
