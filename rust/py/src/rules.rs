//! Rules.

use pcmk_rules::{IdIndex, RuleCheck, RuleInput};
use pyo3::prelude::*;

use crate::cib::Cib;

/// Whether a rule is in effect at a time, as a word.
#[pyfunction]
pub(crate) fn check_rule(cib: &Cib, id: &str, now: i64) -> &'static str {
    let references = IdIndex::new(&cib.0);
    let input = RuleInput::new(pcmk_time::DateTime::from_epoch(now, 0), &references);
    match pcmk_rules::check_rule(&cib.0, id, &input) {
        RuleCheck::InEffect => "in-effect",
        RuleCheck::Satisfied => "satisfied",
        RuleCheck::NotYetInEffect => "not-yet-in-effect",
        RuleCheck::Expired => "expired",
        RuleCheck::Invalid => "invalid",
        RuleCheck::NotFound => "not-found",
        RuleCheck::Duplicate => "duplicate",
        RuleCheck::WithoutDateExpression => "without-date-expression",
        RuleCheck::SeveralDateExpressions => "several-date-expressions",
        RuleCheck::RecurringDateSpec => "recurring-date-spec",
    }
}
