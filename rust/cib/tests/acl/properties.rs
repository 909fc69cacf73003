//! What holds for all trees and permissions.

use super::*;
use proptest::prelude::*;

/// Trees of a few names and ids, so that permissions meet something.
fn trees() -> impl Strategy<Value = Arc<Element>> {
    let name = prop::sample::select(vec!["a", "b", "c"]);
    let leaf =
        (name.clone(), 0..6_u8, 0..3_u8).prop_map(|(name, id, value)| element(name, id, value));
    leaf.prop_recursive(4, 24, 4, move |inner| {
        (
            name.clone(),
            0..6_u8,
            0..3_u8,
            prop::collection::vec(inner, 0..4),
        )
            .prop_map(|(name, id, value, children)| {
                element(name, id, value).with_children(children)
            })
    })
    .prop_map(Arc::new)
}

fn element(name: &str, id: u8, value: u8) -> Element {
    let mut element = Element::new(name).with_attr("id", id.to_string());
    if id > 3 {
        element.push_comment(format!("comment-{value}"));
    }
    match value {
        0 => element,
        value => element.with_attr("v", format!("value-{value}")),
    }
}

fn some_permissions() -> impl Strategy<Value = String> {
    let kind = prop::sample::select(vec!["read", "write", "deny"]);
    let what = prop_oneof![
        prop::sample::select(vec!["a", "b", "c"]).prop_map(|name| format!("object-type='{name}'")),
        (0..6_u8).prop_map(|id| format!("reference='{id}'")),
        (1..3_u8).prop_map(|value| format!("xpath=\"//*[@v='value-{value}']\"")),
        Just("xpath='//a/b'".to_owned()),
        Just("xpath='//resources'".to_owned()),
    ];
    prop::collection::vec((kind, what), 0..5).prop_map(|all| {
        let all = all.iter().map(|(kind, what)| permission(kind, what));
        all.collect::<String>()
    })
}

fn around(tree: &Arc<Element>, permissions: &str) -> Arc<Element> {
    let mut cib = with_role(permissions);
    pcmk_xml::edit_at(&mut cib, &[0, 2], |resources| {
        resources.set_children(vec![Arc::clone(tree)]);
    });
    cib
}

/// Each element with what is allowed there, by the place where it is.
fn access_by_place(
    cib: &Arc<Element>,
    permissions: &Permissions,
) -> Vec<(Arc<Element>, bool, bool)> {
    let elements = std::iter::once(cib).chain(cib.descendants()).cloned();
    let access = permissions.access(cib);
    elements
        .zip(access)
        .map(|(element, access)| (element, access.read, access.write))
        .collect()
}

/// The first element that may not be written and is not there any more as it was, in its order. The root has a version.
fn lost(permissions: &Permissions, old: &Arc<Element>, new: &Arc<Element>) -> Option<String> {
    let fixed = |cib: &Arc<Element>| -> Vec<String> {
        let all = access_by_place(cib, permissions);
        let unwritable = all.iter().skip(1).filter(|(.., write)| !write);
        unwritable.map(|(element, ..)| bare(element)).collect()
    };
    let mut after = fixed(new).into_iter();
    fixed(old)
        .into_iter()
        .find(|element| !after.any(|kept| kept == *element))
}

proptest! {
    #[test]
    fn nothing_unreadable_is_seen(tree in trees(), role in some_permissions()) {
        let cib = around(&tree, &role);
        let permissions = permissions(&cib);
        let all = access_by_place(&cib, &permissions);
        let readable = all.iter().filter(|(_, read, _)| *read);
        let wanted: Vec<_> = readable.map(|(element, ..)| bare(element)).collect();
        let seen = permissions.visible(&cib);
        let shown = seen.iter().flat_map(|seen| std::iter::once(seen).chain(seen.descendants()));
        // What has more than an id is readable, and all that is readable is there, in its order.
        let mut rest = wanted.iter();
        for element in shown {
            if element.attrs().any(|(name, _)| name != "id") || !element.comments().is_empty() {
                prop_assert!(rest.any(|other| *other == bare(element)), "{}", bare(element));
            }
        }
        let has_more = |text: &str| text.contains(" v=") || text.contains("<!--");
        let count = |texts: &[String]| texts.iter().filter(|text| has_more(text)).count();
        let shown: Vec<_> = seen.iter().flat_map(|seen| seen.descendants()).map(|e| bare(e)).collect();
        prop_assert_eq!(count(&shown), count(&wanted));
    }

    #[test]
    fn what_is_accepted_was_allowed(tree in trees(), other in trees(), role in some_permissions()) {
        let (old, new) = (around(&tree, &role), around(&other, &role));
        let permissions = permissions(&old);
        if permissions.check(&old, &new).is_ok() {
            prop_assert_eq!(lost(&permissions, &old, &new), None);
        }
    }

    #[test]
    fn a_refused_change_and_an_accepted_one(tree in trees(), part in trees(), role in some_permissions()) {
        let cib = around(&tree, &role);
        let before = write(&cib);
        let request = at(Operation::Replace, "//resources/*", &write(&part));
        match attempt(&cib, &request) {
            Ok(new) => prop_assert_eq!(lost(&permissions(&cib), &cib, &new), None),
            Err(error) => prop_assert_eq!(error.kind, Kind::Denied),
        }
        prop_assert_eq!(write(&cib), before);
    }

    #[test]
    fn who_may_write_everything_is_refused_nothing(tree in trees(), other in trees()) {
        let role = xpath("write", "/cib");
        let (old, new) = (around(&tree, &role), around(&other, &role));
        prop_assert_eq!(permissions(&old).check(&old, &new), Ok(()));
    }
}

/// An element without the others that are in it.
fn bare(element: &Element) -> String {
    let mut copy = element.clone();
    copy.retain_children(|_| false);
    write(&copy)
}
