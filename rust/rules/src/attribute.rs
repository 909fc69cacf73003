//! Conditions on attributes of a node.

use std::cmp::Ordering;

use pcmk_xml::Element;

use crate::codes;
use crate::compare::{ValueType, compare_texts};
use crate::input::{Findings, Outcome, RuleInput, require_id};
use crate::submatches::replace_submatches;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Defined,
    NotDefined,
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
}

#[derive(Clone, Copy)]
enum Source {
    Literal,
    Parameter,
    Meta,
}

/// `expression`: compares a node attribute with a value that is given, or found by name in the parameters
/// or meta-attributes of the resource.
pub(crate) fn evaluate_attribute(
    condition: &Element,
    input: &RuleInput,
    findings: &mut Findings,
) -> Outcome {
    match attribute_outcome(condition, input, findings) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn attribute_outcome(
    condition: &Element,
    input: &RuleInput,
    findings: &mut Findings,
) -> Result<Outcome, Outcome> {
    require_id(condition, findings)?;
    let missing = |attribute| [("attribute", attribute)];
    let Some(name) = condition.attr("attribute") else {
        return Err(findings.reject(codes::MISSING_ATTRIBUTE, condition, &missing("attribute")));
    };
    let name = replace_submatches(name, input.submatches);
    let Some(operation) = condition.attr("operation") else {
        return Err(findings.reject(codes::MISSING_ATTRIBUTE, condition, &missing("operation")));
    };
    let operation = word(condition, "operation", operation, OPERATIONS, findings)?;
    let source = match condition.attr("value-source") {
        None => Source::Literal,
        Some(text) => word(condition, "value-source", text, SOURCES, findings)?,
    };
    let value = condition.attr("value");
    let reference = match (operation, value) {
        (Operation::Defined | Operation::NotDefined, None) => None,
        (Operation::Defined | Operation::NotDefined, Some(value)) => {
            return Err(findings.reject(codes::UNEXPECTED_VALUE, condition, &[("value", value)]));
        }
        (_, None) => {
            return Err(findings.reject(codes::MISSING_ATTRIBUTE, condition, &missing("value")));
        }
        (_, Some(value)) => match source {
            Source::Literal => Some(value),
            Source::Parameter => input.parameters.and_then(|find| find(value)),
            Source::Meta => input.meta.and_then(|find| find(value)),
        },
    };
    let actual = input.node_attributes.and_then(|find| find(&name));
    let value_type = match condition.attr("type") {
        None => default_type(operation, actual, reference),
        Some(text) => word(condition, "type", text, ValueType::WORDS, findings)?,
    };
    Ok(compare(
        condition, operation, value_type, actual, reference, findings,
    ))
}

const OPERATIONS: &[(&str, Operation)] = &[
    ("defined", Operation::Defined),
    ("not_defined", Operation::NotDefined),
    ("eq", Operation::Eq),
    ("ne", Operation::Ne),
    ("lt", Operation::Lt),
    ("lte", Operation::Lte),
    ("gt", Operation::Gt),
    ("gte", Operation::Gte),
];

const SOURCES: &[(&str, Source)] = &[
    ("literal", Source::Literal),
    ("param", Source::Parameter),
    ("meta", Source::Meta),
];

/// What a word means, in any letter case.
fn word<T: Copy>(
    condition: &Element,
    attribute: &'static str,
    text: &str,
    words: &[(&str, T)],
    findings: &mut Findings,
) -> Result<T, Outcome> {
    let known = words
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(text));
    known.map(|&(_, meaning)| meaning).ok_or_else(|| {
        let fields = [("attribute", attribute), ("value", text)];
        findings.reject(codes::INVALID_ATTRIBUTE, condition, &fields)
    })
}

/// Orders are numeric unless a type is given; a point on either side makes it a floating point number.
fn default_type(operation: Operation, actual: Option<&str>, reference: Option<&str>) -> ValueType {
    match operation {
        Operation::Defined | Operation::NotDefined | Operation::Eq | Operation::Ne => {
            ValueType::String
        }
        Operation::Lt | Operation::Lte | Operation::Gt | Operation::Gte => {
            let has_point = |value: Option<&str>| value.is_some_and(|v| v.contains('.'));
            if has_point(actual) || has_point(reference) {
                ValueType::Number
            } else {
                ValueType::Integer
            }
        }
    }
}

fn compare(
    condition: &Element,
    operation: Operation,
    value_type: ValueType,
    actual: Option<&str>,
    reference: Option<&str>,
    findings: &mut Findings,
) -> Outcome {
    match operation {
        Operation::Defined => return Outcome::of(actual.is_some()),
        Operation::NotDefined => return Outcome::of(actual.is_none()),
        _ => {}
    }
    let order = match (actual, reference) {
        (Some(actual), Some(reference)) => {
            let compared = compare_texts(actual, reference, value_type);
            if compared.as_text {
                let fields = [
                    ("type", value_type.word()),
                    ("actual", actual),
                    ("reference", reference),
                ];
                findings.warn(codes::COMPARED_AS_TEXT, condition, &fields);
            }
            compared.order
        }
        (None, None) if operation == Operation::Eq => return Outcome::Ok,
        (None, Some(_)) | (Some(_), None) if operation == Operation::Ne => return Outcome::Ok,
        _ => return Outcome::Unsatisfied,
    };
    let otherwise = |passes, direction| if passes { Outcome::Ok } else { direction };
    match operation {
        Operation::Lt => otherwise(order == Ordering::Less, Outcome::After),
        Operation::Lte => otherwise(order != Ordering::Greater, Outcome::After),
        Operation::Gt => otherwise(order == Ordering::Greater, Outcome::Before),
        Operation::Gte => otherwise(order != Ordering::Less, Outcome::Before),
        Operation::Ne => Outcome::of(order != Ordering::Equal),
        Operation::Eq | Operation::Defined | Operation::NotDefined => {
            Outcome::of(order == Ordering::Equal)
        }
    }
}
