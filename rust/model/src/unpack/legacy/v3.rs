//! From schema 3 to 4: ping nodes, masters, rules of location constraints, and what is not supported any more.

use super::PREFIX;
use super::rewrite::{self, Rewriting, pair, renamed, with_attr, with_children};
use super::unsupported::Unsupported;
use pcmk_rules::IdIndex;
use pcmk_xml::Element;
use std::sync::Arc;

/// The document in the spelling of schema 4.
pub(super) fn rewritten(cib: &Arc<Element>) -> Arc<Element> {
    let mut rewriting = Version3 {
        references: IdIndex::new(cib),
        unsupported: Unsupported::new(cib),
        ping_nodes: ping_nodes(cib),
    };
    rewrite::configuration(cib, &mut rewriting)
}

struct Version3<'a> {
    references: IdIndex<'a>,
    unsupported: Unsupported<'a>,
    ping_nodes: Vec<&'a str>,
}

impl Rewriting for Version3<'_> {
    fn edit(&mut self, element: Arc<Element>, above: &[&str]) -> Vec<Arc<Element>> {
        if self.unsupported.drops(&element) {
            return Vec::new();
        }
        let edited = match element.name() {
            "nvpair" => match self.pair(&element, above) {
                Some(edited) => edited,
                None => return Vec::new(),
            },
            "node" if element.attr("type") == Some("ping") => with_attr(&element, "type", "member"),
            "master" => Arc::new(promotable_clone(&element)),
            "docker" | "podman" => match element.attr("masters") {
                Some(masters) => with_attr(&element, "promoted-max", masters),
                None => element,
            },
            "rsc_location" => return locations(&element),
            "constraints" => self.with_ping_bans(&element),
            "configuration" if element.child("constraints").is_none() => {
                let empty = Arc::new(Element::new("constraints"));
                let bans = self.with_ping_bans(&empty);
                let mut children = element.children().to_vec();
                children.extend(Some(bans).filter(|bans| !bans.children().is_empty()));
                with_children(&element, children)
            }
            _ => element,
        };
        vec![edited]
    }
}

impl Version3<'_> {
    fn pair(&self, element: &Arc<Element>, above: &[&str]) -> Option<Arc<Element>> {
        if let (Some(id), Some(name)) = (element.attr("id-ref"), element.attr("name")) {
            // A name of its own for the value of another pair.
            let value = self.references.resolve(element)?.attr("value")?;
            let id = format!("{PREFIX}{id}-{name}");
            return Some(Arc::new(pair(&id, name, value)));
        }
        let name = element.attr("name").unwrap_or_default();
        let rename = |to: &str| Some(with_attr(element, "name", to));
        match (above, name) {
            ([.., "cluster_property_set"], "crmd-finalization-timeout") => {
                rename("join-finalization-timeout")
            }
            ([.., "cluster_property_set"], "crmd-integration-timeout") => {
                rename("join-integration-timeout")
            }
            ([.., "cluster_property_set"], "crmd-transition-delay") => rename("transition-delay"),
            ([.., "cluster_property_set"], "remove-after-stop") => None,
            ([.., "cluster_property_set"], "stonith-action")
                if element.attr("value") == Some("poweroff") =>
            {
                Some(with_attr(element, "value", "off"))
            }
            ([.., "op" | "op_defaults", "meta_attributes"], "can_fail" | "role_after_failure") => {
                None
            }
            ([.., holder, "meta_attributes"], "restart-type") if !holder.starts_with("op") => None,
            _ => Some(element.clone()),
        }
    }

    /// The constraints with one for each former ping node, which keeps everything away from it.
    fn with_ping_bans(&self, constraints: &Arc<Element>) -> Arc<Element> {
        let bans = self.ping_nodes.iter().map(|name| {
            Element::new("rsc_location")
                .with_attr("id", format!("{PREFIX}ping-node-ban-{name}"))
                .with_attr("rsc-pattern", ".*")
                .with_attr("node", *name)
                .with_attr("score", "-INFINITY")
                .with_attr("resource-discovery", "never")
        });
        let mut children = constraints.children().to_vec();
        children.extend(bans.map(Arc::new));
        with_children(constraints, children)
    }
}

fn ping_nodes(cib: &Element) -> Vec<&str> {
    let section = cib.child("configuration").and_then(|c| c.child("nodes"));
    let nodes = section.into_iter().flat_map(|s| s.children_named("node"));
    nodes
        .filter(|node| node.attr("type") == Some("ping"))
        .filter_map(|node| node.attr("uname"))
        .collect()
}

fn promotable_clone(master: &Element) -> Element {
    let id = master.id().unwrap_or_default();
    let id = format!("{PREFIX}promotable-legacy-{id}-meta_attributes");
    let block = Element::new("meta_attributes")
        .with_attr("id", &*id)
        .with_attr("score", "INFINITY")
        .with_child(pair(&format!("{id}-promotable"), "promotable", "true"));
    let mut clone = renamed(master, "clone");
    clone.insert_child(0, block);
    clone
}

/// A constraint for each rule, and without a `lifetime`: its rules become part of the rule.
fn locations(location: &Arc<Element>) -> Vec<Arc<Element>> {
    let rules: Vec<&Arc<Element>> = location.children_named("rule").collect();
    if rules.len() < 2 {
        return vec![without_lifetime(location)];
    }
    let id = location.id().unwrap_or_default();
    let only = |number: usize, rule: &Arc<Element>| {
        let is_other = |child: &Arc<Element>| child.name() == "rule" && !Arc::ptr_eq(child, rule);
        let children = location.children().iter().filter(|c| !is_other(c));
        let one = with_children(location, children.cloned().collect());
        without_lifetime(&with_attr(&one, "id", &format!("{PREFIX}{id}-{number}")))
    };
    (1..).zip(rules).map(|(n, rule)| only(n, rule)).collect()
}

fn without_lifetime(location: &Arc<Element>) -> Arc<Element> {
    let Some(lifetime) = location.child("lifetime") else {
        return location.clone();
    };
    let id = location.id().unwrap_or_default();
    let limits: Vec<&Arc<Element>> = lifetime.children_named("rule").collect();
    let mut wrapper = Element::new("rule")
        .with_attr("id", format!("{PREFIX}{id}-lifetime-and-rule"))
        .with_attr("boolean-op", "and");
    // What the rule gives is that of the rule or the constraint it stands for.
    let rule = location.child("rule");
    let origin = rule.unwrap_or(location);
    for name in ["score", "score-attribute", "role"] {
        if let Some(value) = origin.attr(name) {
            wrapper.set_attr(name, value);
        }
    }
    match rule {
        Some(rule) => wrapper.push_child(rule.clone()),
        None => {
            let node = location.attr("node").unwrap_or_default();
            wrapper.push_child(
                Element::new("expression")
                    .with_attr("id", format!("{PREFIX}{id}-node-score-rule-expr"))
                    .with_attr("attribute", "#uname")
                    .with_attr("operation", "eq")
                    .with_attr("value", node),
            );
        }
    }
    match limits[..] {
        [] => {}
        [limit] => wrapper.push_child(limit.clone()),
        _ => wrapper.push_child(
            Element::new("rule")
                .with_attr("id", format!("{PREFIX}{id}-lifetime-or-rule"))
                .with_attr("boolean-op", "or")
                .with_children(limits.into_iter().cloned()),
        ),
    }
    let mut edited = Element::clone(location);
    edited.remove_attr("node");
    edited.remove_attr("score");
    edited
        .children_mut()
        .retain(|child| !matches!(child.name(), "rule" | "lifetime"));
    edited.push_child(wrapper);
    Arc::new(edited)
}
