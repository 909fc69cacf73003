//! What somebody sees of a CIB.

use std::sync::Arc;

use pcmk_xml::Element;

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
    let children: Vec<_> = element
        .children()
        .iter()
        .enumerate()
        .filter_map(|(index, child)| visible(child, place.child(index)))
        .collect();
    if !place.access.read && children.is_empty() {
        return None;
    }
    Some(seen_as(element, place.access, children))
}

/// The CIB with only names and ids left of what may not be read. Every element is where it was.
pub(super) fn masked(element: &Arc<Element>, place: Place<'_>) -> Arc<Element> {
    if place.is_uniform() && place.access.read {
        return Arc::clone(element);
    }
    let children = element
        .children()
        .iter()
        .enumerate()
        .map(|(index, child)| masked(child, place.child(index)))
        .collect();
    seen_as(element, place.access, children)
}

fn seen_as(element: &Arc<Element>, access: Access, children: Vec<Arc<Element>>) -> Arc<Element> {
    let same = |(one, other): (&Arc<Element>, &Arc<Element>)| Arc::ptr_eq(one, other);
    let before = element.children();
    if access.read && children.len() == before.len() && children.iter().zip(before).all(same) {
        return Arc::clone(element);
    }
    let mut seen = Element::new(element.name());
    match (access.read, element.id()) {
        (true, _) => {
            seen.copy_attrs(element);
            seen.set_text(element.text());
        }
        (false, Some(id)) => seen.set_attr("id", id),
        (false, None) => {}
    }
    *seen.children_mut() = children;
    Arc::new(seen)
}

fn list(element: &Element, place: Place<'_>, all: &mut Vec<Access>) {
    all.push(place.access);
    for (index, child) in element.children().iter().enumerate() {
        list(child, place.child(index), all);
    }
}
