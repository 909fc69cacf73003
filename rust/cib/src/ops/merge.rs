//! Merging an element into another, as `modify` does.

use std::sync::Arc;

use pcmk_base::Score;
use pcmk_xml::{Element, Node};

/// The target with the attributes of the update set and its children merged or, where there is none to merge
/// with, added; `None` if that changes nothing. Nothing is ever removed.
///
/// A child of the update is merged with the first child of its name and id; without an id, of its name and
/// `id-ref`; without both, of its name. A comment is added unless there is one like it.
pub(super) fn merged(target: &Element, update: &Element, score_update: bool) -> Option<Element> {
    let mut result: Option<Element> = None;
    for (name, value) in update.attrs() {
        let current = result.as_ref().unwrap_or(target).attr(name);
        let counted = match current {
            Some(current) if score_update => counted_up(name, value, current),
            _ => None,
        };
        let value = counted.as_deref().unwrap_or(value);
        if current != Some(value) {
            result
                .get_or_insert_with(|| target.clone())
                .set_attr(name, value);
        }
    }
    for node in update.nodes() {
        let merged_into = result.as_ref().unwrap_or(target);
        match node {
            Node::Element(child) => {
                let mut siblings = merged_into.children().iter();
                match siblings.position(|sibling| is_counterpart(sibling, &child)) {
                    Some(index) => {
                        let sibling = &merged_into.children()[index];
                        if let Some(merged) = merged(sibling, &child, score_update) {
                            result.get_or_insert_with(|| target.clone()).children_mut()[index] =
                                Arc::new(merged);
                        }
                    }
                    None => {
                        let blank = Element::new(child.name());
                        let added = merged(&blank, &child, score_update).unwrap_or(blank);
                        result
                            .get_or_insert_with(|| target.clone())
                            .push_child(added);
                    }
                }
            }
            Node::Comment(text) => {
                let mut known = merged_into.comments().iter();
                if !known.any(|(_, known)| known.eq_ignore_ascii_case(&text)) {
                    result
                        .get_or_insert_with(|| target.clone())
                        .push_comment(text);
                }
            }
        }
    }
    result
}

fn is_counterpart(element: &Element, update: &Element) -> bool {
    let by = ["id", "id-ref"]
        .into_iter()
        .find(|name| update.attr(name).is_some());
    element.name() == update.name() && by.is_none_or(|name| element.attr(name) == update.attr(name))
}

/// What `NAME++` and `NAME+=N` come to from the present value of the attribute NAME; `None` for any other
/// value. What is no score counts as 0.
fn counted_up(name: &str, value: &str, current: &str) -> Option<String> {
    let step = value.strip_prefix(name)?.strip_prefix('+')?;
    let step = match step.strip_prefix('=') {
        Some(number) => Score::parse(number).unwrap_or_default(),
        None if step.starts_with('+') => Score::new(1),
        None => return None,
    };
    let sum = Score::parse(current).unwrap_or_default() + step;
    Some(sum.value().to_string())
}
