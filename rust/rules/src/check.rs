//! Whether a rule is in effect, as far as the time decides it.

use pcmk_base::Diagnostics;
use pcmk_xml::Element;

use crate::date::evaluate_date;
use crate::input::{Findings, Outcome, RuleInput};

/// What can be said about a rule from its one date expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleCheck {
    /// The time is within the range of its date expression.
    InEffect,
    /// The time is one of those that its date specification describes.
    Satisfied,
    /// It will.
    NotYetInEffect,
    /// It did.
    Expired,
    /// It is invalid, or is none of the kinds that can be checked.
    Invalid,
    /// There is no rule of that id.
    NotFound,
    /// There are several.
    Duplicate,
    /// The rule has no date expression.
    WithoutDateExpression,
    /// The rule has several.
    SeveralDateExpressions,
    /// The date expression is a date specification without years, which recurs.
    RecurringDateSpec,
}

/// Checks the rule with this id anywhere in a document at the time of the input. Only rules with exactly
/// one date expression, at any depth, can be checked; their other conditions are not looked at.
pub fn check_rule(root: &Element, id: &str, input: &RuleInput) -> RuleCheck {
    let mut rules = root
        .descendants()
        .filter(|e| e.name() == "rule" && e.id() == Some(id));
    let Some(rule) = rules.next() else {
        return RuleCheck::NotFound;
    };
    if rules.next().is_some() {
        return RuleCheck::Duplicate;
    }
    let mut dates = rule.descendants().filter(|e| e.name() == "date_expression");
    let Some(date) = dates.next() else {
        return RuleCheck::WithoutDateExpression;
    };
    if dates.next().is_some() {
        return RuleCheck::SeveralDateExpressions;
    }
    let has_years = || {
        date.children_named("date_spec")
            .any(|spec| spec.attr("years").is_some())
    };
    match date.attr("operation") {
        // An operation that is not written out cannot be told from a recurring one here.
        None => return RuleCheck::RecurringDateSpec,
        Some("date_spec") if !has_years() => return RuleCheck::RecurringDateSpec,
        Some(_) => {}
    }
    let mut diagnostics = Diagnostics::default();
    match evaluate_date(date, input, &mut Findings::new(&mut diagnostics)) {
        Outcome::Ok if date.attr("operation") == Some("date_spec") => RuleCheck::Satisfied,
        Outcome::Ok => RuleCheck::InEffect,
        Outcome::Before => RuleCheck::NotYetInEffect,
        Outcome::After => RuleCheck::Expired,
        Outcome::Unsatisfied | Outcome::Invalid => RuleCheck::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::references::IdIndex;
    use pcmk_time::DateTime;

    #[track_caller]
    fn check(rule: &str, expected: RuleCheck) {
        let root = pcmk_xml::parse_str(&format!("<cib>{rule}</cib>")).unwrap();
        let index = IdIndex::new(&root);
        let input = RuleInput::new(DateTime::from_epoch(1_000_000_000, 0), &index);
        assert_eq!(check_rule(&root, "r", &input), expected, "{rule}");
    }

    fn with_date(operation: &str, content: &str) -> String {
        format!(r#"<rule id="r"><date_expression id="d"{operation}{content}</rule>"#)
    }

    #[test]
    fn one_date_expression_decides() {
        check(
            &with_date(r#" operation="gt" start="2000-01-01"/>"#, ""),
            RuleCheck::InEffect,
        );
        check(
            &with_date(r#" operation="gt" start="2002-01-01"/>"#, ""),
            RuleCheck::NotYetInEffect,
        );
        check(
            &with_date(r#" operation="lt" end="2000-01-01"/>"#, ""),
            RuleCheck::Expired,
        );
        check(
            &with_date(r#" operation="lt" end="nonsense"/>"#, ""),
            RuleCheck::Invalid,
        );
        let spec =
            |attribute: &str| format!(r#"><date_spec id="s" {attribute}/></date_expression>"#);
        check(
            &with_date(r#" operation="date_spec""#, &spec(r#"years="2001""#)),
            RuleCheck::Satisfied,
        );
        check(
            &with_date(r#" operation="date_spec""#, &spec(r#"months="1""#)),
            RuleCheck::RecurringDateSpec,
        );
        check(
            &with_date(r#" start="2000-01-01"/>"#, ""),
            RuleCheck::RecurringDateSpec,
        );
    }

    #[test]
    fn other_rules_cannot_be_checked() {
        check("", RuleCheck::NotFound);
        check(r#"<rule id="r"/><rule id="r"/>"#, RuleCheck::Duplicate);
        check(r#"<rule id="r"/>"#, RuleCheck::WithoutDateExpression);
        let twice = r#"<rule id="r"><date_expression id="a"/><rule id="x"><date_expression id="b"/></rule></rule>"#;
        check(twice, RuleCheck::SeveralDateExpressions);
    }
}
