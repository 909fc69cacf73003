//! Conditions on the agent of a resource and on an operation.

use pcmk_time::parse_interval;
use pcmk_xml::Element;

use crate::codes;
use crate::input::{Findings, Outcome, RuleInput, require_id};

/// `rsc_expression`: each of class, provider and type that is listed must be exactly that of the agent.
pub(crate) fn evaluate_resource(
    condition: &Element,
    input: &RuleInput,
    findings: &mut Findings,
) -> Outcome {
    if let Err(invalid) = require_id(condition, findings) {
        return invalid;
    }
    let agent = input.agent;
    let parts = [
        ("class", agent.map(|a| &*a.class)),
        ("provider", agent.and_then(|a| a.provider.as_deref())),
        ("type", agent.map(|a| &*a.kind)),
    ];
    let matches = |(name, actual): (&str, Option<&str>)| match condition.attr(name) {
        None => true,
        wanted => wanted == actual,
    };
    Outcome::of(parts.into_iter().all(matches))
}

/// `op_expression`: the name must be exactly that of the operation, the interval too if it is given.
pub(crate) fn evaluate_operation(
    condition: &Element,
    input: &RuleInput,
    findings: &mut Findings,
) -> Outcome {
    if let Err(invalid) = require_id(condition, findings) {
        return invalid;
    }
    let Some(name) = condition.attr("name") else {
        return findings.reject(
            codes::MISSING_ATTRIBUTE,
            condition,
            &[("attribute", "name")],
        );
    };
    let wanted = match condition
        .attr("interval")
        .map(|text| (text, parse_interval(text)))
    {
        None => None,
        Some((_, Ok(ms))) => Some(ms),
        Some((text, Err(_))) => {
            let fields = [("attribute", "interval"), ("value", text)];
            return findings.reject(codes::INVALID_ATTRIBUTE, condition, &fields);
        }
    };
    let matches = |(actual, interval)| actual == name && wanted.is_none_or(|ms| ms == interval);
    Outcome::of(input.operation.is_some_and(matches))
}
