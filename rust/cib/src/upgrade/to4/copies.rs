//! Copies in the place of references, while definitions may get lost or be several.
//!
//! A copy has a mark. When all is done, a copy is a reference again if what it refers to is still defined; else the first
//! of the copies is the definition.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use pcmk_xml::Element;

use super::super::ids::own_id;
use super::super::rewrite::{self, Rewriting};
use super::PREFIX;

/// An attribute that no schema has.
const MARK: &str = "pcmk-copy";

/// How many elements references may be resolved to. Those of a sound configuration are a few; nested references
/// could double with each level, and what is left out just stays a reference.
const MOST: usize = 100_000;

/// How many references may be in one another.
const DEEPEST: usize = 16;

pub(super) fn is_copy(element: &Element) -> bool {
    element.attr(MARK).is_some()
}

/// An element marked as a copy, with all below it.
pub(super) fn marked(element: &Element) -> Arc<Element> {
    let mut copy = Element::clone(element);
    copy.set_attr(MARK, "1");
    for child in copy.children_mut() {
        *child = marked(child);
    }
    Arc::new(copy)
}

/// The document with copies instead of references in its configuration.
pub(super) fn resolved(cib: &Arc<Element>) -> Arc<Element> {
    let Some(configuration) = cib.child("configuration") else {
        return Arc::clone(cib);
    };
    if !configuration
        .descendants()
        .any(|e| e.attr("id-ref").is_some())
    {
        return Arc::clone(cib);
    }
    let mut known = HashMap::new();
    for element in configuration.descendants() {
        if let Some(id) = own_id(element) {
            known.entry(id.to_owned()).or_insert(Arc::clone(element));
        }
    }
    let left = MOST;
    rewrite::configuration(cib, &mut Resolving { known, left })
}

struct Resolving {
    known: HashMap<String, Arc<Element>>,
    left: usize,
}

impl Rewriting for Resolving {
    fn edit(&mut self, element: Arc<Element>, _above: &[&str]) -> Vec<Arc<Element>> {
        vec![self.copy_for(&element, &mut Vec::new()).unwrap_or(element)]
    }
}

impl Resolving {
    /// What stands for a reference; `None` if it has to stay. `open` are the ids of what is being copied.
    fn copy_for(&mut self, reference: &Element, open: &mut Vec<String>) -> Option<Arc<Element>> {
        let id = reference.attr("id-ref")?;
        let original = self.known.get(id)?.clone();
        let is_open = open.len() >= DEEPEST || open.iter().any(|other| other == id);
        if original.name() != reference.name() || is_open {
            return None;
        }
        open.push(id.to_owned());
        let copy = self.copy(&original, open);
        open.pop();
        let mut copy = copy?;
        if let Some(name) = reference
            .attr("name")
            .filter(|_| reference.name() == "nvpair")
        {
            // The value of another pair under a name of its own.
            copy.set_attr("id", format!("{PREFIX}{id}-{name}"));
            copy.set_attr("name", name);
        }
        Some(Arc::new(copy))
    }

    fn copy(&mut self, original: &Element, open: &mut Vec<String>) -> Option<Element> {
        self.left = self.left.checked_sub(1)?;
        let mut copy = Element::clone(original);
        copy.set_attr(MARK, "1");
        for child in copy.children_mut() {
            *child = match self.copy_for(child, open) {
                Some(copy) => copy,
                None => Arc::new(self.copy(child, open)?),
            };
        }
        Some(copy)
    }
}

/// The document with references instead of copies.
pub(super) fn restored(cib: &Arc<Element>) -> Arc<Element> {
    let Some(at) = cib
        .children()
        .iter()
        .position(|child| child.name() == "configuration")
    else {
        return Arc::clone(cib);
    };
    let configuration = &cib.children()[at];
    let originals = configuration.descendants().filter(|e| !is_copy(e));
    let defined = originals.filter_map(|e| own_id(e).map(str::to_owned));
    let mut defined: HashSet<String> = defined.collect();
    let mut edited = Element::clone(cib);
    edited.children_mut()[at] = restore(configuration, &mut defined);
    Arc::new(edited)
}

fn restore(element: &Arc<Element>, defined: &mut HashSet<String>) -> Arc<Element> {
    let mut edited = Element::clone(element);
    if edited.remove_attr(MARK).is_some()
        && let Some(id) = own_id(element)
        && !defined.insert(id.to_owned())
    {
        return Arc::new(Element::new(element.name()).with_attr("id-ref", id));
    }
    for child in edited.children_mut() {
        *child = restore(child, defined);
    }
    Arc::new(edited)
}
