//! Rules with everything that they may hold, and blocks with rules.

use pcmk_base::{AgentSpec, Diagnostics, Text};
use pcmk_rules::{
    Findings, IdIndex, NameValues, RuleInput, check_rule, compare_versions, evaluate_rule,
    merge_blocks, replace_submatches,
};
use pcmk_testkit::mutate::{mutated, mutations};
use pcmk_testkit::run::fuzz;
use pcmk_testkit::words::VALUES;
use pcmk_time::DateTime;
use pcmk_xml::parse_str;
use proptest::prelude::*;

const RULES: &str = r##"<cib>
  <meta_attributes id="m"><rule id="a" boolean-op="or" role="Started" score="10">
    <expression id="a1" attribute="rack" operation="lt" value="7" type="number"/>
    <expression id="a2" attribute="ver" operation="gte" value="1.2.3" type="version"/>
    <expression id="a3" attribute="fake" operation="eq" value="fake" value-source="param"/>
    <expression id="a4" attribute="%1" operation="ne" value="meta" value-source="meta"/>
    <expression id="a5" attribute="#uname" operation="defined"/>
    <rule id="b" boolean-op="and">
      <date_expression id="b1" operation="in_range" start="2024-01-01" end="2024-12-31T12:00:00Z"/>
      <date_expression id="b2" operation="in_range" start="2024-01-01"><duration id="b2d" years="1" months="2" weeks="3" days="4" hours="5" minutes="6" seconds="7"/></date_expression>
      <date_expression id="b3" operation="date_spec"><date_spec id="b3s" years="2020-2030" months="1-6" monthdays="1-31" hours="0-23" weekdays="1-7" yeardays="1-366" weeks="1-53" weekyears="2020-" minutes="-59" seconds="0-59" moon="3"/></date_expression>
      <date_expression id="b4" operation="gt" start="2020-01-01"/><date_expression id="b5" operation="lt" end="2040-W01-1"/>
    </rule>
    <rule id-ref="c"/><rule id="d"><expression id-ref="a1"/></rule>
    <rsc_expression id="a6" class="ocf" provider="heartbeat" type="IPaddr2"/><op_expression id="a7" name="monitor" interval="10s"/></rule>
    <nvpair id="p1" name="n" value="1"/><nvpair id-ref="p1"/><nvpair id="p2" name="o" value="#default"/></meta_attributes>
  <meta_attributes id="k" score="INFINITY"><rule id="c"><expression id="c1" attribute="rack" operation="eq" value="5"/><rule id-ref="d"/></rule><nvpair id="p3" name="n" value="2"/></meta_attributes>
  <meta_attributes id-ref="m"/>
</cib>"##;

#[test]
fn trees() {
    let root = parse_str(RULES).expect("rules");
    let now = prop_oneof![any::<i64>(), 1_600_000_000..1_800_000_000i64];
    fuzz("rules", 2_000, (mutations(8), now), |(mutations, now)| {
        let tree = mutated(&root, &mutations);
        let references = IdIndex::new(&tree);
        let lookup = |name: &str| match name {
            "rack" => Some("5"),
            "ver" => Some("1.2.10"),
            "fake" | "#uname" => Some("\u{1F600}"),
            _ => None,
        };
        let agent = AgentSpec::new("ocf", Some("heartbeat"), "IPaddr2");
        let submatches = [Text::from("a-b"), Text::from("\u{e9}")];
        let mut input = RuleInput::new(DateTime::from_epoch(now, 3600), &references);
        input.node_attributes = Some(&lookup);
        input.parameters = Some(&lookup);
        input.meta = Some(&lookup);
        (input.agent, input.operation, input.submatches) =
            (Some(&agent), Some(("monitor", 10_000)), &submatches);
        let mut diagnostics = Diagnostics::default();
        let mut findings = Findings::new(&mut diagnostics);
        for rule in tree
            .descendants()
            .filter(|element| element.name() == "rule")
        {
            let _ = evaluate_rule(rule, &input, &mut findings);
            if let Some(id) = rule.id() {
                let _ = check_rule(&tree, id, &input);
            }
        }
        merge_blocks(
            &tree,
            "meta_attributes",
            Some("k"),
            &input,
            &mut NameValues::default(),
            &mut findings,
        );
        if let Some(next) = findings.next_change {
            let end = next.fields().year >= i64::from(i32::MAX);
            prop_assert!(
                next.epoch() > now || end,
                "{} is not after {now}",
                next.epoch()
            );
        }
        Ok(())
    });
}

#[test]
fn values() {
    let word = || {
        prop_oneof![
            prop::sample::select(VALUES).prop_map(str::to_owned),
            "[0-9.a-z%+-]{0,12}"
        ]
    };
    fuzz("values", 4_000, (word(), word(), word()), |(a, b, c)| {
        let ab = compare_versions(&a, &b);
        prop_assert_eq!(ab, compare_versions(&b, &a).reverse());
        let _ = replace_submatches(&a, &[Text::from(b.as_str()), Text::from(c.as_str())]);
        Ok(())
    });
}
