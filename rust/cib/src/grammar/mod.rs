//! RELAX NG: whether a CIB is of a language, and what in it is not.
//!
//! A grammar is read from its XML form, as far as the CIB's languages use it: content that mixes freely, names that are
//! given, a few datatypes. Patterns are values in one table, equal ones once; what is left of a pattern after an
//! attribute or a child is looked up when it was met before. So checking goes at the speed of a table-driven machine.
//! The last document that was right is remembered: one that was made from it costs what was changed, but for a look at
//! ids and references.

mod check;
mod datatype;
mod pattern;
mod read;

pub use check::Problem;
pub use read::Malformed;

use std::sync::Arc;

use pcmk_xml::Element;

use datatype::Identities;
use pattern::Patterns;

/// A language.
#[derive(Debug)]
pub struct Grammar {
    patterns: Patterns,
    /// The root element.
    root: pattern::ElementId,
    identities: Identities,
    last: Option<Arc<Element>>,
}

impl Grammar {
    /// Reads the XML form.
    ///
    /// # Errors
    /// What is no RELAX NG, or more of it than is supported.
    pub fn read(text: &str) -> Result<Grammar, Malformed> {
        read::grammar(text)
    }

    /// What in a document is not of the language, in document order.
    pub fn problems(&mut self, document: &Arc<Element>) -> Vec<Problem> {
        let last = self.last.take();
        let found = check::problems(self, document, last.as_ref());
        self.last = match found.is_empty() {
            true => Some(Arc::clone(document)),
            false => last,
        };
        found
    }
}

#[cfg(test)]
mod tests;
