//! Access control: what permissions say, what may be seen, and which changes are refused.

use std::sync::Arc;

use pcmk_cib::acl::{Permissions, Subject, unusable};
use pcmk_cib::ops::{Operation, Options, Request, Scope, apply_all};
use pcmk_cib::{Error, Kind, diff};
use pcmk_xml::{Element, parse_str, write};

mod properties;

const RESOURCES: &str = "<resources><group id='g'><primitive id='r1' class='ocf' type='Dummy'>\
    <instance_attributes id='r1-i'><nvpair id='r1-p' name='passwd' value='secret'/>\
    <nvpair id='r1-s' name='state' value='/run/r1'/></instance_attributes></primitive>\
    <primitive id='r2' class='ocf' type='Dummy'/></group><primitive id='r3' class='ocf' type='Dummy'>\
    <meta_attributes id='r3-m'><nvpair id='r3-t' name='target-role' value='Stopped'/></meta_attributes></primitive>\
    </resources>";

/// A CIB with ACLs turned on in which `user` has one role with these permissions.
fn with_role(permissions: &str) -> Arc<Element> {
    with_acls(&format!(
        "<acl_target id='user'><role id='role'/></acl_target><acl_role id='role'>{permissions}</acl_role>"
    ))
}

fn with_acls(acls: &str) -> Arc<Element> {
    let options = "<cluster_property_set id='o'><nvpair id='o-e' name='enable-acl' value='true'/>\
        </cluster_property_set>";
    parse_str(&format!(
        "<cib admin_epoch='1' epoch='5' num_updates='7'><configuration><crm_config>{options}</crm_config><nodes/>\
        {RESOURCES}<constraints/><acls>{acls}</acls></configuration><status/></cib>"
    ))
    .unwrap()
}

fn permission(kind: &str, what: &str) -> String {
    format!("<acl_permission id='{kind}' kind='{kind}' {what}/>")
}

