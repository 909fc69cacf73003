//! Operations: what each does, what it refuses, and what becomes of the version.

use std::sync::Arc;

use pcmk_cib::ops::{Author, Change, Operation, Options, Request, Scope, apply, apply_all, query};
use pcmk_cib::{Error, Kind, Version};
use pcmk_xml::{Element, parse_str, write};
use proptest::prelude::*;

const CIB: &str = "<cib validate-with='pacemaker-4.0' admin_epoch='1' epoch='5' num_updates='7'>\
    <configuration><crm_config><cluster_property_set id='o'><nvpair id='o-a' name='a' value='5'/></cluster_property_set>\
    </crm_config><nodes><node id='1' uname='n1'/></nodes><resources><group id='g'><primitive id='r1' type='Dummy'/>\
    <primitive id='r2'/></group></resources><constraints/></configuration>\
    <status><node_state id='1' uname='n1'><lrm id='1'/></node_state></status></cib>";

fn cib() -> Arc<Element> {
    parse_str(CIB).unwrap()
}

fn section(operation: Operation, section: &str, input: &str) -> Request {
    Request {
        operation,
        scope: Scope::Section(section.into()),
        input: (!input.is_empty()).then(|| parse_str(input).unwrap()),
        options: Options::default(),
    }
}

fn xpath(operation: Operation, expression: &str, input: &str) -> Request {
    Request {
        scope: Scope::XPath(expression.into()),
        ..section(operation, "", input)
    }
}

fn with(mut request: Request, set: impl FnOnce(&mut Options)) -> Request {
    set(&mut request.options);
    request
}

fn done(request: &Request) -> Change {
    let old = cib();
    let change = apply(&old, request, None).unwrap();
    match &change.patchset {
        Some(patchset) => assert_eq!(write(&patchset.apply(&old).unwrap()), write(&change.cib)),
        None => assert!(Arc::ptr_eq(&old, &change.cib)),
    }
    change
}

fn refused(request: &Request) -> Kind {
    apply(&cib(), request, None).unwrap_err().kind
}

fn version(change: &Change) -> String {
    Version::of(&change.cib).to_string()
}

fn part(change: &Change, expression: &str) -> String {
    match query(&change.cib, &Scope::XPath(expression.into()), false) {
        Ok(found) => found.iter().map(|element| write(element)).collect(),
        Err(Error { kind, .. }) => format!("{kind:?}"),
    }
}

#[test]
fn configuration_status_and_nothing_raise_different_counters() {
    let config = done(&section(
        Operation::Modify,
        "nodes",
        "<node id='1' uname='n2'/>",
    ));
    assert_eq!(
        (version(&config).as_str(), config.configuration),
        ("1.6.0", true)
    );
    let status = done(&section(
        Operation::Modify,
        "status",
        "<node_state id='1' join='member'/>",
    ));
    assert_eq!(
        (version(&status).as_str(), status.configuration),
        ("1.5.8", false)
    );
    let nothing = done(&section(
        Operation::Modify,
        "nodes",
        "<node id='1' uname='n1'/>",
    ));
    assert_eq!(
        (version(&nothing).as_str(), nothing.patchset),
        ("1.5.7", None)
    );
    let root = done(&section(Operation::Modify, "", "<cib have-quorum='1'/>"));
    assert_eq!(version(&root), "1.5.8");
}

#[test]
fn create_adds_what_is_not_there() {
    let one = done(&section(Operation::Create, "nodes", "<node id='2'/>"));
    assert_eq!(
        part(&one, "//node/@id"),
        "<node id=\"1\" uname=\"n1\"/><node id=\"2\"/>"
    );
    let several = done(&section(
        Operation::Create,
        "nodes",
        "<nodes><node id='2'/><node id='3'/></nodes>",
    ));
    assert_eq!(
        part(&several, "//node[@id>1]"),
        "<node id=\"2\"/><node id=\"3\"/>"
    );
    assert_eq!(
        refused(&section(
            Operation::Create,
            "nodes",
            "<nodes><node id='2'/><node id='1'/></nodes>"
        )),
        Kind::Exists
    );
    assert_eq!(
        refused(&section(
            Operation::Create,
            "resources",
            "<primitive id='r1'/>"
        )),
        Kind::Schema
    );
    assert_eq!(
        refused(&section(Operation::Create, "alerts", "<alert id='x'/>")),
        Kind::Invalid
    );
    assert_eq!(
        refused(&section(Operation::Create, "nodes", "")),
        Kind::Invalid
    );
    assert_eq!(
        refused(&xpath(Operation::Create, "//nodes", "<node id='2'/>")),
        Kind::Invalid
    );
}

