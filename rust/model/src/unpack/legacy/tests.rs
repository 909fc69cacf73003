//! Old documents and what is read of them.

use super::normalised;
use pcmk_xml::{Element, parse_str};
use std::sync::Arc;

fn rewritten(schema: &str, configuration: &str) -> Arc<Element> {
    let text = format!(
        "<cib validate-with='{schema}'><configuration>{configuration}</configuration></cib>"
    );
    normalised(&parse_str(&text).unwrap())
}

#[track_caller]
fn check(schema: &str, old: &str, new: &str) {
    let expected = parse_str(&format!("<configuration>{new}</configuration>")).unwrap();
    let found = rewritten(schema, old);
    let found = found.child("configuration").unwrap();
    assert_eq!(pcmk_xml::write(found), pcmk_xml::write(&expected));
}

fn pair(name: &str, value: &str) -> String {
    format!("<nvpair id='{name}-{value}' name='{name}' value='{value}'/>")
}

#[test]
fn newest_and_unknown_schemas_stay_as_they_are() {
    let old = "<resources><master id='m'/></resources>";
    for schema in [
        "none",
        "pacemaker-4.0",
        "pacemaker-next",
        "transitional-0.6",
    ] {
        check(schema, old, old);
    }
}

#[test]
fn what_does_not_change_is_shared() {
    let cib = parse_str(
        "<cib validate-with='pacemaker-3.7'><configuration><nodes><node id='1'/></nodes></configuration><status/></cib>",
    );
    let cib = cib.unwrap();
    assert!(Arc::ptr_eq(&normalised(&cib), &cib));
}