fn xpath(kind: &str, expression: &str) -> String {
    permission(kind, &format!(r#"xpath="{expression}""#))
}

fn subject(user: &str, groups: &[&str]) -> Subject {
    Subject {
        user: user.into(),
        groups: groups.iter().map(|group| (*group).into()).collect(),
        now: 1_700_000_000,
    }
}

fn user() -> Subject {
    subject("user", &[])
}

fn permissions(cib: &Element) -> Permissions {
    Permissions::of(cib, &user()).unwrap()
}

fn seen(cib: &Arc<Element>) -> String {
    permissions(cib)
        .visible(cib)
        .map(|seen| write(&seen))
        .unwrap_or_default()
}

fn request(operation: Operation, scope: Scope, input: &str) -> Request {
    Request {
        operation,
        scope,
        input: (!input.is_empty()).then(|| parse_str(input).unwrap()),
        options: Options {
            allow_create: true,
            ..Options::default()
        },
    }
}

fn in_section(operation: Operation, section: &str, input: &str) -> Request {
    request(operation, Scope::Section(section.into()), input)
}

fn at(operation: Operation, expression: &str, input: &str) -> Request {
    request(operation, Scope::XPath(expression.into()), input)
}

fn attempt(cib: &Arc<Element>, request: &Request) -> Result<Arc<Element>, Error> {
    let permissions = Permissions::of(cib, &user());
    let requests = std::slice::from_ref(request);
    apply_all(cib, requests, None, permissions.as_ref()).map(|change| change.cib)
}

#[track_caller]
fn allowed(cib: &Arc<Element>, request: &Request) -> Arc<Element> {
    let new = attempt(cib, request).unwrap();
    let anyone = apply_all(cib, std::slice::from_ref(request), None, None).unwrap();
    assert_eq!(write(&new), write(&anyone.cib));
    new
}

#[track_caller]
fn denied(cib: &Arc<Element>, request: &Request) {
    let error = attempt(cib, request).unwrap_err();
    assert_eq!(
        (error.kind, error.to_string().as_str()),
        (Kind::Denied, "Permission denied")
    );
    assert_eq!(Kind::Denied.exit_code(), 4);
}

fn modify(input: &str) -> Request {
    in_section(Operation::Modify, "configuration", input)
}

#[test]
fn acls_are_off_unless_turned_on() {
    let off = |value: &str| {
        let options = format!(
            "<cluster_property_set id='o'><nvpair id='e' name='enable-acl' {value}/></cluster_property_set>"
        );
        let cib = parse_str(&format!(
            "<cib><configuration><crm_config>{options}</crm_config></configuration></cib>"
        ));
        Permissions::of(&cib.unwrap(), &user()).is_none()
    };
    assert!(off("value='false'") && off("value='nonsense'") && off(""));
    assert!(!off("value='true'") && !off("value='YES'"));
    assert!(Permissions::of(&parse_str("<cib/>").unwrap(), &user()).is_none());
}

#[test]
fn rules_turn_acls_on_and_off() {
    let cib = parse_str(
        "<cib><configuration><crm_config><cluster_property_set id='o'><rule id='r'><date_expression id='d' \
        operation='gt' start='2023-01-01'/></rule><nvpair id='e' name='enable-acl' value='1'/></cluster_property_set>\
        </crm_config></configuration></cib>",
    )
    .unwrap();
    let at = |now| Subject { now, ..user() };
    assert!(Permissions::of(&cib, &at(1_600_000_000)).is_none());
    assert!(Permissions::of(&cib, &at(1_700_000_000)).is_some());
}

#[test]
fn without_permissions_nothing_is_seen() {
    assert_eq!(seen(&with_acls("")), "");
    assert_eq!(seen(&with_role("")), "");
    let other = with_acls(&format!(
        "<acl_target id='other'><role id='role'/></acl_target><acl_role id='role'>{}</acl_role>",
        xpath("read", "/cib")
    ));
    assert_eq!(seen(&other), "");
}

#[test]
fn targets_and_groups_are_known_by_name_or_id() {
    let all = format!("<acl_role id='role'>{}</acl_role>", xpath("read", "/cib"));
    let sees = |entry: &str, subject: &Subject| {
        let cib = with_acls(&format!("{entry}{all}"));
        let permissions = Permissions::of(&cib, subject).unwrap();
        permissions.visible(&cib).is_some()
    };
    let role = "<role id='role'/>";
    let target = |attributes: &str| format!("<acl_target {attributes}>{role}</acl_target>");
    let group = |attributes: &str| format!("<acl_group {attributes}>{role}</acl_group>");
    assert!(sees(&target("id='user'"), &user()));
    assert!(sees(&target("id='t1' name='user'"), &user()));
    assert!(!sees(&target("id='user' name='other'"), &user()));
    assert!(!sees(&group("id='user'"), &user()));
    assert!(sees(
        &group("id='admins'"),
        &subject("user", &["x", "admins"])
    ));
    assert!(sees(
        &group("id='g1' name='admins'"),
        &subject("user", &["admins"])
    ));
    assert!(!sees(
        &group("id='admins' name='x'"),
        &subject("user", &["admins"])
    ));
    assert!(!sees(
        "<acl_target id='user'><role id='lost'/><role/></acl_target>",
        &user()
    ));
}

#[test]
fn a_user_has_all_roles_of_all_entries() {
    let cib = with_acls(&format!(
        "<acl_group id='crew'><role id='two'/></acl_group><acl_target id='user'><role id='one'/></acl_target>\
        <acl_role id='one'>{}</acl_role><acl_role id='two'>{}</acl_role>",
        permission("read", "object-type='constraints'"),
        permission("read", "object-type='nodes'"),
    ));
    let permissions = Permissions::of(&cib, &subject("user", &["crew"])).unwrap();
    assert_eq!(
        write(&permissions.visible(&cib).unwrap()),
        "<cib><configuration><nodes/><constraints/></configuration></cib>"
    );
}

#[test]
fn spellings_of_schema_1_are_understood() {
    let by_role = "<acl_user id='user'><role_ref id='old'/></acl_user><acl_role id='old'>\
        <read id='a' tag='constraints'/><read id='b' ref='r2'/><write id='c' tag='nodes' attribute='none'/></acl_role>";
    let direct = "<acl_user id='user'><read id='a' xpath='//constraints'/><read id='b' xpath='//*[@id=\"r2\"]'/></acl_user>";
    for acls in [by_role, direct] {
        assert_eq!(
            seen(&with_acls(acls)),
            r#"<cib><configuration><resources><group id="g"><primitive id="r2" class="ocf" type="Dummy"/></group></resources><constraints/></configuration></cib>"#
        );
    }
}

#[test]
fn a_target_may_be_called_like_anything_else() {
    let cib =
        parse_str(&write(&with_acls("")).replacen("<cib", "<cib validate-with='pacemaker-4.0'", 1))
            .unwrap();
    let acls = "<acls><acl_target id='r1'><role id='r3-t'/></acl_target></acls>";
    let request = in_section(Operation::Modify, "acls", acls);
    assert!(apply_all(&cib, &[request], None, None).is_ok());
}

#[test]
fn permissions_select_by_reference_type_and_attribute() {
    let reads = |what: &str| seen(&with_role(&permission("read", what)));
    assert!(reads("reference='r2'").contains(r#"<primitive id="r2" class="ocf" type="Dummy"/>"#));
    assert!(!reads("reference='r2'").contains("r1"));
    assert!(reads("object-type='primitive'").contains("secret"));
    assert_eq!(reads("object-type='primitive' attribute='no-such'"), "");
    assert!(reads("object-type='nvpair' attribute='name'").contains("secret"));
    // Together they select what all of them do, and an XPath alone counts where there is one.
    assert!(!reads("object-type='primitive' reference='r2'").contains("r1"));
    assert!(!reads("xpath='//nodes' object-type='primitive'").contains("r1"));
    assert_eq!(reads("attribute='id'"), "");
    assert_eq!(reads(r#"reference="it's""#), "");
}

#[test]
fn the_nearest_permission_counts() {
    let cib = with_role(
        &[
            xpath("read", "/cib"),
            xpath("deny", "//nvpair[@name='passwd']"),
        ]
        .concat(),
    );
    let seen_then = seen(&cib);
    assert!(
        !seen_then.contains("secret") && !seen_then.contains("passwd\" value"),
        "{seen_then}"
    );
    assert!(seen_then.contains("/run/r1"));

    let cib = with_role(
        &[
            xpath("deny", "/cib"),
            xpath("read", "//group"),
            xpath("deny", "//instance_attributes"),
        ]
        .concat(),
    );
    assert_eq!(
        seen(&cib),
        r#"<cib><configuration><resources><group id="g"><primitive id="r1" class="ocf" type="Dummy"/><primitive id="r2" class="ocf" type="Dummy"/></group></resources></configuration></cib>"#
    );
}

#[test]
fn of_what_is_around_something_readable_name_and_id_are_seen() {
    let cib = with_role(&xpath("read", "//nvpair[@name='state']"));
    assert_eq!(
        seen(&cib),
        r#"<cib><configuration><resources><group id="g"><primitive id="r1"><instance_attributes id="r1-i"><nvpair id="r1-s" name="state" value="/run/r1"/></instance_attributes></primitive></group></resources></configuration></cib>"#
    );
}

#[test]
fn denial_goes_before_the_others_at_the_same_element() {
    for order in [["deny", "write"], ["write", "deny"]] {
        let cib = with_role(&order.map(|kind| xpath(kind, "//resources")).concat());
        assert_eq!(seen(&cib), "");
        denied(&cib, &modify("<primitive id='r2' type='Stateful'/>"));
    }
}

#[test]
fn reading_does_not_take_write_away() {
    let cib = with_role(&[xpath("write", "//resources"), xpath("read", "//primitive")].concat());
    allowed(&cib, &modify("<primitive id='r2' type='Stateful'/>"));
    let cib = with_role(
        &[
            xpath("read", "//resources"),
            xpath("write", "//primitive[@id='r2']"),
        ]
        .concat(),
    );
    allowed(&cib, &modify("<primitive id='r2' type='Stateful'/>"));
    denied(&cib, &modify("<primitive id='r3' type='Stateful'/>"));
}

#[test]
fn an_attribute_or_the_document_stand_for_their_element() {
    let cib = with_role(&xpath("read", "//nvpair/@name[.='state']"));
    assert!(seen(&cib).contains("/run/r1") && !seen(&cib).contains("secret"));
    let cib = with_role(&xpath("read", "/"));
    assert_eq!(seen(&cib), write(&cib));
}

#[test]
fn a_denial_that_nobody_understands_denies_everything() {
    for expression in ["//nvpair[", "//nvpair[lang('en')]", "count(//nvpair)"] {
        let read = xpath("read", "/cib");
        assert_eq!(
            seen(&with_role(&format!("{read}{}", xpath("deny", expression)))),
            ""
        );
        let cib = with_role(&format!("{read}{}", xpath("write", expression)));
        assert_eq!(seen(&cib), write(&cib));
        denied(&cib, &modify("<primitive id='r2' type='Stateful'/>"));
    }
}

#[test]
fn permissions_that_nobody_understands_are_found() {
    let cib = with_role(&[xpath("read", "/cib"), xpath("deny", "//nvpair[")].concat());
    let found = unusable(&cib);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, "deny");
    assert!(found[0].reason.contains("missing"), "{}", found[0].reason);
    assert_eq!(unusable(&with_role(&xpath("write", "//nvpair/@name"))), []);
    assert_eq!(unusable(&parse_str("<cib/>").unwrap()), []);
}

#[test]
fn attributes_are_written_where_their_element_may_be() {
    let cib = with_role(
        &[
            xpath("read", "/cib"),
            xpath("write", "//nvpair[@name='target-role']"),
        ]
        .concat(),
    );
    allowed(&cib, &modify("<nvpair id='r3-t' value='Started'/>"));
    allowed(
        &cib,
        &at(
            Operation::Modify,
            "//nvpair[@id='r3-t']",
            "<nvpair id='r3-t' value='Started'/>",
        ),
    );
    allowed(&cib, &modify("<nvpair id='r3-t' value='Stopped'/>"));
    denied(&cib, &modify("<nvpair id='r1-s' value='/tmp'/>"));
    denied(&cib, &modify("<primitive id='r3' description='mine'/>"));
    denied(&cib, &in_section(Operation::Bump, "", ""));
    denied(&cib, &in_section(Operation::Erase, "", ""));
}

#[test]
fn what_may_be_written_may_not_be_made_something_else() {
    let cib = with_role(
        &[
            xpath("read", "/cib"),
            xpath("write", "//nvpair[@name='target-role']"),
        ]
        .concat(),
    );
    denied(
        &cib,
        &modify("<nvpair id='r3-t' name='is-managed' value='false'/>"),
    );
    denied(
        &cib,
        &at(
            Operation::Modify,
            "//nvpair[@id='r1-s']",
            "<nvpair id='r1-s' name='target-role'/>",
        ),
    );
}

#[test]
fn elements_come_and_go_where_they_may_be_written() {
    let cib = with_role(
        &[
            xpath("read", "/cib"),
            xpath("write", "//nvpair[@name='target-role']"),
        ]
        .concat(),
    );
    let set = "<primitive id='r2'><meta_attributes id='r2-m'><nvpair id='r2-t' name='target-role' value='Stopped'/>\
        </meta_attributes></primitive>";
    // The set around it is a scaffold.
    let new = allowed(&cib, &modify(set));
    assert!(write(&new).contains("r2-t"));
    let other = "<primitive id='r2'><meta_attributes id='r2-m'><nvpair id='r2-x' name='is-managed' value='0'/>\
        </meta_attributes></primitive>";
    denied(&cib, &modify(other));
    let scored = set.replace("id='r2-m'", "id='r2-m' score='5'");
    denied(&cib, &modify(&scored));
    allowed(&cib, &at(Operation::Delete, "//nvpair[@id='r3-t']", ""));
    denied(
        &cib,
        &at(Operation::Delete, "//meta_attributes[@id='r3-m']", ""),
    );
    denied(&cib, &at(Operation::Delete, "//primitive[@id='r3']", ""));
}

#[test]
fn scaffolds_are_around_something() {
    let cib = with_role(&xpath("read", "/cib"));
    denied(
        &cib,
        &in_section(Operation::Create, "status", "<node_state id='9'/>"),
    );
    denied(
        &cib,
        &in_section(
            Operation::Create,
            "status",
            "<node_state id='9'><lrm id='9'/></node_state>",
        ),
    );
}

#[test]
fn there_are_no_scaffolds_among_acls() {
    let cib = with_role(&[xpath("read", "/cib"), xpath("write", "//role[@id='role']")].concat());
    let target = "<acl_target id='friend'><role id='role'/></acl_target>";
    denied(&cib, &in_section(Operation::Create, "acls", target));
    denied(
        &cib,
        &modify("<acl_target id='user'><role id='admin'/></acl_target>"),
    );
}

#[test]
fn what_is_removed_with_something_must_be_writable_too() {
    let cib = with_role(
        &[
            xpath("write", "//resources"),
            xpath("deny", "//nvpair[@name='passwd']"),
        ]
        .concat(),
    );
    denied(&cib, &at(Operation::Delete, "//primitive[@id='r1']", ""));
    denied(&cib, &at(Operation::Delete, "//group", ""));
    allowed(&cib, &at(Operation::Delete, "//primitive[@id='r3']", ""));
    allowed(&cib, &at(Operation::Delete, "//nvpair[@id='r1-s']", ""));
}

#[test]
fn permissions_are_those_from_before_the_change() {
    let cib = with_role(&[xpath("read", "/cib"), xpath("write", "//constraints")].concat());
    denied(&cib, &modify("<acl_permission id='write' xpath='/cib'/>"));
    denied(&cib, &modify("<nvpair id='o-e' value='false'/>"));
    // An element called like the section, somewhere else, says nothing.
    let fake = "<constraints><acls id='x'><acl_target id='user'/></acls></constraints>";
    let cib = allowed(&cib, &modify(fake));
    denied(&cib, &modify("<nvpair id='o-e' value='false'/>"));
}

#[test]
fn elements_that_may_not_be_written_keep_their_order() {
    let cib = with_role(
        &[
            xpath("read", "/cib"),
            xpath("write", "//primitive[@id='r3']"),
        ]
        .concat(),
    );
    let group = at(
        Operation::Replace,
        "//group",
        "<group id='g'><primitive id='r2' class='ocf' type='Dummy'/><primitive id='r1' class='ocf' type='Dummy'>\
        <instance_attributes id='r1-i'><nvpair id='r1-p' name='passwd' value='secret'/>\
        <nvpair id='r1-s' name='state' value='/run/r1'/></instance_attributes></primitive></group>",
    );
    denied(&cib, &group);
    let permissions = permissions(&cib);
    let mut moved = Arc::clone(&cib);
    let resources = [0, 2];
    pcmk_xml::edit_at(&mut moved, &resources, |resources| {
        let last = resources.remove_child(1).unwrap();
        resources.insert_child(0, last);
    });
    assert!(write(&moved).contains("<resources><primitive id=\"r3\""));
    assert_eq!(permissions.check(&cib, &moved), Ok(()));
}

#[test]
fn the_order_of_attributes_is_nothing() {
    let cib = with_role(&xpath("read", "/cib"));
    let mut turned = Arc::clone(&cib);
    pcmk_xml::edit_at(&mut turned, &[0, 2, 1], |primitive| {
        let class = primitive.remove_attr("class").unwrap();
        primitive.set_attr("class", class);
    });
    assert_ne!(cib, turned);
    assert_eq!(permissions(&cib).check(&cib, &turned), Ok(()));
}

#[test]
fn a_whole_cib_is_held_against_the_old_one() {
    let cib = with_role(
        &[
            xpath("read", "/cib"),
            xpath("write", "//primitive[@id='r2']"),
        ]
        .concat(),
    );
    let edited = |from: &str, to: &str| {
        let text = write(&cib);
        assert!(text.contains(from), "{text}");
        in_section(Operation::Replace, "", &text.replace(from, to))
    };
    allowed(
        &cib,
        &edited(r#"id="r2" class="ocf""#, r#"id="r2" class="lsb""#),
    );
    denied(
        &cib,
        &edited(r#"id="r3" class="ocf""#, r#"id="r3" class="lsb""#),
    );
    denied(&cib, &edited(r#"epoch="5""#, r#"epoch="6""#));
    denied(&cib, &edited("<constraints/>", ""));
    denied(
        &cib,
        &edited("<nodes/>", "<nodes/><tags id=\"x\" a=\"b\"/>"),
    );
}

#[test]
fn patchsets_are_held_against_the_old_cib() {
    let cib = with_role(&[xpath("read", "/cib"), xpath("write", "//primitive")].concat());
    let patch = |from: &str, to: &str| {
        let new = parse_str(&write(&cib).replace(from, to)).unwrap();
        let mut patchset = diff(&cib, &new, diff::Options::default()).unwrap();
        patchset.versions = None;
        in_section(Operation::ApplyDiff, "", &write(&patchset.to_xml()))
    };
    allowed(&cib, &patch("/run/r1", "/run/other"));
    denied(
        &cib,
        &patch(
            "<constraints/>",
            "<constraints><rsc_order id=\"o\" first=\"r1\"/></constraints>",
        ),
    );
}

#[test]
fn nothing_is_found_by_what_may_not_be_seen() {
    let cib = with_role(
        &[
            xpath("write", "/cib"),
            xpath("deny", "//nvpair[@name='passwd']"),
        ]
        .concat(),
    );
    let guess = |value: &str| {
        let path = format!("//primitive[@id='r3'][//nvpair[starts-with(@value, '{value}')]]");
        let text = attempt(&cib, &at(Operation::Delete, &path, "")).map(|new| write(&new));
        let pair = format!("<nvpair name='passwd' value='{value}'/>");
        let removed = attempt(&cib, &in_section(Operation::Delete, "resources", &pair));
        (text, removed.map(|new| write(&new)))
    };
    assert_eq!(guess("secret"), guess("wrong"));
    // What has a name and an id that may be known is not missed, but refused.
    denied(&cib, &modify("<nvpair id='r1-p' value='changed'/>"));
}

#[test]
fn comments_belong_to_the_element_that_they_are_in() {
    let role = [
        xpath("write", "//group"),
        permission("read", "reference='r3'"),
        xpath("deny", "//primitive[@id='r2']"),
    ];
    let plain = with_role(&role.concat());
    let commented = write(&plain)
        .replace("<resources>", "<resources><!--hidden-->")
        .replace("<primitive id=\"r2\"", "<!--of g--><primitive id=\"r2\"")
        .replace("<meta_attributes", "<!--of r3--><meta_attributes")
        .replace("<constraints/>", "<constraints><!--hidden--></constraints>");
    let cib = parse_str(&commented).unwrap();
    let shown = seen(&cib);
    assert!(shown.contains("<!--of g-->") && shown.contains("<!--of r3-->"));
    assert!(!shown.contains("hidden"));
    // Where the user sees none, there are some, and a place is meant among all.
    let input = "<group id='g'><primitive id='n' class='ocf' type='Dummy'/><!--new--></group>";
    let new = write(&allowed(
        &cib,
        &in_section(Operation::Modify, "resources", input),
    ));
    assert!(new.contains("<!--hidden--><group id=\"g\">"));
    assert!(new.contains("<primitive id=\"n\" class=\"ocf\" type=\"Dummy\"/><!--new--></group>"));
    for input in [
        "<resources><!--new--></resources>",
        "<primitive id='r3'><!--new--></primitive>",
    ] {
        denied(&cib, &in_section(Operation::Modify, "resources", input));
    }
    let scaffold = "<constraints><!--new--></constraints>";
    denied(&cib, &at(Operation::Replace, "//constraints", scaffold));
    let without = "<group id='g'/>";
    denied(&cib, &at(Operation::Replace, "//group", without));
}

#[test]
fn what_is_seen_can_be_edited_and_put_back() {
    let cib = with_role(&[xpath("write", "//nvpair[@name='state']")].concat());
    let permissions = permissions(&cib);
    let seen = write(&permissions.visible(&cib).unwrap());
    let group = seen.find("<group").unwrap()..seen.find("</resources>").unwrap();
    let edited = seen[group].replace("/run/r1", "/run/other");
    let new = attempt(&cib, &modify(&edited)).unwrap();
    let text = write(&new);
    assert!(
        text.contains("secret") && text.contains("/run/other"),
        "{text}"
    );
}

#[test]
fn several_operations_are_one_change() {
    let cib = with_role(
        &[
            xpath("read", "/cib"),
            xpath("write", "//primitive[@id='r2']"),
        ]
        .concat(),
    );
    let permissions = Permissions::of(&cib, &user());
    let fine = modify("<primitive id='r2' type='Stateful'/>");
    let not = modify("<primitive id='r3' type='Stateful'/>");
    let both = apply_all(
        &cib,
        &[fine.clone(), not.clone()],
        None,
        permissions.as_ref(),
    );
    assert_eq!(both.unwrap_err().kind, Kind::Denied);
    let back = modify("<primitive id='r3' type='Dummy'/>");
    assert!(apply_all(&cib, &[not, fine, back], None, permissions.as_ref()).is_ok());
}

#[test]
fn access_is_listed_in_document_order() {
    let cib = with_role(
        &[
            xpath("read", "/cib"),
            xpath("write", "//group"),
            xpath("deny", "//acls"),
        ]
        .concat(),
    );
    let access = permissions(&cib).access(&cib);
    let elements: Vec<_> = std::iter::once(&cib).chain(cib.descendants()).collect();
    assert_eq!(access.len(), elements.len());
    let of = |id: &str| {
        let index = elements.iter().position(|element| element.id() == Some(id));
        let access = access[index.unwrap()];
        (access.read, access.write)
    };
    assert_eq!(
        (of("o"), of("r1-p"), of("role")),
        ((true, false), (true, true), (false, false))
    );
}
