//! Location constraints have one rule at most.

use std::sync::Arc;

use pcmk_xml::Element;

use super::super::rewrite::{with_attr, with_children};
use super::{PREFIX, copies};

/// A constraint for each of the rules, each with all that is beside them; itself if there are not several.
pub(super) fn by_rule(location: &Arc<Element>) -> Vec<Arc<Element>> {
    let rules: Vec<&Arc<Element>> = location.children_named("rule").collect();
    if rules.len() < 2 {
        return vec![Arc::clone(location)];
    }
    let id = location.id().unwrap_or_default();
    let only = |number: usize, rule: &Arc<Element>| {
        let children = location.children().iter().filter_map(|child| {
            match child.name() {
                "rule" => Arc::ptr_eq(child, rule).then(|| child.clone()),
                // What they have in common is defined in the first of them.
                _ if number > 1 => Some(copies::marked(child)),
                _ => Some(child.clone()),
            }
        });
        let one = with_children(location, children.collect());
        with_attr(&one, "id", &format!("{PREFIX}{id}-{number}"))
    };
    (1..).zip(rules).map(|(n, rule)| only(n, rule)).collect()
}
