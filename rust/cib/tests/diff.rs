//! Diffs and patchsets: what is made of two trees makes one of the other, and nothing else is accepted.

use std::sync::Arc;

use pcmk_cib::{Kind, Patchset, Version, diff, diff::Options};
use pcmk_xml::{Element, Node, parse_str, write};
use proptest::prelude::*;

fn tree(text: &str) -> Arc<Element> {
    parse_str(text).unwrap()
}

fn made(old: &Arc<Element>, new: &Arc<Element>) -> Option<String> {
    diff(old, new, Options::default()).map(|patch| write(&patch.to_xml()))
}

#[test]
fn a_patchset_lists_deletions_then_changes_in_document_order() {
    let old = tree(
        "<cib admin_epoch='0' epoch='1' num_updates='2'><a><x id='1'/><x id='2' v='1'/></a><b/></cib>",
    );
    let new = tree(
        "<cib admin_epoch='0' epoch='2' num_updates='0'><a><x id='2' w='2'/><y id='3'><z/></y></a></cib>",
    );
    assert_eq!(
        made(&old, &new).unwrap(),
        "<diff format=\"2\"><version><source admin_epoch=\"0\" epoch=\"1\" num_updates=\"2\"/>\
         <target admin_epoch=\"0\" epoch=\"2\" num_updates=\"0\"/></version>\
         <change operation=\"delete\" path=\"/cib/a/x[@id='1']\"/><change operation=\"delete\" path=\"/cib/b\"/>\
         <change operation=\"modify\" path=\"/cib\"><change-list>\
         <change-attr name=\"epoch\" operation=\"set\" value=\"2\"/>\
         <change-attr name=\"num_updates\" operation=\"set\" value=\"0\"/></change-list>\
         <change-result><cib admin_epoch=\"0\" epoch=\"2\" num_updates=\"0\"/></change-result></change>\
         <change operation=\"modify\" path=\"/cib/a/x[@id='2']\"><change-list>\
         <change-attr name=\"w\" operation=\"set\" value=\"2\"/><change-attr name=\"v\" operation=\"unset\"/></change-list>\
         <change-result><x id=\"2\" w=\"2\"/></change-result></change>\
         <change operation=\"create\" path=\"/cib/a\" position=\"1\"><y id=\"3\"><z/></y></change></diff>"
    );
}

#[test]
fn comments_come_and_go_by_their_place() {
    let old = tree("<cib><!--a--><b/><!--c--><d/><!--e--><f><!--g--></f></cib>");
    let new = tree("<cib><!--a--><n/><d/><!--x--><f><!--g--></f></cib>");
    let patch = made(&old, &new).unwrap();
    let changes = patch.split_once("</version>").unwrap().1;
    assert_eq!(
        changes,
        "<change operation=\"delete\" path=\"/cib/b\"/>\
         <change operation=\"delete\" path=\"/cib/comment\" position=\"1\"/>\
         <change operation=\"delete\" path=\"/cib/comment\" position=\"2\"/>\
         <change operation=\"create\" path=\"/cib\" position=\"1\"><n/></change>\
         <change operation=\"create\" path=\"/cib\" position=\"3\"><!--x--></change></diff>"
    );
    let read = Patchset::parse(patch.as_bytes()).unwrap();
    assert_eq!(write(&read.apply_anyway(&old).unwrap()), write(&new));
}

#[test]
fn equal_trees_have_no_patchset() {
    let old = tree("<cib><a><b c='1'/></a></cib>");
    assert_eq!(made(&old, &old.clone()), None);
    assert_eq!(made(&old, &tree("<cib><a><b c='1'/></a></cib>")), None);
}

#[test]
fn attribute_order_counts_unless_told_otherwise() {
    let (old, new) = (tree("<cib a='1' b='2'/>"), tree("<cib b='2' a='1'/>"));
    let patch = diff(&old, &new, Options::default()).unwrap();
    assert_eq!(write(&patch.apply_anyway(&old).unwrap()), write(&new));
    let ignoring = Options {
        ignore_attribute_order: true,
    };
    assert_eq!(diff(&old, &new, ignoring), None);
}

