//! Merging an element into another, as `modify` does.

use std::borrow::Cow;
use std::sync::Arc;

use pcmk_base::Score;
use pcmk_xml::{Element, Node};

/// The target with the attributes of the update set and its children merged or, where there is none to merge
/// with, added; `None` if that changes nothing. Nothing is ever removed.
///
/// A child of the update is merged with the first child of its name and id; without an id, of its name and
/// `id-ref`; without both, of its name. A comment is added unless there is one like it.
pub(super) fn merged(target: &Element, update: &Element, score_update: bool) -> Option<Element> {
    let mut result = Cow::Borrowed(target);
    for (name, value) in update.attrs() {
        let current = result.attr(name);
        let counted = match current {
            Some(current) if score_update => counted_up(name, value, current),
            _ => None,
        };
        let value = counted.as_deref().unwrap_or(value);
        if current != Some(value) {
            result.to_mut().set_attr(name, value);
        }
    }
    for node in update.nodes() {
        match node {
            Node::Element(child) => merge_child(&mut result, &child, score_update),
            Node::Comment(text) => {
                let mut known = result.comments().iter();
                if !known.any(|(_, known)| known.eq_ignore_ascii_case(&text)) {
                    result.to_mut().push_comment(text);
                }
            }
        }
    }
    match result {
        Cow::Borrowed(_) => None,
        Cow::Owned(changed) => Some(changed),
    }
}

fn merge_child(result: &mut Cow<'_, Element>, child: &Element, score_update: bool) {
    let mut siblings = result.children().iter();
    match siblings.position(|sibling| is_counterpart(sibling, child)) {
        Some(index) => {
            if let Some(merged) = merged(&result.children()[index], child, score_update) {
                result.to_mut().children_mut()[index] = Arc::new(merged);
            }
        }
        None => {
            let blank = Element::new(child.name());
            let added = merged(&blank, child, score_update).unwrap_or(blank);
            result.to_mut().push_child(added);
        }
    }
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
