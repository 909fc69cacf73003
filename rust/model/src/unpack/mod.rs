//! Reading a CIB into a model, one file a section.
//!
//! Order of work (later steps read what earlier ones set): top-level attributes, options, nodes, tags,
//! resources, status, health, constraints.

use crate::codes;
use crate::model::{Model, ReadOptions};
use pcmk_base::{Diagnostic, Diagnostics, Entity, Level, parse_bool};
use pcmk_xml::Element;
use std::cmp::Ordering;
use std::sync::Arc;

/// The version of the CIB's meaning that is implemented.
const FEATURE_SET: &str = "3.20.5";

/// What the steps share while the model grows.
pub(crate) struct Reader {
    pub model: Model,
    pub sink: Diagnostics,
}

/// Reads a CIB. A newer feature set gives an empty model and an error.
pub(crate) fn read(cib: &Arc<Element>, options: &ReadOptions) -> (Model, Vec<Diagnostic>) {
    let mut reader = Reader {
        model: Model::empty(cib, options),
        sink: Diagnostics::default(),
    };
    if let Some(theirs) = cib
        .attr("crm_feature_set")
        .filter(|t| compare_versions(t, FEATURE_SET).is_gt())
    {
        let found = Diagnostic::new(Level::Error, codes::FEATURE_SET_TOO_NEW, Entity::Cluster);
        reader
            .sink
            .push(found.with("theirs", theirs).with("ours", FEATURE_SET));
    } else {
        reader.model.quorate = cib.attr("have-quorum").and_then(parse_bool) == Some(true);
    }
    (reader.model, reader.sink.take())
}

/// Compares dotted version numbers; missing parts count as zero, other text as zero.
fn compare_versions(a: &str, b: &str) -> Ordering {
    let parts =
        |text: &str| -> Vec<u64> { text.split('.').map(|p| p.parse().unwrap_or(0)).collect() };
    let (mut a, mut b) = (parts(a), parts(b));
    let length = a.len().max(b.len());
    a.resize(length, 0);
    b.resize(length, 0);
    a.cmp(&b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert_eq!(compare_versions("3.20.5", "3.9"), Ordering::Greater);
        assert_eq!(compare_versions("3.0", "3"), Ordering::Equal);
    }

    #[test]
    fn a_newer_feature_set_is_refused() {
        let cib = pcmk_xml::parse_str(r#"<cib crm_feature_set="99.0" have-quorum="1"/>"#).unwrap();
        let (model, found) = Model::read(
            &cib,
            &ReadOptions {
                now: 0,
                sanitized: false,
            },
        );
        assert!(!model.quorate);
        assert_eq!(found[0].code, codes::FEATURE_SET_TOO_NEW);
    }
}
