//! Conditions as they were found, for those who ask why a rule passed or did not.

use pcmk_base::Text;
use pcmk_xml::Element;

use crate::input::{Findings, Outcome, RuleInput};
use crate::submatches::replace_submatches;

/// A condition (or a rule among conditions) that was evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// Its id.
    pub id: Text,
    /// How deep it is nested; the conditions of the rule itself are at zero.
    pub level: usize,
    /// What it asks for.
    pub question: Question,
    /// What it compared with: the value of the attribute, the instant, the agent or the operation. `None` if there
    /// is no such thing.
    pub actual: Option<Text>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What a condition asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// `rule`: whether all or any of what follows one level deeper passes.
    Rule {
        /// Any of them.
        any: bool,
    },
    /// `expression`: a node attribute, the comparison, and the value it is compared with.
    Attribute {
        /// The attribute.
        name: Text,
        /// The comparison.
        operation: Text,
        /// The other side.
        value: Option<Text>,
    },
    /// Any other condition, with its attributes but the id.
    Other {
        /// The name of the element.
        element: Text,
        /// What it says.
        says: Vec<(Text, Text)>,
    },
}

/// Notes an evaluated condition at a position, if that was asked for.
pub(crate) fn note(
    condition: &Element,
    input: &RuleInput,
    findings: &mut Findings,
    (at, level): (usize, usize),
    outcome: Outcome,
) {
    let Some(tests) = &mut findings.tests else {
        return;
    };
    let condition = input.references.resolve(condition).unwrap_or(condition);
    let (question, actual) = asked(condition, input);
    let tested = Tested {
        id: condition.id().unwrap_or_default().into(),
        level,
        question,
        actual,
        outcome,
    };
    tests.insert(at.min(tests.len()), tested);
}

fn asked(condition: &Element, input: &RuleInput) -> (Question, Option<Text>) {
    let attr = |name: &str| condition.attr(name).unwrap_or_default();
    let agent = || {
        let spec = input.agent?;
        Some(spec.to_string().into())
    };
    match condition.name() {
        "rule" => {
            let any = attr("boolean-op").eq_ignore_ascii_case("or");
            (Question::Rule { any }, None)
        }
        "expression" => {
            let name = replace_submatches(attr("attribute"), input.submatches);
            let value = condition.attr("value").and_then(|value| {
                match attr("value-source").to_ascii_lowercase().as_str() {
                    "param" => input.parameters.and_then(|find| find(value)),
                    "meta" => input.meta.and_then(|find| find(value)),
                    _ => Some(value),
                }
            });
            let actual = input.node_attributes.and_then(|find| find(&name));
            let question = Question::Attribute {
                operation: attr("operation").into(),
                value: value.map(Text::from),
                name: Text::from(&*name),
            };
            (question, actual.map(Text::from))
        }
        element => {
            let actual = match element {
                "date_expression" => Some(input.now.to_string().into()),
                "rsc_expression" => agent(),
                "op_expression" => input
                    .operation
                    .map(|(name, ms)| format!("{name} every {ms} ms").into()),
                _ => None,
            };
            (other(condition), actual)
        }
    }
}

/// A condition as it is written; what a date expression holds is part of what it says.
fn other(condition: &Element) -> Question {
    let own = condition.attrs().filter(|(name, _)| *name != "id");
    let inner = condition
        .children()
        .iter()
        .flat_map(|child| child.attrs().filter(|(name, _)| *name != "id"));
    Question::Other {
        element: condition.name().into(),
        says: own
            .chain(inner)
            .map(|(name, value)| (name.into(), value.into()))
            .collect(),
    }
}
