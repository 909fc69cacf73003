//! Conditions on the time.

use pcmk_time::{Component, DateExpression, DateTime, date_spec, parse, scan_integer};
use pcmk_xml::Element;

use crate::codes;
use crate::input::{Findings, Outcome, RuleInput, require_id};

/// `date_expression`: where now lies relative to limits or to a date specification.
pub(crate) fn evaluate_date(
    condition: &Element,
    input: &RuleInput,
    findings: &mut Findings,
) -> Outcome {
    match date_outcome(condition, input, findings) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn date_outcome(
    condition: &Element,
    input: &RuleInput,
    findings: &mut Findings,
) -> Result<Outcome, Outcome> {
    require_id(condition, findings)?;
    let operation = condition.attr("operation").unwrap_or("in_range");
    let is = |word: &str| operation.eq_ignore_ascii_case(word);
    let expression = if is("in_range") {
        range(condition, input, findings)?
    } else if is("date_spec") {
        return specification(condition, input, findings);
    } else if is("gt") {
        DateExpression::GreaterThan(required(condition, "start", input, findings)?)
    } else if is("lt") {
        DateExpression::LessThan(required(condition, "end", input, findings)?)
    } else {
        let fields = [("attribute", "operation"), ("value", operation)];
        return Err(findings.reject(codes::INVALID_ATTRIBUTE, condition, &fields));
    };
    let result = expression.evaluate(input.now);
    findings.offer_change(result.next_change);
    Ok(result.position.into())
}

fn range(
    condition: &Element,
    input: &RuleInput,
    findings: &mut Findings,
) -> Result<DateExpression, Outcome> {
    let start = limit(condition, "start", input, findings)?;
    let mut end = limit(condition, "end", input, findings)?;
    if start.is_none() && end.is_none() {
        return Err(findings.reject(codes::MISSING_LIMITS, condition, &[]));
    }
    if let (Some(start), None, Some(duration)) = (start, end, condition.child("duration")) {
        end = Some(after_duration(start, duration, findings)?);
    }
    Ok(DateExpression::InRange { start, end })
}

fn required(
    condition: &Element,
    name: &'static str,
    input: &RuleInput,
    findings: &mut Findings,
) -> Result<DateTime, Outcome> {
    let found = limit(condition, name, input, findings)?;
    found
        .ok_or_else(|| findings.reject(codes::MISSING_ATTRIBUTE, condition, &[("attribute", name)]))
}

fn limit(
    condition: &Element,
    name: &'static str,
    input: &RuleInput,
    findings: &mut Findings,
) -> Result<Option<DateTime>, Outcome> {
    let Some(text) = condition.attr(name) else {
        return Ok(None);
    };
    let fields = [("attribute", name), ("value", text)];
    let date = parse(text, input.local);
    date.map(Some)
        .map_err(|_| findings.reject(codes::INVALID_ATTRIBUTE, condition, &fields))
}

/// The end of a `duration` element that begins at an instant.
fn after_duration(
    start: DateTime,
    duration: &Element,
    findings: &mut Findings,
) -> Result<DateTime, Outcome> {
    require_id(duration, findings)?;
    let mut end = start;
    for component in Component::ALL {
        let name = component.attribute();
        let Some(text) = duration.attr(name) else {
            continue;
        };
        let amount = scan_integer(text)
            .ok()
            .and_then(|amount| i32::try_from(amount).ok());
        let fields = [("attribute", name), ("value", text)];
        let amount =
            amount.ok_or_else(|| findings.reject(codes::INVALID_ATTRIBUTE, duration, &fields))?;
        end = end.plus(component, amount);
    }
    Ok(end)
}

fn specification(
    condition: &Element,
    input: &RuleInput,
    findings: &mut Findings,
) -> Result<Outcome, Outcome> {
    let Some(spec) = condition.child("date_spec") else {
        return Err(findings.reject(codes::MISSING_CHILD, condition, &[("child", "date_spec")]));
    };
    require_id(spec, findings)?;
    let position = date_spec(input.now, |field| spec.attr(field)).map_err(|bad| {
        let value = spec.attr(bad.field).unwrap_or_default();
        findings.reject(
            codes::INVALID_ATTRIBUTE,
            spec,
            &[("attribute", bad.field), ("value", value)],
        )
    })?;
    Ok(position.into())
}
