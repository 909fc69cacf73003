//! Old documents in the newest spelling.

use super::{Step, newest, step};
use pcmk_xml::{Element, parse_str};
use std::sync::Arc;

fn rewritten(schema: &str, configuration: &str) -> Arc<Element> {
    let text = format!(
        "<cib validate-with='{schema}'><configuration>{configuration}</configuration></cib>"
    );
    newest(&parse_str(&text).unwrap())
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
    assert!(Arc::ptr_eq(&newest(&cib), &cib));
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
    let new = "<resources><primitive id='p'><operations><op id='o' name='start'><instance_attributes id='oi'>
        <nvpair id='e' name='depth' value='1'/></instance_attributes><meta_attributes id='_2TO3_o-meta'>
        <nvpair id='d' name='on-fail' value='block'/></meta_attributes></op></operations><meta_attributes id='m'>
        <nvpair id='a' name='target-role' value='Stopped'/></meta_attributes><instance_attributes id='i'>
        <nvpair id='c' name='pcmk_host_argument' value='nodes'/></instance_attributes><meta_attributes
        id='_2TO3_p-meta'><nvpair id='_2TO3_o-meta-requires' name='requires' value='nothing'/></meta_attributes>
        </primitive></resources>";
    check("pacemaker-1.3", old, new);
}

#[test]
fn what_an_operation_requires_is_the_resources_unless_that_says_it_itself() {
    let op =
        |id: &str, name: &str, inner: &str| format!("<op id='{id}' name='{name}' {inner}</op>");
    let meta = |id: &str, value: &str| {
        let pair = format!("<nvpair id='{id}-r' name='requires' value='{value}'/>");
        format!("<meta_attributes id='{id}'>{pair}</meta_attributes>")
    };
    let primitive = |ops: &str, more: &str| {
        format!(
            "<resources><primitive id='p'><operations>{ops}</operations>{more}</primitive></resources>"
        )
    };
    let start = op("s", "start", ">");
    let promote = op("q", "promote", ">");
    // Of several the last, and attributes before blocks.
    let several = primitive(
        &(op("q", "promote", &format!(">{}", meta("x", "quorum")))
            + &op("s", "start", &format!(">{}", meta("y", "fencing")))),
        "",
    );
    let last = primitive(
        &(promote.clone() + &start),
        &meta("_2TO3_y", "fencing").replace("_2TO3_y-r", "y-r"),
    );
    check("pacemaker-2.10", &several, &last);
    let attribute = primitive(
        &op(
            "s",
            "start",
            &format!("requires='nothing'>{}", meta("y", "fencing")),
        ),
        "",
    );
    let moved = "<meta_attributes id='_2TO3_p-meta'><nvpair id='_2TO3_s-meta-requires' name='requires' value='nothing'/>
        </meta_attributes>";
    check("pacemaker-2.10", &attribute, &primitive(&start, moved));
    let own = meta("own", "quorum");
    let defined = primitive(&op("s", "start", "requires='nothing'>"), &own);
    check("pacemaker-2.10", &defined, &primitive(&start, &own));
    let stop = primitive(&op("t", "stop", "requires='nothing'>"), "");
    check(
        "pacemaker-2.10",
        &stop,
        &primitive(&op("t", "stop", ">"), ""),
    );
}

#[test]
fn what_names_something_that_got_lost_is_lost_too() {
    check(
        "pacemaker-2.10",
        "<crm_config><cluster_property_set id='o'><nvpair id='o-1' name='expected-quorum-votes' value='2'/>
         <nvpair id='o-2' name='no_quorum_policy'/></cluster_property_set><cluster_property_set id='q'>
         <nvpair id-ref='o-1'/><nvpair id='q-1' name='x' value='1'/></cluster_property_set></crm_config><tags>
         <tag id='t'><obj_ref id='o-1'/></tag><tag id='u'><obj_ref id='o-1'/><obj_ref id='q'/></tag></tags>",
        "<crm_config><cluster_property_set id='o'/><cluster_property_set id='q'><nvpair id='q-1' name='x' value='1'/>
         </cluster_property_set></crm_config><tags><tag id='u'><obj_ref id='q'/></tag></tags>",
    );
}