#[test]
fn versions_have_to_fit() {
    let at = |version: &str| {
        let [a, e, n]: [&str; 3] = version.split('.').collect::<Vec<_>>().try_into().unwrap();
        tree(&format!(
            "<cib admin_epoch='{a}' epoch='{e}' num_updates='{n}'/>"
        ))
    };
    let patch = diff(&at("1.2.3"), &at("1.3.0"), Options::default()).unwrap();
    let refused = |version| patch.apply(&at(version)).unwrap_err().kind;
    assert_eq!(
        Version::of(&patch.apply(&at("1.2.3")).unwrap()),
        Version::of(&at("1.3.0"))
    );
    assert_eq!(refused("1.2.2"), Kind::DiffFailed);
    assert_eq!(refused("1.2.4"), Kind::OldData);
    assert_eq!(refused("0.9.3"), Kind::DiffFailed);
    assert_eq!(refused("2.0.0"), Kind::OldData);
    let back = diff(&at("1.2.3"), &at("1.2.2"), Options::default()).unwrap();
    assert_eq!(back.apply(&at("1.2.3")).unwrap_err().kind, Kind::OldData);
}

#[test]
fn what_a_patchset_cannot_find_is_refused_unless_it_is_to_go() {
    let old = tree("<cib epoch='1'><a id='x'/><b/></cib>");
    let apply = |change: &str| {
        let patch = Patchset::from_xml(&tree(&format!("<diff format='2'>{change}</diff>")))?;
        patch.apply_anyway(&old)
    };
    assert_eq!(
        apply("<change operation='delete' path='/cib/gone'/>").unwrap(),
        old
    );
    for refused in [
        "<change operation='delete' path='/cib'/>",
        "<change operation='delete' path='cib/a'/>",
        "<change operation='modify' path='/cib/a[@id=\"y\"]'><change-result><a/></change-result></change>",
        "<change operation='modify' path='/cib/b'><change-result><a/></change-result></change>",
        "<change operation='modify' path='/cib/a'><change-list/></change>",
        "<change operation='create' path='/cib/gone' position='0'><c/></change>",
        "<change operation='create' path='/cib' position='0'/>",
        "<change operation='create' path='/cib' position='-1'><c/></change>",
        "<change operation='move' path='/cib/b' position='2'/>",
        "<change operation='move' path='/cib' position='0'/>",
        "<change operation='rename' path='/cib/b'/>",
        "<change path='/cib/b'/>",
    ] {
        assert_eq!(
            apply(refused).map_err(|error| error.kind),
            Err(Kind::DiffFailed),
            "{refused}"
        );
    }
    assert_eq!(
        Patchset::from_xml(&tree("<diff format='1'/>"))
            .unwrap_err()
            .kind,
        Kind::Invalid
    );
}

fn element() -> impl Strategy<Value = Element> {
    let attrs = proptest::collection::vec(("[v-z]", "[0-2]"), 0..4);
    let id = proptest::option::weighted(0.7, "[p-t']{1,2}");
    let leaf = ("[a-c]", id, attrs).prop_map(|(name, id, attrs)| {
        let element = attrs
            .into_iter()
            .fold(Element::new(name.as_str()), |e, (n, v)| {
                e.with_attr(n.as_str(), v)
            });
        match id {
            Some(id) => element.with_attr("id", id),
            None => element,
        }
    });
    leaf.prop_recursive(4, 60, 7, |inner| {
        let comment = "[a-c]".prop_map(|text| Node::Comment(text.into()));
        let node = prop_oneof![5 => inner.clone().prop_map(|child| Node::Element(Arc::new(child))), 1 => comment];
        (inner, proptest::collection::vec(node, 0..7)).prop_map(|(mut element, nodes)| {
            element.set_nodes(nodes);
            element
        })
    })
}

fn at_version(num_updates: u32) -> Element {
    let mut cib = Element::new("cib");
    Version {
        admin_epoch: 0,
        epoch: 1,
        num_updates,
    }
    .write(&mut cib);
    cib
}

fn root() -> impl Strategy<Value = Arc<Element>> {
    proptest::collection::vec(element(), 0..6)
        .prop_map(|children| Arc::new(at_version(1).with_children(children)))
}