#[test]
fn modify_merges_into_the_first_match_and_removes_nothing() {
    let deep = done(&section(
        Operation::Modify,
        "",
        "<primitive id='r1' class='ocf'><meta id='m'/></primitive>",
    ));
    assert_eq!(
        part(&deep, "//*[@id='r1']"),
        "<primitive id=\"r1\" type=\"Dummy\" class=\"ocf\"><meta id=\"m\"/></primitive>"
    );
    assert_eq!(
        refused(&section(Operation::Modify, "nodes", "<primitive id='r1'/>")),
        Kind::NotFound
    );
    assert_eq!(
        refused(&section(Operation::Modify, "", "<primitive type='x'/>")),
        Kind::NotFound
    );
    assert_eq!(
        refused(&section(Operation::Modify, "nosuch", "<x/>")),
        Kind::Invalid
    );
    let created = with(
        section(Operation::Modify, "alerts", "<alert id='x'/>"),
        |o| o.allow_create = true,
    );
    assert_eq!(
        part(&done(&created), "/cib/configuration/alerts"),
        "<alerts><alert id=\"x\"/></alerts>"
    );
    let by_path = xpath(
        Operation::Modify,
        "//group/primitive",
        "<primitive id='r2' type='x'/>",
    );
    assert_eq!(refused(&by_path), Kind::NotFound);
    let by_path = xpath(
        Operation::Modify,
        "//primitive[@id='r2']",
        "<primitive id='r2' type='x'/>",
    );
    assert_eq!(
        part(&done(&by_path), "//*[@id='r2']"),
        "<primitive id=\"r2\" type=\"x\"/>"
    );
    assert_eq!(
        refused(&xpath(Operation::Modify, "//nosuch", "<x/>")),
        Kind::NotFound
    );
    assert_eq!(
        refused(&xpath(Operation::Modify, "//[", "<x/>")),
        Kind::NotFound
    );
}

#[test]
fn scores_are_counted_up_on_request() {
    let value = |expression: &str, counting: bool| {
        let input = format!("<nvpair id='o-a' value='{expression}'/>");
        let request = with(section(Operation::Modify, "", &input), |o| {
            o.score_update = counting
        });
        let change = apply(&cib(), &request, None).unwrap();
        let found = query(&change.cib, &Scope::XPath("//nvpair".into()), false).unwrap();
        found[0].attr("value").unwrap().to_owned()
    };
    assert_eq!(value("value++", true), "6");
    assert_eq!(value("value+=10", true), "15");
    assert_eq!(value("value+=-10", true), "-5");
    assert_eq!(value("value+=INFINITY", true), "1000000");
    assert_eq!(value("value+=x", true), "5");
    assert_eq!(value("values++", true), "values++");
    assert_eq!(value("value++", false), "value++");
}

#[test]
fn replace_puts_the_input_in_place() {
    let element = done(&section(
        Operation::Replace,
        "resources",
        "<primitive id='r1' class='x'/>",
    ));
    assert_eq!(
        part(&element, "//group/*[1]"),
        "<primitive id=\"r1\" class=\"x\"/>"
    );
    let same = done(&section(
        Operation::Replace,
        "constraints",
        "<constraints/>",
    ));
    assert_eq!(version(&same), "1.6.0");
    assert_eq!(
        refused(&section(
            Operation::Replace,
            "resources",
            "<primitive id='r9'/>"
        )),
        Kind::NotFound
    );
    let selected = done(&xpath(
        Operation::Replace,
        "//primitive",
        "<primitive id='r9'/>",
    ));
    assert_eq!(
        part(&selected, "//primitive/@id"),
        "<primitive id=\"r2\"/><primitive id=\"r9\"/>"
    );
    let whole = |version: &str| format!("<cib {version}><configuration/><status/></cib>");
    let older = whole("admin_epoch='1' epoch='5' num_updates='6'");
    assert_eq!(
        refused(&section(Operation::Replace, "", &older)),
        Kind::OldData
    );
    let newer = section(
        Operation::Replace,
        "",
        &whole("admin_epoch='1' epoch='6' num_updates='1'"),
    );
    assert_eq!(version(&done(&newer)), "1.7.0");
    assert_eq!(
        version(&done(&with(newer.clone(), |o| o.keep_version = true))),
        "1.6.1"
    );
    assert_eq!(
        refused(&with(newer, |o| o.digest = Some("0".repeat(32)))),
        Kind::DigestMismatch
    );
    assert_eq!(
        refused(&xpath(Operation::Replace, "/cib", "<x/>")),
        Kind::Invalid
    );
}