#[test]
fn references_are_rewritten_as_what_they_stand_for() {
    // Rewritten alike: still a reference. The other one stands where other names count, and becomes a copy.
    let old = "<crm_config><cluster_property_set id='o'><nvpair id='o-1' name='stonith_enabled' value='0'/>
        </cluster_property_set><cluster_property_set id-ref='o'/></crm_config><resources><primitive id='p'><operations>
        <op id='m' name='monitor'><instance_attributes id='i'><nvpair id='i-1' name='requires' value='x'/>
        </instance_attributes></op></operations><instance_attributes id-ref='i'/></primitive></resources>";
    let new = "<crm_config><cluster_property_set id='o'><nvpair id='o-1' name='stonith-enabled' value='0'/>
        </cluster_property_set><cluster_property_set id-ref='o'/></crm_config><resources><primitive id='p'><operations>
        <op id='m' name='monitor'/></operations><instance_attributes id='_cibtr-2_i'>
        <nvpair id='__cibtr-2_i__i-1' name='requires' value='x'/></instance_attributes></primitive></resources>";
    check("pacemaker-2.10", old, new);
}

#[test]
fn users_become_targets_with_roles() {
    let cib = parse_str(
        "<cib validate-with='pacemaker-1.3'><configuration><acls><acl_user id='a'><role_ref id='r'/></acl_user>
         <acl_user id='b'><read id='b-1' xpath='//x' attribute='y'/><deny id='b-2' tag='z'/></acl_user>
         <acl_role id='r'><write id='r-1' ref='k' attribute='l'/></acl_role></acls></configuration></cib>",
    );
    let expected = parse_str(
        "<acls><acl_target id='a'><role id='r'/></acl_target><acl_target id='b'><role id='auto-b'/></acl_target>
         <acl_role id='auto-b'><acl_permission id='b-1' kind='read' xpath='//x[@y]'/>
         <acl_permission id='b-2' kind='deny' object-type='z'/></acl_role><acl_role id='r'>
         <acl_permission id='r-1' kind='write' reference='k'/></acl_role></acls>",
    );
    let new = step(&cib.unwrap(), Step::To2).cib;
    let found = new.descendants().find(|e| e.name() == "acls").unwrap();
    assert_eq!(pcmk_xml::write(found), pcmk_xml::write(&expected.unwrap()));
}

#[test]
fn permissions_for_what_is_not_there_any_more_select_nothing_or_what_there_is_instead() {
    check(
        "pacemaker-3.0",
        "<crm_config><cluster_property_set id='o'><nvpair id='gone' name='remove-after-stop' value='1'/>
         </cluster_property_set></crm_config><constraints><rsc_location id='l' rsc='a'><rule id='r1'/><rule id='r2'/>
         </rsc_location></constraints><acls><acl_role id='r'><acl_permission id='p1' kind='deny' reference='gone'/>
         <acl_permission id='p2' kind='read' reference='l'/><acl_permission id='p3' kind='read' reference='o'/>
         </acl_role></acls>",
        "<crm_config><cluster_property_set id='o'/></crm_config><constraints>
         <rsc_location id='pcmk__3_10_upgrade-l-1' rsc='a'><rule id='r1'/></rsc_location>
         <rsc_location id='pcmk__3_10_upgrade-l-2' rsc='a'><rule id='r2'/></rsc_location></constraints><acls>
         <acl_role id='r'><acl_permission id='p1' kind='deny' xpath='/*[false()]'/><acl_permission id='p2' kind='read'
         xpath=\"//*[@id = 'pcmk__3_10_upgrade-l-1' or @id = 'pcmk__3_10_upgrade-l-2']\"/>
         <acl_permission id='p3' kind='read' reference='o'/></acl_role></acls>",
    );
}

#[test]
fn blocks_are_in_the_order_of_their_scores_and_names_are_in_them_once() {
    check(
        "pacemaker-3.0",
        "<resources><primitive id='p'><meta_attributes id='c'/><meta_attributes id='a' score='INFINITY'>
         <nvpair id='1' name='x' value='1'/><nvpair id='2' name='x' value='2'/><nvpair id='3' name='y' value='1'/>
         <nvpair id='4' name='y' value='#default'/><nvpair id='5' name='y' value='2'/><nvpair id='6' name='z'/>
         <nvpair id='7' name='y' value='3'/></meta_attributes><operations/><utilization id='b' score='2'/></primitive>
         </resources>",
        "<resources><primitive id='p'><operations/><meta_attributes id='a' score='INFINITY'>
         <nvpair id='1' name='x' value='1'/><nvpair id='5' name='y' value='2'/></meta_attributes>
         <utilization id='b' score='2'/><meta_attributes id='c'/></primitive></resources>",
    );
}

