//! Older spellings: a configuration of an older schema in the spelling of the newest one.
//!
//! What is older is told by `validate-with`. Without it, or with `none`, nothing is rewritten. Schemas before
//! 2.0 differ from it in access control only. Unchanged parts of the document are shared with it.

mod rewrite;
mod unsupported;
mod v2;
mod v3;

use pcmk_xml::Element;
use std::sync::Arc;

/// The prefix of ids that come with the rewriting of schema 3.
const PREFIX: &str = "pcmk__3_10_upgrade-";

/// The document with its configuration in the newest spelling.
pub(super) fn normalised(cib: &Arc<Element>) -> Arc<Element> {
    let Some(major) = cib.attr("validate-with").and_then(major_version) else {
        return cib.clone();
    };
    let mut cib = cib.clone();
    if major < 3 {
        cib = v2::rewritten(&cib);
    }
    if major < 4 {
        cib = v3::rewritten(&cib);
    }
    cib
}

fn major_version(schema: &str) -> Option<u32> {
    let version = schema.strip_prefix("pacemaker-")?;
    let (major, _) = version.split_once('.')?;
    major.parse().ok()
}

#[cfg(test)]
mod tests;
