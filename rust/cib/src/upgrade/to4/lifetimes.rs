//! Lifetimes of constraints are rules like others.

use std::sync::Arc;

use pcmk_xml::Element;

use super::{PREFIX, copies};

/// A location constraint whose lifetime is part of its rule.
///
/// The reference leaves the score with the inner rule, where it counts for nothing. Here what the constraint gave is
/// what the whole rule gives.
pub(super) fn as_rules(location: &Arc<Element>) -> Arc<Element> {
    let Some(lifetime) = location.child("lifetime") else {
        return Arc::clone(location);
    };
    let id = location.id().unwrap_or_default();
    let rule = location.child("rule");
    // Beside a rule, what the constraint itself says of score and role does not count.
    let origin = rule.unwrap_or(location);
    let mut whole = Element::new("rule")
        .with_attr("id", format!("{PREFIX}{id}-lifetime-and-rule"))
        .with_attr("boolean-op", "and");
    for name in ["score", "score-attribute", "role"] {
        if let Some(value) = origin.attr(name) {
            whole.set_attr(name, value);
        }
    }
    match rule {
        Some(rule) => whole.push_child(rule.clone()),
        None => whole.push_child(rule_of_node(location, id)),
    }
    let limits: Vec<_> = lifetime.children_named("rule").cloned().collect();
    match &limits[..] {
        [] => {}
        [limit] => whole.push_child(limit.clone()),
        _ => whole.push_child(
            Element::new("rule")
                .with_attr("id", format!("{PREFIX}{id}-lifetime-or-rule"))
                .with_attr("boolean-op", "or")
                .with_children(limits),
        ),
    }
    let mut edited = Element::clone(location);
    edited.remove_attr("node");
    edited.remove_attr("score");
    edited.retain_children(|child| !matches!(child.name(), "rule" | "lifetime"));
    edited.push_child(whole);
    Arc::new(edited)
}

/// What a constraint says by `node` and `score`, as a rule.
fn rule_of_node(location: &Element, id: &str) -> Element {
    let id = format!("{PREFIX}{id}-node-score-rule");
    let mut rule = Element::new("rule").with_attr("id", &*id);
    if let Some(score) = location.attr("score") {
        rule.set_attr("score", score);
    }
    rule.with_child(
        Element::new("expression")
            .with_attr("id", format!("{id}-expr"))
            .with_attr("attribute", "#uname")
            .with_attr("operation", "eq")
            .with_attr("value", location.attr("node").unwrap_or_default()),
    )
}

/// The document in which rules of former lifetimes that are referred to elsewhere still have a definition: in a
/// constraint that applies to no resource.
pub(super) fn with_former_rules(cib: Arc<Element>, rules: &[Arc<Element>]) -> Arc<Element> {
    let is_used = |rule: &&Arc<Element>| {
        !copies::is_copy(rule)
            && cib
                .descendants()
                .any(|e| e.name() == "rule" && e.id() == rule.id())
    };
    let used: Vec<_> = rules.iter().filter(is_used).cloned().collect();
    let path = ["configuration", "constraints"];
    let place = (!used.is_empty())
        .then(|| pcmk_xml::find_path(&cib, |e| e.name() == path[1]))
        .flatten();
    let Some(place) = place else {
        return cib;
    };
    let id = format!("{PREFIX}coloc-order-lifetime-rules");
    let rule = Element::new("rule")
        .with_attr("id", format!("{id}-rule"))
        .with_attr("score", "-INFINITY")
        .with_children(used);
    // Nothing can be before the beginning of a name.
    let holder = Element::new("rsc_location")
        .with_attr("id", id)
        .with_attr("rsc-pattern", "a^")
        .with_child(rule);
    let mut edited = cib;
    pcmk_xml::edit_at(&mut edited, &place, |constraints| {
        constraints.push_child(holder)
    });
    edited
}
