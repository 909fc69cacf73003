//! Fingerprints: kept ones are those of the content, whatever edits led there.

use std::sync::Arc;

use pcmk_xml::{Element, Node, parse_str, write};
use proptest::prelude::*;

/// One edit of an element, with the way to it from the root; as many steps of the way are gone as there are levels.
#[derive(Clone, Debug)]
struct Edit {
    way: Vec<prop::sample::Index>,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    SetAttr(String, String),
    SetAttrs(Vec<(String, String)>),
    RemoveAttr(String),
    CopyAttrs(Vec<(String, String)>),
    Rename(String),
    Text(String),
    Comment(String),
    Push(String),
    Insert(prop::sample::Index, String),
    Remove(prop::sample::Index),
    Retain(String),
    Reverse,
    Nodes(Vec<Result<String, String>>),
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "id"]).prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    "[xy<é]{1,3}"
}

fn plain() -> impl Strategy<Value = String> {
    "[xy]{1,3}"
}

fn edit() -> impl Strategy<Value = Edit> {
    let index = any::<prop::sample::Index>;
    let node = prop_oneof![name().prop_map(Ok), plain().prop_map(Err)];
    let what = prop_oneof![
        3 => (name(), text()).prop_map(|(name, value)| What::SetAttr(name, value)),
        1 => prop::collection::btree_map(name(), text(), 0..3).prop_map(|all| What::SetAttrs(all.into_iter().collect())),
        1 => name().prop_map(What::RemoveAttr),
        1 => prop::collection::btree_map(name(), text(), 0..3).prop_map(|all| What::CopyAttrs(all.into_iter().collect())),
        1 => name().prop_map(What::Rename),
        1 => text().prop_map(What::Text),
        1 => plain().prop_map(What::Comment),
        4 => name().prop_map(What::Push),
        1 => (index(), name()).prop_map(|(index, name)| What::Insert(index, name)),
        1 => index().prop_map(What::Remove),
        1 => name().prop_map(What::Retain),
        1 => Just(What::Reverse),
        1 => prop::collection::vec(node, 0..3).prop_map(What::Nodes),
    ];
    let way = prop::collection::vec(index(), 0..4);
    (way, what).prop_map(|(way, what)| Edit { way, what })
}

fn make(element: &mut Element, edit: &Edit) {
    let mut target = element;
    for step in &edit.way {
        if target.children().is_empty() {
            break;
        }
        let index = step.index(target.children().len());
        target = Arc::make_mut(&mut target.children_mut()[index]);
    }
    let count = target.children().len();
    match &edit.what {
        What::SetAttr(name, value) => target.set_attr(name.as_str(), value),
        What::SetAttrs(all) => {
            let all: Vec<_> = all
                .iter()
                .map(|(name, value)| (name.as_str(), value))
                .collect();
            target.set_attrs(&all);
        }
        What::RemoveAttr(name) => drop(target.remove_attr(name)),
        What::CopyAttrs(all) => {
            let all = all.iter().map(|(name, value)| (name.as_str(), value));
            target.copy_attrs(&Element::new("from").with_attrs(all));
        }
        What::Rename(name) => *target = target.clone().renamed(name.as_str()),
        What::Text(text) => target.set_text(text),
        What::Comment(text) => target.push_comment(text.as_str()),
        What::Push(name) => target.push_child(Element::new(name.as_str())),
        What::Insert(index, name) => {
            target.insert_child(index.index(count + 1), Element::new(name.as_str()));
        }
        What::Remove(index) if count > 0 => drop(target.remove_child(index.index(count))),
        What::Remove(_) => {}
        What::Retain(name) => target.retain_children(|child| child.name() == name),
        What::Reverse => target.set_children(target.children().iter().rev().cloned().collect()),
        What::Nodes(nodes) => {
            let nodes = nodes.iter().cloned().map(|node| match node {
                Ok(name) => Node::Element(Arc::new(Element::new(name))),
                Err(text) => Node::Comment(text.into()),
            });
            target.set_nodes(nodes);
        }
    }
}

proptest! {
    #[test]
    fn kept_ones_are_those_of_the_content(edits in prop::collection::vec(edit(), 1..40)) {
        let mut tree = Arc::new(Element::new("a"));
        for edit in edits {
            let before = (Arc::clone(&tree), tree.fingerprint());
            make(Arc::make_mut(&mut tree), &edit);
            let again = parse_str(&write(&tree)).unwrap();
            prop_assert_eq!(tree.fingerprint(), again.fingerprint(), "{}", write(&tree));
            prop_assert_eq!(tree == before.0, tree.fingerprint() == before.1);
            prop_assert_eq!(before.0.fingerprint(), before.1);
        }
    }
}

#[test]
fn they_are_the_same_on_every_machine_and_in_every_version() {
    let tree =
        parse_str(r#"<cib epoch="1"><nodes><!-- two --><node id="1"/></nodes>text</cib>"#).unwrap();
    assert_eq!(format!("{:016x}", tree.fingerprint()), "5fd9fd10995aa46d");
}

#[test]
fn what_looks_alike_when_joined_is_told_apart() {
    let all = [
        "<a><b/><c/></a>",
        "<a><b><c/></b></a>",
        "<a>bc</a>",
        "<a><!--bc--></a>",
        r#"<a b="c"/>"#,
        r#"<a bc=""/>"#,
        r#"<ab c=""/>"#,
        "<a><c/><b/></a>",
        "<a><!--x--><b/></a>",
        "<a><b/><!--x--></a>",
        "<a>x<b/></a>",
    ];
    let mut fingerprints: Vec<_> = all
        .iter()
        .map(|text| parse_str(text).unwrap().fingerprint())
        .collect();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), all.len());
}
