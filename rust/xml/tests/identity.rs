//! Elements looked up by name and id: what is found is what a look at everything finds, whatever was edited before.

use std::sync::Arc;

use pcmk_xml::{Element, Identity, Node, edit_at, find_called, find_path};
use proptest::prelude::*;

const NAMES: [&str; 3] = ["a", "b", "c"];

fn element() -> impl Strategy<Value = Element> {
    let leaf = (0..3_usize, proptest::option::weighted(0.8, 0..40_u8)).prop_map(|(name, id)| {
        let element = Element::new(NAMES[name]);
        match id {
            Some(id) => element.with_attr("id", format!("id-{id}")),
            None => element,
        }
    });
    leaf.prop_recursive(4, 60, 6, |inner| {
        (inner.clone(), proptest::collection::vec(inner, 0..6))
            .prop_map(|(element, children)| element.with_children(children))
    })
}

fn look_everywhere(root: &Arc<Element>) -> Result<(), TestCaseError> {
    for name in NAMES {
        let ids = (0..40).map(|id| Some(format!("id-{id}")));
        for id in ids.chain([None]) {
            let id = id.as_deref();
            let plain = find_path(root, |e| e.name() == name && e.id() == id);
            prop_assert_eq!(find_called(root, Identity::new(name, id)), plain);
        }
    }
    Ok(())
}

/// The path of some element.
fn somewhere(root: &Arc<Element>, steps: &[prop::sample::Index]) -> Vec<usize> {
    let mut path = Vec::new();
    let mut element = root;
    for step in steps {
        if element.children().is_empty() {
            break;
        }
        let index = step.index(element.children().len());
        path.push(index);
        element = &element.children()[index];
    }
    path
}

fn edit(element: &mut Element, how: u8, new: Element) {
    match how {
        0 => element.push_child(new),
        1 => element.insert_child(0, new),
        2 => drop(element.remove_child(0)),
        3 => element.set_attr("id", new.id().unwrap_or("id-0")),
        4 => drop(element.remove_attr("id")),
        5 => element.copy_attrs(&new),
        6 => *element = element.clone().with_child(new),
        7 => element.set_children(vec![new.into()]),
        8 => element.retain_children(|child| child.name() == "a"),
        9 => {
            let nodes = element.nodes();
            element.set_nodes(nodes.into_iter().rev().chain([Node::Element(new.into())]));
        }
        10 => element
            .children_mut()
            .iter_mut()
            .for_each(|child| *child = new.clone().into()),
        _ => *element = element.clone().with_children([new]).renamed("b"),
    }
}

proptest! {
    #[test]
    fn what_is_called_so_is_found(
        root in element(),
        edits in proptest::collection::vec(
            (proptest::collection::vec(any::<prop::sample::Index>(), 0..4), 0..12_u8, element()),
            0..6,
        ),
    ) {
        let mut root = Arc::new(root);
        look_everywhere(&root)?;
        for (steps, how, new) in edits {
            let before = root.clone();
            let path = somewhere(&root, &steps);
            edit_at(&mut root, &path, |element| edit(element, how, new)).unwrap();
            look_everywhere(&root)?;
            look_everywhere(&before)?;
        }
    }
}
