//! What somebody sees of a CIB.

use std::sync::Arc;

use pcmk_xml::{Element, Node};

use super::marks::{Access, Marks, Place};
use super::permissions::Permissions;

impl Permissions {
    /// The part of a CIB that may be read; `None` if that is nothing. Parts that may be read as a whole are shared
    /// with the CIB.
    pub fn visible(&self, cib: &Arc<Element>) -> Option<Arc<Element>> {
        visible(cib, Place::root(&Marks::of(self, cib)))
    }

    /// What is allowed at each element of a CIB, in document order.
    pub fn access(&self, cib: &Arc<Element>) -> Vec<Access> {
        let marks = Marks::of(self, cib);
        let mut all = Vec::new();
        list(cib, Place::root(&marks), &mut all);
        all
    }
}

fn visible(element: &Arc<Element>, place: Place<'_>) -> Option<Arc<Element>> {
    if place.is_uniform() {
        return place.access.read.then(|| Arc::clone(element));
    }
    let nodes = nodes_below(element, place, visible, |text| {
        place.access.read.then(|| Arc::clone(text))
    });
    if !place.access.read && nodes.is_empty() {
        return None;
    }
    Some(seen_as(element, place.access, nodes))
}

/// The CIB with only names and ids left of what may not be read. Every element, and every comment, is where it was.
pub(super) fn masked(element: &Arc<Element>, place: Place<'_>) -> Arc<Element> {
    if place.is_uniform() && place.access.read {
        return Arc::clone(element);
    }
    let nodes = nodes_below(
        element,
        place,
        |child, place| Some(masked(child, place)),
        |text| {
            Some(if place.access.read {
                Arc::clone(text)
            } else {
                Arc::from("")
            })
        },
    );
    seen_as(element, place.access, nodes)
}

/// What is seen of an element's nodes.
fn nodes_below(
    element: &Element,
    place: Place<'_>,
    child: impl Fn(&Arc<Element>, Place<'_>) -> Option<Arc<Element>>,
    comment: impl Fn(&Arc<str>) -> Option<Arc<str>>,
) -> Vec<Node> {
    let mut index = 0;
    let seen = |node: Node| match node {
        Node::Element(element) => {
            index += 1;
            child(&element, place.child(index - 1)).map(Node::Element)
        }
        Node::Comment(text) => comment(&text).map(Node::Comment),
    };
    element.nodes().into_iter().filter_map(seen).collect()
}

fn seen_as(element: &Arc<Element>, access: Access, nodes: Vec<Node>) -> Arc<Element> {
    let mut seen = Element::new(element.name());
    seen.set_nodes(nodes);
    match (access.read, element.id()) {
        (true, _) => {
            seen.copy_attrs(element);
            seen.set_text(element.text());
        }
        (false, Some(id)) => seen.set_attr("id", id),
        (false, None) => {}
    }
    let same = |(one, other): (&Arc<Element>, &Arc<Element>)| Arc::ptr_eq(one, other);
    let (new, old) = (seen.children(), element.children());
    let is_whole = access.read && new.len() == old.len() && new.iter().zip(old).all(same);
    match is_whole {
        true => Arc::clone(element),
        false => Arc::new(seen),
    }
}

fn list(element: &Element, place: Place<'_>, all: &mut Vec<Access>) {
    all.push(place.access);
    for (index, child) in element.children().iter().enumerate() {
        list(child, place.child(index), all);
    }
}
