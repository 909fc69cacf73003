//! Blocks of name/value pairs: the one that counts most comes first, and a name is in a block once.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use pcmk_xml::Element;

use super::super::rewrite::with_children;

fn is_block(element: &Element) -> bool {
    matches!(
        element.name(),
        "cluster_property_set" | "instance_attributes" | "meta_attributes" | "utilization"
    )
}

/// An element with its blocks last, in the order of their scores.
pub(super) fn in_order(element: Arc<Element>) -> Arc<Element> {
    let children = element.children();
    let Some(first) = children.iter().position(|child| is_block(child)) else {
        return element;
    };
    let keys: Vec<_> = children[first..].iter().map(|child| key(child)).collect();
    if keys.is_sorted() {
        return element;
    }
    let mut sorted = children.to_vec();
    sorted.sort_by_key(|child| key(child));
    with_children(&element, sorted)
}

/// What is no block comes first, then the options that the cluster began with.
fn key(child: &Element) -> (u8, Reverse<i64>) {
    if !is_block(child) {
        return (0, Reverse(0));
    }
    let is_first =
        child.name() == "cluster_property_set" && child.id() == Some("cib-bootstrap-options");
    let score = match child.attr("score").map(str::trim) {
        None => 0,
        Some("INFINITY" | "+INFINITY") => i64::MAX,
        Some("-INFINITY") => i64::MIN,
        Some(text) => text.parse().unwrap_or(0),
    };
    (if is_first { 1 } else { 2 }, Reverse(score))
}

/// A block without pairs that another one of the same name makes meaningless: the first counts, and `#default` takes
/// back what came before it.
pub(super) fn without_shadowed(block: &Arc<Element>) -> Arc<Element> {
    let mut counting: HashMap<&str, usize> = HashMap::new();
    let mut is_shadowed = vec![false; block.children().len()];
    for (at, child) in block.children().iter().enumerate() {
        let Some(name) = child.attr("name").filter(|_| child.name() == "nvpair") else {
            continue;
        };
        let is_default = |at: usize| block.children()[at].attr("value") == Some("#default");
        match counting.get(name) {
            Some(&before) if is_default(at) || is_default(before) => is_shadowed[before] = true,
            Some(_) => {
                is_shadowed[at] = true;
                continue;
            }
            None => {}
        }
        counting.insert(name, at);
    }
    let mut shadowed = is_shadowed.iter();
    let rest = block.children().iter();
    let rest = rest.filter(|_| shadowed.next() != Some(&true)).cloned();
    with_children(block, rest.collect())
}
