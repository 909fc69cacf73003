//! Reading a CIB into a model, one file a section.
//!
//! Order of work (later steps read what earlier ones set): top-level attributes, options, nodes, tags,
//! resources, status, health, constraints.

use crate::codes;
use crate::model::{Model, ReadOptions};
use pcmk_base::{Diagnostic, Diagnostics, Entity, Level, parse_bool};
use pcmk_rules::compare_versions;
use pcmk_xml::Element;
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

#[cfg(test)]
mod tests {
    use super::*;

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
