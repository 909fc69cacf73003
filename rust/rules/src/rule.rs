//! The rule: conditions joined by "and" or "or".

use pcmk_base::Budget;
use pcmk_xml::Element;

use crate::agent_match::{evaluate_operation, evaluate_resource};
use crate::attribute::evaluate_attribute;
use crate::codes;
use crate::date::evaluate_date;
use crate::input::{Findings, Outcome, RuleInput, require_id};
use crate::tested::note;

/// Conditions that one evaluation may look at. References can make a rule far larger than its text.
const MOST_CONDITIONS: u64 = 10_000;

/// Rules within rules.
const MOST_LEVELS: usize = 256;

/// Whether a `rule` element, or the one it refers to, passes.
///
/// Conditions are evaluated in document order until the result is known, so later ones have no part in the
/// next change. A rule without conditions passes. Result: [`Outcome::Ok`], [`Outcome::Unsatisfied`] or
/// [`Outcome::Invalid`].
pub fn evaluate_rule(rule: &Element, input: &RuleInput, findings: &mut Findings) -> Outcome {
    evaluate(rule, input, findings, &mut Budget::new(MOST_CONDITIONS), 0)
}

fn evaluate(
    rule: &Element,
    input: &RuleInput,
    findings: &mut Findings,
    budget: &mut Budget,
    level: usize,
) -> Outcome {
    if level >= MOST_LEVELS {
        return findings.reject(codes::TOO_COMPLEX, rule, &[]);
    }
    let Some(rule) = resolve(rule, input, findings) else {
        return Outcome::Invalid;
    };
    if let Err(invalid) = require_id(rule, findings) {
        return invalid;
    }
    let any = match rule.attr("boolean-op") {
        None => false,
        Some(op) if op.eq_ignore_ascii_case("and") => false,
        Some(op) if op.eq_ignore_ascii_case("or") => true,
        Some(op) => {
            let fields = [("attribute", "boolean-op"), ("value", op)];
            return findings.reject(codes::INVALID_ATTRIBUTE, rule, &fields);
        }
    };
    if rule.children().is_empty() {
        findings.warn(codes::EMPTY_RULE, rule, &[]);
        return Outcome::Ok;
    }
    for condition in rule.children() {
        if budget.step().is_err() {
            return findings.reject(codes::TOO_COMPLEX, rule, &[]);
        }
        if evaluate_condition(condition, input, findings, budget, level).passes() == any {
            return Outcome::of(any);
        }
    }
    Outcome::of(!any)
}

/// The element that a rule, block or pair stands for; a diagnostic if there is none.
pub(crate) fn resolve<'e>(
    element: &'e Element,
    input: &'e RuleInput,
    findings: &mut Findings,
) -> Option<&'e Element> {
    let resolved = input.references.resolve(element);
    if resolved.is_none() {
        let reference = element.attr("id-ref").unwrap_or_default();
        findings.reject(
            codes::UNRESOLVED_REFERENCE,
            element,
            &[("id-ref", reference)],
        );
    }
    resolved
}

fn evaluate_condition(
    condition: &Element,
    input: &RuleInput,
    findings: &mut Findings,
    budget: &mut Budget,
    level: usize,
) -> Outcome {
    let at = findings.tests.as_ref().map_or(0, Vec::len);
    let outcome = match condition.name() {
        "rule" => evaluate(condition, input, findings, budget, level + 1),
        "expression" => evaluate_attribute(condition, input, findings),
        "date_expression" => evaluate_date(condition, input, findings),
        "rsc_expression" => evaluate_resource(condition, input, findings),
        "op_expression" => evaluate_operation(condition, input, findings),
        _ => findings.reject(codes::UNKNOWN_CONDITION, condition, &[]),
    };
    note(condition, input, findings, (at, level), outcome);
    outcome
}