#[test]
fn delete_takes_what_fits() {
    let by_id = done(&section(
        Operation::Delete,
        "resources",
        "<primitive id='R1'/>",
    ));
    assert_eq!(
        part(&by_id, "//group"),
        "<group id=\"g\"><primitive id=\"r2\"/></group>"
    );
    let first = done(&section(Operation::Delete, "", "<primitive/>"));
    assert_eq!(part(&first, "//primitive"), "<primitive id=\"r2\"/>");
    let gone = done(&section(
        Operation::Delete,
        "resources",
        "<primitive id='r1' type='other'/>",
    ));
    assert_eq!(gone.patchset, None);
    let several = section(
        Operation::Delete,
        "nodes",
        "<nodes><node id='1'/><node id='7'/></nodes>",
    );
    assert_eq!(part(&done(&several), "//nodes"), "<nodes/>");
    let one = xpath(Operation::Delete, "//primitive", "");
    assert_eq!(part(&done(&one), "//primitive"), "<primitive id=\"r2\"/>");
    let all = with(xpath(Operation::Delete, "//group | //primitive", ""), |o| {
        o.multiple = true
    });
    assert_eq!(part(&done(&all), "//resources"), "<resources/>");
    assert_eq!(
        done(&xpath(Operation::Delete, "//nosuch", "")).patchset,
        None
    );
    assert_eq!(
        refused(&xpath(Operation::Delete, "/cib", "")),
        Kind::Invalid
    );
}

#[test]
fn erase_bump_and_upgrade_raise_what_they_should() {
    let erased = done(&section(Operation::Erase, "", ""));
    assert_eq!(version(&erased), "2.6.0");
    assert_eq!(
        part(&erased, "//resources | //status"),
        "<resources/><status/>"
    );
    assert_eq!(version(&done(&section(Operation::Bump, "", ""))), "1.6.8");
    assert_eq!(
        version(&done(&section(Operation::Upgrade, "", CIB))),
        "1.5.8"
    );
    let upgraded = CIB.replace("4.0", "4.10").replace("<constraints/>", "");
    assert_eq!(
        version(&done(&section(Operation::Upgrade, "", &upgraded))),
        "2.2.0"
    );
}

#[test]
fn a_version_never_goes_down() {
    for attribute in ["admin_epoch='0'", "epoch='4'"] {
        let request = section(Operation::Modify, "", &format!("<cib {attribute}/>"));
        assert_eq!(refused(&request), Kind::OldData);
    }
}

#[test]
fn authors_of_the_configuration_are_noted() {
    let author = Author {
        written: "today".into(),
        origin: Some("n1".into()),
        ..Author::default()
    };
    let old = parse_str(&CIB.replace("num_updates", "update-user='x' num_updates")).unwrap();
    let change = |request: &Request| apply(&old, request, Some(&author)).unwrap().cib;
    let config = change(&section(Operation::Delete, "nodes", "<node id='1'/>"));
    assert_eq!(config.attr("cib-last-written"), Some("today"));
    assert_eq!(config.attr("update-origin"), Some("n1"));
    assert_eq!(config.attr("update-user"), None);
    let status = change(&section(Operation::Delete, "status", "<lrm id='1'/>"));
    assert_eq!(status.attr("cib-last-written"), None);
    assert_eq!(status.attr("update-user"), Some("x"));
}

