//! Blocks that stand for others by `id-ref`.
//!
//! For the rewriting a reference is a copy of what it refers to, with ids of its own. If both are alike afterwards it is
//! a reference again; if what it refers to was rewritten in another way, or is lost, the copy stays.

use std::collections::HashMap;
use std::sync::Arc;

use pcmk_xml::Element;

use super::super::rewrite::{self, Rewriting};

const COPY: &str = "_cibtr-2_";

type Definitions = HashMap<(String, String), Arc<Element>>;

fn is_block(element: &Element) -> bool {
    matches!(
        element.name(),
        "cluster_property_set" | "instance_attributes" | "meta_attributes"
    )
}

fn key(element: &Element, id: &str) -> (String, String) {
    (element.name().to_owned(), id.to_owned())
}

/// The document with copies instead of references.
pub(super) fn resolved(cib: &Arc<Element>) -> Arc<Element> {
    let configuration = cib.child("configuration");
    let blocks = || {
        let all = configuration.into_iter().flat_map(|c| c.descendants());
        all.filter(|e| is_block(e))
    };
    if !blocks().any(|block| block.attr("id-ref").is_some()) {
        return Arc::clone(cib);
    }
    let known = blocks().filter_map(|block| Some((key(block, block.id()?), block.clone())));
    let known: Definitions = known.collect();
    rewrite::configuration(cib, &mut Resolving { known })
}

struct Resolving {
    known: Definitions,
}

impl Rewriting for Resolving {
    fn edit(&mut self, element: Arc<Element>, _above: &[&str]) -> Vec<Arc<Element>> {
        let reference = element.attr("id-ref").filter(|_| is_block(&element));
        let original = reference.and_then(|id| self.known.get(&key(&element, id)));
        let Some(original) = original else {
            return vec![element];
        };
        let id = original.id().unwrap_or_default();
        let mut copy = with_ids(original, &|below| format!("_{COPY}{id}__{below}"));
        copy.set_attr("id", format!("{COPY}{id}"));
        vec![Arc::new(copy)]
    }
}

/// A copy with other ids, its own and those below it.
fn with_ids(element: &Element, of: &impl Fn(&str) -> String) -> Element {
    let mut copy = Element::clone(element);
    if let Some(id) = element.id() {
        copy.set_attr("id", of(id));
    }
    for child in copy.children_mut() {
        *child = Arc::new(with_ids(child, of));
    }
    copy
}

/// The document with references again where that makes no difference.
pub(super) fn restored(cib: &Arc<Element>) -> Arc<Element> {
    let all = cib.child("configuration").into_iter();
    let blocks = all.flat_map(|c| c.descendants()).filter(|e| is_block(e));
    let known = blocks.filter_map(|block| Some((key(block, block.id()?), block.clone())));
    // Of equal ids the first is the definition.
    let mut definitions = Definitions::new();
    for (key, block) in known {
        definitions.entry(key).or_insert(block);
    }
    rewrite::configuration(
        cib,
        &mut Restoring {
            known: definitions,
            kept: HashMap::new(),
        },
    )
}

struct Restoring {
    known: Definitions,
    /// Copies that stay, with the number of them that have come from one original.
    kept: HashMap<(String, String), Vec<Arc<Element>>>,
}

impl Rewriting for Restoring {
    fn edit(&mut self, element: Arc<Element>, _above: &[&str]) -> Vec<Arc<Element>> {
        let of = element.id().and_then(|id| id.strip_prefix(COPY));
        let Some(of) = of.filter(|_| is_block(&element)).map(str::to_owned) else {
            return vec![element];
        };
        let reference = |id: &str| {
            vec![Arc::new(
                Element::new(element.name()).with_attr("id-ref", id),
            )]
        };
        let original = self.known.get(&key(&element, &of));
        if original.is_some_and(|original| are_alike(original, &element)) {
            return reference(&of);
        }
        let kept = self.kept.entry(key(&element, &of)).or_default();
        if let Some(first) = kept.iter().find(|first| are_alike(first, &element)) {
            return reference(first.id().unwrap_or_default());
        }
        // Another copy of the same, which became something else there.
        let copy = match kept.len() {
            0 => element,
            n => Arc::new(with_ids(&element, &|id| format!("{id}-{n}"))),
        };
        kept.push(copy.clone());
        vec![copy]
    }
}

/// Whether two blocks are the same but for ids.
fn are_alike(one: &Element, other: &Element) -> bool {
    let attributes = |e| {
        let mut all: Vec<_> = Element::attrs(e)
            .filter(|(name, _)| *name != "id")
            .collect();
        all.sort_unstable();
        all
    };
    attributes(one) == attributes(other)
        && one.children().len() == other.children().len()
        && one
            .children()
            .iter()
            .zip(other.children())
            .all(|(one, other)| one.name() == other.name() && are_alike(one, other))
}
