//! Rules as they are written, evaluated in given circumstances.

use std::cell::Cell;
use std::collections::BTreeMap;

use pcmk_base::{AgentSpec, Diagnostics, Text};
use pcmk_rules::{Findings, IdIndex, Outcome, RuleInput, evaluate_rule};
use pcmk_time::{DateTime, parse};
use pcmk_xml::parse_str;
use proptest::prelude::*;

const NOON: &str = "2024-02-01 12:00:00";

fn utc(text: &str) -> DateTime {
    parse(text, DateTime::from_epoch(0, 0)).unwrap()
}

struct Evaluated {
    outcome: Outcome,
    next_change: Option<i64>,
    codes: Vec<&'static str>,
}

/// Evaluates the first `rule` of a document with the attributes, parameters and names of all tests.
fn evaluate_at(xml: &str, now: DateTime) -> Evaluated {
    let table = |pairs: &[(&'static str, &'static str)]| BTreeMap::from_iter(pairs.iter().copied());
    let attributes = table(&[
        ("foo", "bar"),
        ("num", "10"),
        ("ver", "3.5.0"),
        ("prefer-north", "100"),
        ("empty", ""),
    ]);
    let parameters = table(&[("foo-param", "bar"), ("myparam", "different")]);
    let meta = table(&[("foo-meta", "bar")]);
    let find = |name: &str| attributes.get(name).copied();
    let find_parameter = |name: &str| parameters.get(name).copied();
    let find_meta = |name: &str| meta.get(name).copied();
    let agent = AgentSpec::new("ocf", Some("heartbeat"), "IPaddr2");
    let submatches = [Text::from("server-north"), Text::from("north")];

    let root = parse_str(&format!("<cib>{xml}</cib>")).unwrap();
    let references = IdIndex::new(&root);
    let mut input = RuleInput::new(now, &references);
    input.node_attributes = Some(&find);
    input.parameters = Some(&find_parameter);
    input.meta = Some(&find_meta);
    input.agent = Some(&agent);
    input.operation = Some(("monitor", 10_000));
    input.submatches = &submatches;
    let mut diagnostics = Diagnostics::default();
    let mut findings = Findings::new(&mut diagnostics);
    let outcome = evaluate_rule(root.child("rule").unwrap(), &input, &mut findings);
    let next_change = findings.next_change.map(DateTime::epoch);
    let codes = diagnostics.as_slice().iter().map(|d| d.code.0).collect();
    Evaluated {
        outcome,
        next_change,
        codes,
    }
}

#[track_caller]
fn check(xml: &str, outcome: Outcome) {
    let evaluated = evaluate_at(xml, utc(NOON));
    assert_eq!(evaluated.outcome, outcome, "{xml} {:?}", evaluated.codes);
    let said = evaluated
        .codes
        .iter()
        .any(|code| *code != "values-compared-as-text");
    assert!(outcome != Outcome::Invalid || said, "{xml} without a word");
}