#[test]
fn several_operations_are_one_change_or_none() {
    let add = section(Operation::Create, "nodes", "<node id='2'/>");
    let status = section(
        Operation::Modify,
        "status",
        "<node_state id='1' join='member'/>",
    );
    let change = apply_all(&cib(), &[add.clone(), status], None, None).unwrap();
    assert_eq!(version(&change), "1.6.0");
    assert_eq!(
        apply_all(&cib(), &[add.clone(), add], None, None)
            .unwrap_err()
            .kind,
        Kind::Exists
    );
}

#[test]
fn what_is_not_changed_is_shared() {
    let old = cib();
    let request = section(
        Operation::Modify,
        "status",
        "<node_state id='1' join='member'/>",
    );
    let new = apply(&old, &request, None).unwrap().cib;
    assert!(Arc::ptr_eq(
        old.child("configuration").unwrap(),
        new.child("configuration").unwrap()
    ));
}

#[test]
fn trees_stay_readable_however_often_something_is_put_inside() {
    let mut tree = parse_str("<cib><status><a/></status></cib>").unwrap();
    let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
    let mut put = with(xpath(Operation::Replace, "//a[not(a)]", &deep), |_| {});
    put.options.multiple = true;
    let error = (0..5).find_map(|_| match apply(&tree, &put, None) {
        Ok(change) => {
            let inner = xpath(
                Operation::Replace,
                "//a[not(a)]",
                &format!("<a><b/>{deep}</a>"),
            );
            tree = change.cib;
            apply(&tree, &inner, None)
                .map(|change| tree = change.cib)
                .err()
        }
        Err(error) => Some(error),
    });
    assert_eq!(error.unwrap().kind, Kind::Schema);
    assert!(parse_str(&write(&tree)).is_ok());
}

fn any_request() -> impl Strategy<Value = Request> {
    let operation = prop::sample::select(vec![
        Operation::Create,
        Operation::Modify,
        Operation::Replace,
        Operation::Delete,
        Operation::ApplyDiff,
        Operation::Erase,
        Operation::Bump,
        Operation::Upgrade,
    ]);
    let scope = prop::sample::select(vec![
        Scope::Section("".into()),
        Scope::Section("nodes".into()),
        Scope::Section("status".into()),
        Scope::Section("alerts".into()),
        Scope::Section("nosuch".into()),
        Scope::XPath("//primitive".into()),
        Scope::XPath("//*".into()),
        Scope::XPath("//node | //status".into()),
        Scope::XPath("//[".into()),
    ]);
    let input = prop::sample::select(vec![
        "",
        "<node id='1' uname='x'/>",
        "<node/>",
        "<nodes><node id='3'/><node id='3'/></nodes>",
        "<primitive id='r1'><primitive id='r2'/></primitive>",
        "<status>text</status>",
        "<nvpair id='o-a' value='value++'/>",
        "<cib admin_epoch='9' epoch='0' num_updates='0'><status/></cib>",
        "<cib admin_epoch='4294967295' epoch='4294967295' num_updates='4294967295'/>",
        "<diff format='2'><change operation='delete' path='/cib/status'/></diff>",
    ]);
    (operation, scope, input, any::<[bool; 4]>()).prop_map(|(operation, scope, input, flags)| {
        Request {
            operation,
            scope,
            input: (!input.is_empty()).then(|| parse_str(input).unwrap()),
            options: Options {
                allow_create: flags[0],
                multiple: flags[1],
                score_update: flags[2],
                keep_version: flags[3],
                digest: None,
            },
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn whatever_is_asked_the_patchset_tells_what_happened(requests in prop::collection::vec(any_request(), 1..12)) {
        let mut tree = cib();
        for request in requests {
            let before = write(&tree);
            if let Ok(change) = apply(&tree, &request, None) {
                let told = match &change.patchset {
                    Some(patchset) => patchset.apply_anyway(&tree).unwrap(),
                    None => Arc::clone(&tree),
                };
                prop_assert_eq!(write(&told), write(&change.cib));
                prop_assert!(Version::of(&change.cib) >= Version::of(&tree));
                prop_assert_eq!(change.cib.name(), "cib");
                prop_assert_eq!(&parse_str(&write(&change.cib)).unwrap(), &change.cib);
                prop_assert_eq!(write(&tree), before);
                tree = change.cib;
            }
        }
    }
}