#[test]
fn options_have_dashes_and_defaults_move() {
    let old = format!(
        "<crm_config><cluster_property_set id='o'>{}{}{}<nvpair id='x' name='default_resource_stickiness' value='7'/>
         <nvpair id='y' name='default-action-timeout' value='9s'/></cluster_property_set></crm_config>
         <op_defaults><meta_attributes id='m'>{}</meta_attributes></op_defaults>",
        pair("no_quorum_policy", "ignore"),
        pair("cluster-infrastructure", "cman"),
        pair("default-resource-failure-stickiness", "-INFINITY"),
        pair("timeout", "1s"),
    );
    let found = rewritten("pacemaker-2.10", &old);
    let text = pcmk_xml::write(&found);
    assert!(text.contains(r#"name="no-quorum-policy""#) && !text.contains("cman"));
    let defaults = found
        .descendants()
        .find(|e| e.name() == "rsc_defaults")
        .unwrap();
    let values: Vec<_> = defaults
        .descendants()
        .filter_map(|e| Some((e.attr("name")?, e.attr("value")?)))
        .collect();
    assert_eq!(
        values,
        [("migration-threshold", "1"), ("resource-stickiness", "7")]
    );
    let timeouts = found
        .descendants()
        .filter(|e| e.attr("name") == Some("timeout"));
    assert_eq!(
        timeouts.filter_map(|e| e.attr("value")).collect::<Vec<_>>(),
        ["1s"]
    );
}

#[test]
fn old_settings_of_resources_and_operations_move() {
    let old = "<resources><primitive id='p'><meta_attributes id='m'><nvpair id='a' name='isolation' value='x'/>
        <nvpair id='b' name='resource-failure-stickiness' value='3'/></meta_attributes><instance_attributes id='i'>
        <nvpair id='c' name='pcmk_arg_map' value='port:nodes'/></instance_attributes><operations>
        <op id='o' name='start' requires='nothing'><instance_attributes id='oi'>
        <nvpair id='d' name='on-fail' value='block'/><nvpair id='e' name='depth' value='1'/></instance_attributes></op>
        </operations></primitive></resources>";
    let new = "<resources><primitive id='p'><meta_attributes id='p-requires'>
        <nvpair id='p-requires-pair' name='requires' value='nothing'/></meta_attributes><meta_attributes id='m'>
        <nvpair id='a' name='target-role' value='Stopped'/></meta_attributes><instance_attributes id='i'>
        <nvpair id='c' name='pcmk_host_argument' value='nodes'/></instance_attributes><operations>
        <op id='o' name='start'><instance_attributes id='oi'>
        <nvpair id='e' name='depth' value='1'/></instance_attributes><meta_attributes id='oi-meta'>
        <nvpair id='d' name='on-fail' value='block'/></meta_attributes></op></operations></primitive></resources>";
    check("pacemaker-1.3", old, new);
}

#[test]
fn ping_nodes_are_members_that_run_nothing() {
    check(
        "pacemaker-3.0",
        "<nodes><node id='1' uname='p' type='ping'/></nodes><constraints/>",
        "<nodes><node id='1' uname='p' type='member'/></nodes><constraints>
         <rsc_location id='pcmk__3_10_upgrade-ping-node-ban-p' rsc-pattern='.*' node='p' score='-INFINITY'
         resource-discovery='never'/></constraints>",
    );
}

#[test]
fn masters_are_promotable_clones() {
    check(
        "pacemaker-3.10",
        "<resources><master id='m'><primitive id='p'/></master><bundle id='b'><docker masters='2'/></bundle></resources>",
        "<resources><clone id='m'><meta_attributes id='pcmk__3_10_upgrade-promotable-legacy-m-meta_attributes'
         score='INFINITY'><nvpair id='pcmk__3_10_upgrade-promotable-legacy-m-meta_attributes-promotable'
         name='promotable' value='true'/></meta_attributes><primitive id='p'/></clone>
         <bundle id='b'><docker masters='2' promoted-max='2'/></bundle></resources>",
    );
}

#[test]
fn several_rules_are_several_constraints() {
    check(
        "pacemaker-3.0",
        "<constraints><rsc_location id='l' rsc='a'><rule id='r1' score='1'/><rule id='r2' score='2'/></rsc_location>
         </constraints>",
        "<constraints><rsc_location id='pcmk__3_10_upgrade-l-1' rsc='a'><rule id='r1' score='1'/></rsc_location>
         <rsc_location id='pcmk__3_10_upgrade-l-2' rsc='a'><rule id='r2' score='2'/></rsc_location></constraints>",
    );
}

#[test]
fn lifetimes_limit_the_rule_of_a_location() {
    check(
        "pacemaker-3.0",
        "<constraints><rsc_location id='l' rsc='a' node='n' score='5'><lifetime><rule id='t'/></lifetime></rsc_location>
         </constraints>",
        "<constraints><rsc_location id='l' rsc='a'><rule id='pcmk__3_10_upgrade-l-lifetime-and-rule' boolean-op='and'
         score='5'><expression id='pcmk__3_10_upgrade-l-node-score-rule-expr' attribute='#uname' operation='eq'
         value='n'/><rule id='t'/></rule></rsc_location></constraints>",
    );
}

#[test]
fn pairs_take_values_of_others_under_their_own_name() {
    check(
        "pacemaker-3.0",
        "<resources><primitive id='p'><meta_attributes id='m'><nvpair id='a' name='x' value='1'/>
         <nvpair id-ref='a' name='y'/><nvpair id-ref='a'/></meta_attributes></primitive></resources>",
        "<resources><primitive id='p'><meta_attributes id='m'><nvpair id='a' name='x' value='1'/>
         <nvpair id='pcmk__3_10_upgrade-a-y' name='y' value='1'/><nvpair id-ref='a'/></meta_attributes></primitive>
         </resources>",
    );
}

#[test]
fn what_is_not_supported_is_dropped_with_references_to_it() {
    check(
        "pacemaker-3.0",
        "<resources><template id='t' class='Upstart'/><clone id='c'><primitive id='p' template='t'/></clone>
         <group id='g'><primitive id='q' class='nagios'/><primitive id='r' class='ocf'/></group>
         <bundle id='b'><rkt/></bundle></resources><constraints><rsc_order id='o' first='c' then='r'/>
         <rsc_colocation id='x'><resource_set id='s'><resource_ref id='b'/></resource_set><resource_set id='s2'>
         <resource_ref id='q'/><resource_ref id='r'/></resource_set></rsc_colocation></constraints>",
        "<resources><group id='g'><primitive id='r' class='ocf'/></group></resources><constraints>
         <rsc_colocation id='x'><resource_set id='s2'><resource_ref id='r'/></resource_set></rsc_colocation>
         </constraints>",
    );
}
