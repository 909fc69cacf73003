//! Diagnostics: what was found wrong or worth saying, as data. The words are made where they are shown.

use std::fmt;

/// How serious a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Part of the input could not be used.
    Error,
    /// Used, but probably not as meant.
    Warning,
    /// Worth knowing in normal operation.
    Notice,
    /// For those who look closely.
    Info,
}

/// The stable name of one kind of diagnostic, such as `constraint-without-id`. Each crate lists its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// What a diagnostic is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    /// The cluster as a whole.
    Cluster,
    /// A cluster option by name.
    Option(String),
    /// A node by name.
    Node(String),
    /// A resource by id.
    Resource(String),
    /// A constraint by id.
    Constraint(String),
    /// A ticket by id.
    Ticket(String),
    /// An action by key.
    Action(String),
    /// Another element of the CIB, by its name and id.
    Element {
        /// Element name.
        name: String,
        /// Its id, empty if it has none.
        id: String,
    },
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Diagnostic {
    /// How serious it is.
    pub level: Level,
    /// Which kind it is.
    pub code: Code,
    /// What it is about.
    pub entity: Entity,
    /// Named details, in the order they were given.
    pub fields: Vec<(&'static str, String)>,
}

impl Diagnostic {
    /// A finding without details.
    pub fn new(level: Level, code: Code, entity: Entity) -> Diagnostic {
        Diagnostic {
            level,
            code,
            entity,
            fields: Vec::new(),
        }
    }

    /// The finding with one more detail.
    #[must_use]
    pub fn with(mut self, field: &'static str, value: impl ToString) -> Diagnostic {
        self.fields.push((field, value.to_string()));
        self
    }
}

/// Collects diagnostics in the order they were found.
///
/// Hostile input cannot make it grow without bound: past the limit only a count is kept.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    limit: usize,
    dropped: usize,
}

impl Default for Diagnostics {
    fn default() -> Self {
        Diagnostics::new(10_000)
    }
}

impl Diagnostics {
    /// A sink that keeps at most `limit` diagnostics.
    pub const fn new(limit: usize) -> Diagnostics {
        Diagnostics {
            found: Vec::new(),
            limit,
            dropped: 0,
        }
    }

    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.found.len() < self.limit {
            self.found.push(diagnostic);
        } else {
            self.dropped += 1;
        }
    }

    /// Adds an error without details; see [`Diagnostics::push`] for one with details.
    pub fn error(&mut self, code: Code, entity: Entity) {
        self.push(Diagnostic::new(Level::Error, code, entity));
    }

    /// Adds a warning without details.
    pub fn warning(&mut self, code: Code, entity: Entity) {
        self.push(Diagnostic::new(Level::Warning, code, entity));
    }

    /// Adds a notice without details.
    pub fn notice(&mut self, code: Code, entity: Entity) {
        self.push(Diagnostic::new(Level::Notice, code, entity));
    }

    /// What was found so far, in order.
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.found
    }

    /// How many findings were not kept.
    pub const fn dropped(&self) -> usize {
        self.dropped
    }

    /// Takes everything out, in order.
    pub fn take(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST: Code = Code("test");

    #[test]
    fn findings_keep_their_order_and_details() {
        let mut sink = Diagnostics::default();
        sink.warning(TEST, Entity::Cluster);
        sink.push(Diagnostic::new(Level::Error, TEST, Entity::Node("n1".into())).with("value", 7));
        let found = sink.take();
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].fields, [("value", "7".to_owned())]);
    }

    #[test]
    fn the_limit_holds() {
        let mut sink = Diagnostics::new(1);
        sink.error(TEST, Entity::Cluster);
        sink.error(TEST, Entity::Cluster);
        assert_eq!((sink.as_slice().len(), sink.dropped()), (1, 1));
    }
}
