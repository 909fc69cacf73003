//! What rules are evaluated against, and what comes of it.

use pcmk_base::{AgentSpec, Code, Diagnostic, Diagnostics, Entity, IntervalMs, Level, Text};
use pcmk_time::{DateTime, Position};
use pcmk_xml::Element;

use crate::references::IdIndex;
use crate::tested::Tested;

/// Finds a value by its exact name.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<&'a str>;

/// The circumstances in which rules are evaluated. What is not set matches nothing that asks for it.
#[derive(Clone, Copy)]
pub struct RuleInput<'a> {
    /// The instant that date expressions are about. Date specifications see it in its own UTC offset.
    pub now: DateTime,
    /// The present as local clocks show it, for dates that are written without a date or an offset.
    pub local: DateTime,
    /// Where `id-ref` is resolved.
    pub references: &'a IdIndex<'a>,
    /// Attributes of a node, the built-in ones such as `#uname` among them.
    pub node_attributes: Option<Lookup<'a>>,
    /// Instance attributes of a resource.
    pub parameters: Option<Lookup<'a>>,
    /// Meta-attributes of a resource.
    pub meta: Option<Lookup<'a>>,
    /// Agent of a resource.
    pub agent: Option<&'a AgentSpec>,
    /// Name and interval of an operation.
    pub operation: Option<(&'a str, IntervalMs)>,
    /// What the groups of a pattern matched in a resource id, the whole match first. Groups that took
    /// no part are empty.
    pub submatches: &'a [Text],
}

impl<'a> RuleInput<'a> {
    /// Only the time: `now`, which is also what local clocks show.
    pub fn new(now: DateTime, references: &'a IdIndex<'a>) -> Self {
        Self {
            now,
            local: now,
            references,
            node_attributes: None,
            parameters: None,
            meta: None,
            agent: None,
            operation: None,
            submatches: &[],
        }
    }
}

/// The outcome of a rule or a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It passes.
    Ok,
    /// A value or instant is lower than what is accepted.
    Before,
    /// A value or instant is higher than what is accepted.
    After,
    /// It does not pass, in no particular direction.
    Unsatisfied,
    /// The configuration is at fault, so it does not pass; there is a diagnostic.
    Invalid,
}

impl Outcome {
    /// Whether it passes.
    pub fn passes(self) -> bool {
        self == Self::Ok
    }

    pub(crate) fn of(passes: bool) -> Self {
        if passes { Self::Ok } else { Self::Unsatisfied }
    }
}

impl From<Position> for Outcome {
    fn from(position: Position) -> Self {
        match position {
            Position::Before => Self::Before,
            Position::Within => Self::Ok,
            Position::After => Self::After,
        }
    }
}

/// What is collected while rules are evaluated.
#[derive(Debug)]
pub struct Findings<'d> {
    /// The earliest instant after `now` at which what was evaluated so far can come out differently
    /// because of the time. Date specifications do not propose one.
    pub next_change: Option<DateTime>,
    /// The conditions that were evaluated, for those who want to know them.
    pub tests: Option<Vec<Tested>>,
    diagnostics: &'d mut Diagnostics,
}

impl<'d> Findings<'d> {
    /// Nothing found yet; diagnostics go to the sink.
    pub fn new(diagnostics: &'d mut Diagnostics) -> Self {
        Self {
            next_change: None,
            tests: None,
            diagnostics,
        }
    }

    pub(crate) fn offer_change(&mut self, at: Option<DateTime>) {
        self.next_change = match (self.next_change, at) {
            (Some(known), Some(at)) => Some(known.earlier(at)),
            (known, at) => known.or(at),
        };
    }

    pub(crate) fn warn(&mut self, code: Code, element: &Element, fields: &[(&'static str, &str)]) {
        self.push(Level::Warning, code, element, fields);
    }

    /// Reports an element as invalid.
    pub(crate) fn reject(
        &mut self,
        code: Code,
        element: &Element,
        fields: &[(&'static str, &str)],
    ) -> Outcome {
        self.push(Level::Error, code, element, fields);
        Outcome::Invalid
    }

    fn push(
        &mut self,
        level: Level,
        code: Code,
        element: &Element,
        fields: &[(&'static str, &str)],
    ) {
        let entity = Entity::Element {
            name: element.name().to_owned(),
            id: element.id().unwrap_or_default().to_owned(),
        };
        let diagnostic = Diagnostic::new(level, code, entity);
        let add = |diagnostic: Diagnostic, &(name, value): &(&'static str, &str)| {
            diagnostic.with(name, value)
        };
        self.diagnostics.push(fields.iter().fold(diagnostic, add));
    }
}

/// The id of an element that must have one, not empty; without it the element is invalid.
pub(crate) fn require_id(element: &Element, findings: &mut Findings) -> Result<(), Outcome> {
    if element.id().is_some_and(|id| !id.is_empty()) {
        return Ok(());
    }
    Err(findings.reject(crate::codes::MISSING_ID, element, &[]))
}