#[test]
fn what_is_referred_to_keeps_a_definition() {
    // The first reference to what is dropped defines it.
    check(
        "pacemaker-3.10",
        "<resources><primitive id='a' class='nagios' type='x'><meta_attributes id='m'>
         <nvpair id='1' name='x' value='1'/></meta_attributes></primitive><primitive id='b'>
         <meta_attributes id-ref='m'/></primitive><primitive id='c'><meta_attributes id-ref='m'/></primitive></resources>",
        "<resources><primitive id='b'><meta_attributes id='m'><nvpair id='1' name='x' value='1'/></meta_attributes>
         </primitive><primitive id='c'><meta_attributes id-ref='m'/></primitive></resources>",
    );
    // A rule that limited an order limits a location too.
    check(
        "pacemaker-3.10",
        "<constraints><rsc_order id='o' first='a' then='b'><lifetime><rule id='r'/></lifetime></rsc_order>
         <rsc_location id='l' rsc='a'><rule id='s'><rule id-ref='r'/></rule></rsc_location></constraints>",
        "<constraints><rsc_order id='o' first='a' then='b'/><rsc_location id='l' rsc='a'><rule id='s'>
         <rule id-ref='r'/></rule></rsc_location><rsc_location id='pcmk__3_10_upgrade-coloc-order-lifetime-rules'
         rsc-pattern='a^'><rule id='pcmk__3_10_upgrade-coloc-order-lifetime-rules-rule' score='-INFINITY'>
         <rule id='r'/></rule></rsc_location></constraints>",
    );
    check(
        "pacemaker-3.10",
        "<constraints><rsc_order id='o' first='a' then='b'><lifetime><rule id='r'/></lifetime></rsc_order></constraints>",
        "<constraints><rsc_order id='o' first='a' then='b'/></constraints>",
    );
}

#[test]
fn references_within_references_are_not_followed_for_ever() {
    let chain = |length: usize, times: usize| {
        let levels = (0..length).map(|n| {
            let below = format!("<rule id-ref='r{}'/>", n + 1).repeat(times);
            format!("<rsc_location id='l{n}'><rule id='r{n}'>{below}</rule></rsc_location>")
        });
        let itself = format!("<rule id='r{length}'><rule id-ref='r{length}'/></rule>");
        let levels: String = levels.collect();
        format!("<constraints>{levels}<rsc_location id='l'>{itself}</rsc_location></constraints>")
    };
    for text in [chain(64, 2), chain(50_000, 1)] {
        check("pacemaker-3.10", &text, &text);
    }
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
         <bundle id='b'><docker promoted-max='2'/></bundle></resources>",
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
         score='5'><rule id='pcmk__3_10_upgrade-l-node-score-rule' score='5'>
         <expression id='pcmk__3_10_upgrade-l-node-score-rule-expr' attribute='#uname' operation='eq' value='n'/></rule>
         <rule id='t'/></rule></rsc_location></constraints>",
    );
}

#[test]
fn pairs_take_values_of_others_under_their_own_name() {
    check(
        "pacemaker-3.0",
        "<resources><primitive id='p'><meta_attributes id='m'><nvpair id='a' name='x' value='1'/>
         <nvpair id-ref='a' name='y'/></meta_attributes><utilization id='u'><nvpair id-ref='a'/><nvpair id-ref='a' name='y'/>
         </utilization></primitive></resources>",
        "<resources><primitive id='p'><meta_attributes id='m'><nvpair id='a' name='x' value='1'/>
         <nvpair id='pcmk__3_10_upgrade-a-y' name='y' value='1'/></meta_attributes><utilization id='u'><nvpair id-ref='a'/>
         <nvpair id-ref='pcmk__3_10_upgrade-a-y'/></utilization></primitive></resources>",
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