/// Many siblings, among them several with the same name and id.
fn wide() -> impl Strategy<Value = Arc<Element>> {
    (proptest::collection::vec(element(), 9..30), 0..10_usize).prop_map(|(children, comment)| {
        let mut root = at_version(1).with_children(children);
        let mut nodes = root.nodes();
        nodes.insert(comment, Node::Comment("somewhere".into()));
        root.set_nodes(nodes);
        Arc::new(root)
    })
}

/// A tree made of another by shuffling, dropping, doubling and changing children here and there.
fn changed(tree: &Arc<Element>, random: &mut impl FnMut(usize) -> usize) -> Arc<Element> {
    let mut copy = Element::clone(tree);
    for child in copy.children_mut() {
        if random(3) > 0 {
            *child = changed(child, random);
        }
    }
    for _ in 0..random(3) {
        let len = copy.children().len();
        if len == 0 {
            break;
        }
        let child = Arc::clone(&copy.children()[random(len)]);
        match random(5) {
            0 => drop(copy.remove_child(random(len))),
            1 => copy.insert_child(random(len + 1), child),
            2 => copy.set_attr("w", random(3).to_string()),
            3 => {
                let mut nodes = copy.nodes();
                nodes.insert(random(len), Node::Comment(random(3).to_string().into()));
                nodes.remove(random(len));
                copy.set_nodes(nodes);
            }
            _ => {
                let moved = copy.remove_child(random(len)).unwrap();
                copy.insert_child(random(len), moved);
            }
        }
    }
    Arc::new(copy)
}

fn steps() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(any::<usize>(), 400)
}

fn edited(tree: &Arc<Element>, steps: &[usize]) -> Arc<Element> {
    let mut steps = steps.iter().cycle();
    let tree = changed(tree, &mut |below| steps.next().unwrap() % below);
    let mut edited = at_version(2);
    edited.set_nodes(tree.nodes());
    Arc::new(edited)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_patchset_makes_the_new_tree_of_the_old(old in root(), new in root()) {
        check(&old, &new)?;
    }

    #[test]
    fn a_patchset_of_an_edit_makes_the_edited_tree(old in root(), steps in steps()) {
        check(&old, &edited(&old, &steps))?;
    }

    #[test]
    fn so_it_does_where_many_siblings_are_alike_but_not_shared(old in wide(), steps in steps()) {
        check(&old, &tree(&write(&edited(&old, &steps))))?;
    }

    #[test]
    fn damaged_patchsets_are_refused_or_harmless(old in root(), steps in steps(), cut in any::<prop::sample::Index>(), byte in 32u8..127) {
        let new = edited(&old, &steps);
        let Some(patch) = diff(&old, &new, Options::default()) else { return Ok(()) };
        let mut text = write(&patch.with_digest(&new).to_xml()).into_bytes();
        let before = write(&old);
        let index = cut.index(text.len());
        text[index] = byte;
        if let Ok(patch) = pcmk_xml::parse(&text).map_err(|_| ()).and_then(|xml| Patchset::from_xml(&xml).map_err(|_| ())) {
            if let Ok(result) = patch.apply(&old) {
                prop_assert!(patch.digest.is_none() || write(&result) == write(&new) );
            }
        }
        prop_assert_eq!(write(&old), before);
    }

    #[test]
    fn a_patchset_for_another_tree_is_refused(old in root(), other in root(), steps in steps()) {
        let new = edited(&old, &steps);
        let Some(patch) = diff(&old, &new, Options::default()) else { return Ok(()) };
        let patch = patch.with_digest(&new);
        match patch.apply(&other) {
            Ok(result) => prop_assert_eq!(write(&result), write(&new)),
            Err(error) => prop_assert_eq!(error.kind, Kind::DiffFailed),
        }
    }
}

fn check(old: &Arc<Element>, new: &Arc<Element>) -> Result<(), TestCaseError> {
    let Some(patch) = diff(old, new, Options::default()) else {
        prop_assert_eq!(old, new);
        return Ok(());
    };
    prop_assert_ne!(old, new);
    let read = Patchset::from_xml(&parse_str(&write(&patch.to_xml())).unwrap()).unwrap();
    prop_assert_eq!(&read, &patch);
    prop_assert_eq!(
        write(&read.with_digest(new).apply_anyway(old).unwrap()),
        write(new)
    );
    Ok(())
}
