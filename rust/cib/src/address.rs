//! The addresses in patchsets: `/cib/configuration/nodes/node[@id='1']`.
//!
//! Each step is an element name, and the id unless the element has none; the first child that fits is meant.

use std::sync::Arc;

use pcmk_xml::{Element, Identity};

/// Appends the step to an element to an address.
pub(crate) fn push_step(address: &mut String, element: &Element) {
    address.push('/');
    address.push_str(element.name());
    if let Some(id) = element.id() {
        let quote = if id.contains('\'') { '"' } else { '\'' };
        address.push_str("[@id=");
        address.push(quote);
        address.push_str(id);
        address.push(quote);
        address.push(']');
    }
}

/// The steps of an address, or `None` if it is no address.
pub(crate) fn steps(address: &str) -> Option<Vec<Identity<'_>>> {
    let mut steps = Vec::new();
    let mut rest = address.strip_prefix('/')?;
    loop {
        let end = rest.find(['/', '[']).unwrap_or(rest.len());
        let (name, tail) = rest.split_at(end);
        if name.is_empty() {
            return None;
        }
        let (id, tail) = match tail.strip_prefix("[@id=") {
            Some(tail) => {
                let quote = tail.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
                let (id, tail) = tail[1..].split_once(quote)?;
                (Some(id), tail.strip_prefix(']')?)
            }
            None => (None, tail),
        };
        steps.push(Identity::new(name, id));
        if tail.is_empty() {
            return Some(steps);
        }
        rest = tail.strip_prefix('/')?;
    }
}

/// The path of the element at an address, whose first step is the root.
pub(crate) fn locate(root: &Arc<Element>, steps: &[Identity<'_>]) -> Option<Vec<usize>> {
    let (first, below) = steps.split_first()?;
    if first.name() != root.name() {
        return None;
    }
    let mut element = root;
    let mut path = Vec::with_capacity(below.len());
    for step in below {
        let index = element
            .children()
            .iter()
            .position(|child| step.fits(child))?;
        path.push(index);
        element = &element.children()[index];
    }
    Some(path)
}
