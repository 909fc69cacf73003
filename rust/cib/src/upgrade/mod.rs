//! From one schema of the CIB's language to the next: what is written differently, has moved, or is not supported.
//!
//! Schemas of the same major version need no rewriting, so there are three steps: to 2.0 (access control), to 3.0
//! (names of options, settings of operations) and to 4.0 (ping nodes, masters, rules of location constraints, what
//! is not supported any more). Whoever reads a configuration takes all of them with [`newest`], so that the readers
//! know one spelling; a document that is upgraded for good takes those that it needs with [`step`], and is checked
//! against the schema after each, which is not done here. Unchanged parts of a document are shared with it.
//!
//! Ids of what is added are those of the reference's own upgrade, so that an administrator finds the same names.

mod ids;
mod permissions;
mod rewrite;
mod to2;
mod to3;
mod to4;

use std::sync::Arc;

use pcmk_xml::Element;

/// A document after one step.
#[derive(Clone, Debug)]
pub struct Upgraded {
    /// The document; `validate-with` still names the former schema.
    pub cib: Arc<Element>,
    /// What got lost or may need a look, as sentences for the administrator.
    pub notes: Vec<String>,
}

/// A major version that a document can be brought to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// From 1.3 to 2.0.
    To2,
    /// From 2.10 to 3.0.
    To3,
    /// From 3.10 to 4.0.
    To4,
}

/// The document in the spelling of a schema, if it is in that of the major version before.
pub fn step(cib: &Arc<Element>, step: Step) -> Upgraded {
    let mut notes = Vec::new();
    let cib = match step {
        Step::To2 => to2::rewritten(cib),
        Step::To3 => to3::rewritten(cib, &mut notes),
        Step::To4 => to4::rewritten(cib, &mut notes),
    };
    Upgraded { cib, notes }
}

/// The document in the newest spelling, as far as `validate-with` tells that it is in an older one. Without it, or
/// with `none`, nothing is rewritten.
pub fn newest(cib: &Arc<Element>) -> Arc<Element> {
    let Some(major) = cib.attr("validate-with").and_then(major_version) else {
        return Arc::clone(cib);
    };
    [(2, Step::To2), (3, Step::To3), (4, Step::To4)]
        .into_iter()
        .filter(|(to, _)| major < *to)
        .fold(Arc::clone(cib), |cib, (_, next)| step(&cib, next).cib)
}

fn major_version(schema: &str) -> Option<u32> {
    let version = schema.strip_prefix("pacemaker-")?;
    let (major, _) = version.split_once('.')?;
    major.parse().ok()
}

/// What is said of something that does not come along.
fn dropped(what: &str, id: Option<&str>, why: &str) -> String {
    format!("{what} {} is dropped: {why}", id.unwrap_or_default())
}

#[cfg(test)]
mod tests;