fn rule(attributes: &str, conditions: &str) -> String {
    format!(r#"<rule id="r" {attributes}>{conditions}</rule>"#)
}

/// A condition alone in a rule passes, does not pass, or does not pass and is reported.
#[track_caller]
fn check_condition(condition: &str, outcome: Outcome) {
    let evaluated = evaluate_at(&rule("", condition), utc(NOON));
    let expected = if outcome == Outcome::Ok {
        Outcome::Ok
    } else {
        Outcome::Unsatisfied
    };
    assert_eq!(
        evaluated.outcome, expected,
        "{condition} {:?}",
        evaluated.codes
    );
    let reported = evaluated
        .codes
        .iter()
        .any(|code| *code != "values-compared-as-text");
    assert_eq!(
        reported,
        outcome == Outcome::Invalid,
        "{condition} {:?}",
        evaluated.codes
    );
}

#[test]
fn rules_join_conditions() {
    let ip = r#"<rsc_expression id="i" class="ocf" provider="heartbeat" type="IPaddr2"/>"#;
    let dummy = r#"<rsc_expression id="d" type="Dummy"/>"#;
    let case = r#"<rsc_expression id="c" type="IPAddr2"/>"#;
    let ten = r#"<op_expression id="t" name="monitor" interval="10s"/>"#;
    let twenty = r#"<op_expression id="y" name="monitor" interval="20s"/>"#;
    check(&rule("", ten), Outcome::Ok);
    check(&format!("<rule>{ten}</rule>"), Outcome::Invalid);
    check(
        &format!(r#"<rule id-ref="x"/><other><rule id="x">{ten}</rule></other>"#),
        Outcome::Ok,
    );
    check(r#"<rule id-ref="x"/>"#, Outcome::Invalid);
    for op in ["", r#"boolean-op="and""#, r#"boolean-op="OR""#] {
        check(&rule(op, ""), Outcome::Ok);
    }
    check(&rule(r#"boolean-op="not-an-op""#, ten), Outcome::Invalid);
    check(&rule("", &format!("{dummy}{ten}")), Outcome::Unsatisfied);
    check(
        &rule(r#"boolean-op="And""#, &format!("{ip}{ten}")),
        Outcome::Ok,
    );
    check(&rule(r#"boolean-op="and""#, ip), Outcome::Ok);
    let or = r#"boolean-op="or""#;
    check(&rule(or, &format!("{dummy}{ten}")), Outcome::Ok);
    check(&rule(or, &format!("{case}{ten}")), Outcome::Ok);
    check(&rule(or, &format!("{dummy}{twenty}")), Outcome::Unsatisfied);
    check(&rule(or, &format!("<unknown/>{ten}")), Outcome::Ok);
    check(&rule("", &format!("<unknown/>{ten}")), Outcome::Unsatisfied);
    check(
        &rule(
            "",
            &format!(r#"<rule id="n" boolean-op="or" score="1">{dummy}{ip}</rule>{ten}"#),
        ),
        Outcome::Ok,
    );
}

#[test]
fn node_attributes_are_compared() {
    use Outcome::{After, Before, Invalid, Ok, Unsatisfied};
    for (attributes, outcome) in [
        (r#"attribute="foo" operation="eq" value="bar""#, Ok),
        (
            r#"attribute="foo" operation="EQ" value="BAR" value-source="Literal""#,
            Ok,
        ),
        (
            r#"attribute="foo" operation="eq" value="wrong""#,
            Unsatisfied,
        ),
        (
            r#"attribute="not-an-attribute" operation="eq" value="bar""#,
            Unsatisfied,
        ),
        (
            r#"attribute="foo" operation="eq" value="foo-param" value-source="param""#,
            Ok,
        ),
        (
            r#"attribute="foo" operation="eq" value="myparam" value-source="param""#,
            Unsatisfied,
        ),
        (
            r#"attribute="foo" operation="eq" value="not-a-param" value-source="param""#,
            Unsatisfied,
        ),
        (
            r#"attribute="boo" operation="eq" value="not-a-param" value-source="param""#,
            Ok,
        ),
        (
            r#"attribute="boo" operation="ne" value="not-a-param" value-source="param""#,
            Unsatisfied,
        ),
        (
            r#"attribute="foo" operation="eq" value="foo-meta" value-source="meta""#,
            Ok,
        ),
        (
            r#"attribute="foo" operation="eq" value="x" value-source="meta""#,
            Unsatisfied,
        ),
        (
            r#"attribute="foo" operation="eq" value="bar" value-source="not-a-source""#,
            Invalid,
        ),
        (
            r#"attribute="foo" operation="eq" value="bar" type="not-a-type""#,
            Invalid,
        ),
        (r#"attribute="foo" value="bar""#, Invalid),
        (
            r#"attribute="foo" operation="not-an-operation" value="bar""#,
            Invalid,
        ),
        (r#"operation="eq" value="bar""#, Invalid),
        (r#"attribute="foo" operation="eq""#, Invalid),
        (r#"attribute="foo" operation="defined" value="""#, Invalid),
        (r#"attribute="prefer-%1" operation="defined""#, Ok),
        (
            r#"attribute="undefined-%1" operation="defined""#,
            Unsatisfied,
        ),
        (r#"attribute="num" operation="gt" value="2.5""#, Ok),
        (r#"attribute="num" operation="gt" value="2""#, Ok),
        (
            r#"attribute="num" operation="eq" value="10.5" type="integer""#,
            Ok,
        ),
        (
            r#"attribute="num" operation="eq" value="11" type="integer""#,
            Unsatisfied,
        ),
        (
            r#"attribute="num" operation="eq" value="10.0" type="number""#,
            Ok,
        ),
        (
            r#"attribute="num" operation="eq" value="10.1" type="number""#,
            Unsatisfied,
        ),
        (
            r#"attribute="ver" operation="gt" value="3.4.9" type="version""#,
            Ok,
        ),
        (
            r#"attribute="ver" operation="eq" value="3.5" type="version""#,
            Ok,
        ),
        (
            r#"attribute="ver" operation="gte" value="4.0" type="version""#,
            Before,
        ),
        (r#"attribute="num" operation="lt" value="20""#, Ok),
        (r#"attribute="num" operation="lt" value="2""#, After),
        (r#"attribute="num" operation="gt" value="20""#, Before),
        (r#"attribute="num" operation="lte" value="10""#, Ok),
        (r#"attribute="num" operation="lte" value="9""#, After),
        (r#"attribute="num" operation="gte" value="10""#, Ok),
        (r#"attribute="num" operation="gte" value="11""#, Before),
        (r#"attribute="boo" operation="lt" value="11""#, Unsatisfied),
        (
            r#"attribute="foo" operation="eq" value="bar" type="number""#,
            Ok,
        ),
        (
            r#"attribute="num" operation="eq" value="bar" type="integer""#,
            Unsatisfied,
        ),
        (r#"attribute="empty" operation="eq" value="""#, Ok),
        (r#"attribute="boo" operation="eq" value="""#, Unsatisfied),
        (r#"attribute="foo" operation="ne" value="bat""#, Ok),
        (r#"attribute="boo" operation="ne" value="bat""#, Ok),
        (
            r#"attribute="num" operation="ne" value="10" type="integer""#,
            Unsatisfied,
        ),
        (r#"attribute="empty" operation="defined""#, Ok),
        (r#"attribute="empty" operation="not_defined""#, Unsatisfied),
        (r#"attribute="boo" operation="not_defined""#, Ok),
    ] {
        check_condition(&format!(r#"<expression id="e" {attributes}/>"#), outcome);
    }
    check_condition(
        r#"<expression attribute="foo" operation="defined"/>"#,
        Invalid,
    );
}

#[test]
fn agents_and_operations_match_exactly() {
    use Outcome::{Invalid, Ok, Unsatisfied};
    for (condition, outcome) in [
        (r#"<rsc_expression id="e"/>"#, Ok),
        (r#"<rsc_expression class="ocf"/>"#, Invalid),
        (r#"<rsc_expression id="e" class="OCF"/>"#, Unsatisfied),
        (
            r#"<rsc_expression id="e" class="ocf" provider="pacemaker"/>"#,
            Unsatisfied,
        ),
        (r#"<op_expression id="e" name="monitor"/>"#, Ok),
        (
            r#"<op_expression id="e" name="monitor" interval="PT10S"/>"#,
            Ok,
        ),
        (
            r#"<op_expression id="e" name="monitor" interval="0"/>"#,
            Unsatisfied,
        ),
        (r#"<op_expression id="e" name="Monitor"/>"#, Unsatisfied),
        (r#"<op_expression id="e"/>"#, Invalid),
        (r#"<op_expression name="monitor"/>"#, Invalid),
        (
            r#"<op_expression id="e" name="start" interval="never"/>"#,
            Invalid,
        ),
    ] {
        check_condition(condition, outcome);
    }
}

#[test]
fn nothing_matches_what_is_not_known() {
    let nothing = pcmk_xml::Element::new("cib");
    let references = IdIndex::new(&nothing);
    let input = RuleInput::new(utc(NOON), &references);
    let mut diagnostics = Diagnostics::default();
    for (condition, outcome) in [
        (
            r#"<expression id="e" attribute="foo" operation="not_defined"/>"#,
            Outcome::Ok,
        ),
        (
            r#"<expression id="e" attribute="foo" operation="eq" value="x"/>"#,
            Outcome::Unsatisfied,
        ),
        (
            r#"<rsc_expression id="e" type="Dummy"/>"#,
            Outcome::Unsatisfied,
        ),
        (
            r#"<op_expression id="e" name="monitor"/>"#,
            Outcome::Unsatisfied,
        ),
    ] {
        let rule = parse_str(&rule("", condition)).unwrap();
        assert_eq!(
            evaluate_rule(&rule, &input, &mut Findings::new(&mut diagnostics)),
            outcome
        );
    }
}

fn date(operation: &str, rest: &str) -> String {
    format!(r#"<date_expression id="d" operation="{operation}" {rest}</date_expression>"#)
}

#[track_caller]
fn check_date(now: &str, condition: &str, outcome: Outcome, next_change: Option<&str>) {
    let evaluated = evaluate_at(&rule("", condition), utc(now));
    let expected = if outcome == Outcome::Ok {
        Outcome::Ok
    } else {
        Outcome::Unsatisfied
    };
    assert_eq!(
        evaluated.outcome, expected,
        "{condition} {:?}",
        evaluated.codes
    );
    assert_eq!(
        evaluated.next_change,
        next_change.map(|text| utc(text).epoch()),
        "{now} {condition}"
    );
    assert_eq!(
        evaluated.codes.is_empty(),
        outcome != Outcome::Invalid,
        "{condition} {:?}",
        evaluated.codes
    );
}

#[test]
fn dates_propose_when_they_change() {
    use Outcome::{After, Before, Invalid, Ok};
    let lt = date("lt", r#"end="2024-02-01 15:00:00">"#);
    check_date("2024-02-01 14:59:59", &lt, Ok, Some("2024-02-01 15:00:00"));
    check_date("2024-02-01 15:00:00", &lt, After, None);
    let gt = date("GT", r#"start="2024-02-01 12:00:00">"#);
    check_date(
        "2024-02-01 12:00:00",
        &gt,
        Before,
        Some("2024-02-01 12:00:01"),
    );
    check_date("2024-02-01 12:00:01", &gt, Ok, None);
    let range =
        r#"<date_expression id="d" start="2024-02-01 12:00:00" end="2024-02-01 15:00:00"/>"#;
    let length = date(
        "in_range",
        r#"start="2024-02-01 12:00:00"><duration id="l" hours="3"/>"#,
    );
    for range in [range, &length] {
        check_date(
            "2024-02-01 11:59:59",
            range,
            Before,
            Some("2024-02-01 12:00:00"),
        );
        check_date(
            "2024-02-01 15:00:00",
            range,
            Ok,
            Some("2024-02-01 15:00:01"),
        );
        check_date("2024-02-01 15:00:01", range, After, None);
    }
    let bad_length = |attributes: &str| {
        date(
            "in_range",
            &format!(r#"start="2024-01-01"><duration {attributes}/>"#),
        )
    };
    check_date(
        NOON,
        &bad_length(r#"id="l" hours="not-a-number""#),
        Invalid,
        None,
    );
    check_date(
        NOON,
        &bad_length(r#"id="l" days="2147483648""#),
        Invalid,
        None,
    );
    check_date(NOON, &bad_length(r#"hours="1""#), Invalid, None);
    let ignored = r#"start="2024-01-01" end="2024-02-02"><duration hours="1"/>"#;
    check_date(
        NOON,
        &date("in_range", ignored),
        Ok,
        Some("2024-02-02 00:00:01"),
    );
    let parts =
        r#"id="l" years="1" months="2" weeks="3" days="-1" hours="1" minutes="1" seconds="1""#;
    let all = date(
        "in_range",
        &format!(r#"start="2024-01-01 15:00:00"><duration {parts}/>"#),
    );
    check_date(NOON, &all, Ok, Some("2025-03-21 16:01:02"));
    for bad in [
        date("in_range", ">"),
        date("in_range", r#"start="">"#),
        date("in_range", r#"start="2024-01-01" end="never">"#),
        date("gt", r#"end="2024-01-01">"#),
        date("lt", r#"start="2024-01-01">"#),
        date("eq", r#"start="2024-01-01">"#),
        date("date_spec", ">"),
        date("date_spec", r#"><date_spec years="2024"/>"#),
        date("date_spec", r#"><date_spec id="s" years="not-a-year"/>"#),
        r#"<date_expression operation="gt" start="2024-01-01"/>"#.to_owned(),
    ] {
        check_date(NOON, &bad, Invalid, None);
    }
    check_date(
        NOON,
        &date(
            "date_spec",
            r#"><date_spec id="s" years="2024" hours="9-16" moon="x"/>"#,
        ),
        Ok,
        None,
    );
    check_date(
        NOON,
        &date("date_spec", r#"><date_spec id="s" hours="13-"/>"#),
        Before,
        None,
    );
}

#[test]
fn only_what_was_evaluated_proposes_a_change() {
    let soon = r#"<date_expression id="a" operation="lt" end="2024-02-01 13:00:00"/>"#;
    let later = r#"<date_expression id="b" operation="lt" end="2024-02-01 14:00:00"/>"#;
    let never = r#"<expression id="c" attribute="foo" operation="not_defined"/>"#;
    let at = |text: &str| Some(utc(text).epoch());
    let evaluated = |conditions: String, op: &str| evaluate_at(&rule(op, &conditions), utc(NOON));
    let or = r#"boolean-op="or""#;
    assert_eq!(
        evaluated(format!("{later}{soon}"), "").next_change,
        at("2024-02-01 13:00:00")
    );
    assert_eq!(
        evaluated(format!("{later}{soon}"), or).next_change,
        at("2024-02-01 14:00:00")
    );
    let failed = evaluated(format!("{later}{never}{soon}"), "");
    assert_eq!(
        (failed.outcome, failed.next_change),
        (Outcome::Unsatisfied, at("2024-02-01 14:00:00"))
    );
}

#[test]
fn rules_that_refer_to_themselves_end() {
    let endless = r#"<rule id="r" boolean-op="or"><rule id-ref="r"/><rule id-ref="r"/></rule>"#;
    let evaluated = evaluate_at(endless, utc(NOON));
    assert!(!evaluated.outcome.passes());
    assert!(evaluated.codes.contains(&"rule-too-complex"));
}

#[test]
fn lookups_are_asked_by_name() {
    let asked = Cell::new(0);
    let find = |name: &str| {
        asked.set(asked.get() + 1);
        (name == "#uname").then_some("node1")
    };
    let nothing = pcmk_xml::Element::new("cib");
    let references = IdIndex::new(&nothing);
    let mut input = RuleInput::new(utc(NOON), &references);
    input.node_attributes = Some(&find);
    let rule = parse_str(&rule(
        "",
        r##"<expression id="e" attribute="#uname" operation="eq" value="node1"/>"##,
    ))
    .unwrap();
    let mut diagnostics = Diagnostics::default();
    assert!(evaluate_rule(&rule, &input, &mut Findings::new(&mut diagnostics)).passes());
    assert_eq!(asked.get(), 1);
}

/// A condition on the hour of a day, and whether it is negated by the rule around it.
fn date_conditions() -> impl Strategy<Value = String> {
    let hour = || (0..24u32).prop_map(|h| format!("1970-01-01T{h:02}:00:00Z"));
    let limit = prop_oneof![
        hour().prop_map(|end| format!(r#"<date_expression id="d" operation="lt" end="{end}"/>"#)),
        hour().prop_map(|start| format!(r#"<date_expression id="d" operation="gt" start="{start}"/>"#)),
        (hour(), 0..6u32).prop_map(|(start, hours)| format!(
            r#"<date_expression id="d" start="{start}"><duration id="l" hours="{hours}"/></date_expression>"#
        )),
    ];
    limit.prop_recursive(3, 12, 4, |inner| {
        (any::<bool>(), proptest::collection::vec(inner, 1..4)).prop_map(|(or, inner)| {
            let op = if or { "or" } else { "and" };
            format!(
                r#"<rule id="n" boolean-op="{op}">{}</rule>"#,
                inner.concat()
            )
        })
    })
}

proptest! {
    /// Between now and the next change a rule that only depends on limits comes out the same.
    #[test]
    fn nothing_changes_before_the_next_change(condition in date_conditions(), now in 0..86_400i64) {
        let rule = rule("", &condition);
        let at = |seconds| evaluate_at(&rule, DateTime::from_epoch(seconds, 0));
        let present = at(now);
        let until = present.next_change.unwrap_or(200_000);
        prop_assert!(until > now);
        for part in 0..=16 {
            let later = now + (until - 1 - now) * part / 16;
            prop_assert_eq!(at(later).outcome, present.outcome);
        }
    }

    #[test]
    fn no_attribute_value_panics(value in "[^<>&\"\\pC]{0,12}", near in "[0-9T:ZPDHMS/+ -]{0,24}", which in 0..8usize) {
        for text in [&value, &near] {
            let condition = match which {
                0 => date("in_range", &format!(r#"start="{text}">"#)),
                1 => date("in_range", &format!(r#"start="2024-01-01"><duration id="l" months="{text}" days="{text}"/>"#)),
                2 => date("date_spec", &format!(r#"><date_spec id="s" years="{text}" weeks="{text}"/>"#)),
                3 => format!(r#"<op_expression id="e" name="monitor" interval="{text}"/>"#),
                4 => format!(r#"<expression id="e" attribute="{text}%1" operation="defined"/>"#),
                5 => format!(r#"<expression id="e" attribute="num" operation="gt" value="{text}"/>"#),
                6 => format!(r#"<expression id="e" attribute="ver" operation="gt" type="version" value="{text}"/>"#),
                _ => date(text, r#"start="2024-01-01">"#),
            };
            evaluate_at(&rule("", &condition), utc(NOON));
        }
    }
}
