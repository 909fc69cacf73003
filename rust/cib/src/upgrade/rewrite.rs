//! Rewriting trees without copying what stays.

use pcmk_xml::Element;
use std::sync::Arc;

/// One rewriting of a document.
pub(super) trait Rewriting {
    /// What stands for an element whose children are rewritten already: nothing, one, or several. `above` are the
    /// names of the elements around it, the outermost first.
    fn edit(&mut self, element: Arc<Element>, above: &[&str]) -> Vec<Arc<Element>>;
}

/// The document with its `configuration` rewritten.
pub(super) fn configuration(cib: &Arc<Element>, rewriting: &mut impl Rewriting) -> Arc<Element> {
    let edited = cib.children().iter().flat_map(|child| {
        if child.name() == "configuration" {
            below(child, &mut Vec::new(), rewriting)
        } else {
            vec![child.clone()]
        }
    });
    with_children(cib, edited.collect())
}

fn below<'e>(
    element: &'e Arc<Element>,
    above: &mut Vec<&'e str>,
    rewriting: &mut impl Rewriting,
) -> Vec<Arc<Element>> {
    above.push(element.name());
    let mut children = Vec::with_capacity(element.children().len());
    for child in element.children() {
        children.extend(below(child, above, rewriting));
    }
    above.pop();
    rewriting.edit(with_children(element, children), above)
}

/// The element with other children; itself if they are the ones it has.
pub(super) fn with_children(element: &Arc<Element>, children: Vec<Arc<Element>>) -> Arc<Element> {
    let old = element.children();
    let same = |(a, b): (&Arc<Element>, &Arc<Element>)| Arc::ptr_eq(a, b);
    if old.len() == children.len() && old.iter().zip(&children).all(same) {
        return element.clone();
    }
    let mut edited = Element::clone(element);
    edited.set_children(children);
    Arc::new(edited)
}

/// The element with an attribute set.
pub(super) fn with_attr(element: &Element, name: &str, value: &str) -> Arc<Element> {
    Arc::new(element.clone().with_attr(name, value))
}

/// The element with the same attributes and children under another name.
pub(super) fn renamed(element: &Element, name: &str) -> Element {
    element.clone().renamed(name)
}

/// A pair for a block.
pub(super) fn pair(id: &str, name: &str, value: &str) -> Element {
    Element::new("nvpair")
        .with_attr("id", id)
        .with_attr("name", name)
        .with_attr("value", value)
}
