//! From schema 3 to 4: ping nodes, masters, rules of location constraints, and what is not supported any more.

mod blocks;
mod copies;
mod lifetimes;
mod locations;
mod unsupported;

use std::sync::Arc;

use pcmk_xml::Element;

use super::dropped;
use super::permissions::{self, Replaced};
use super::rewrite::{self, Rewriting, pair, renamed, with_attr, with_children};
use unsupported::Unsupported;

/// What ids of elements that come with this step begin with.
const PREFIX: &str = "pcmk__3_10_upgrade-";

const NOT_SUPPORTED: &str = "it is not supported any more";

/// The document in the spelling of schema 4.
pub(super) fn rewritten(cib: &Arc<Element>, notes: &mut Vec<String>) -> Arc<Element> {
    // Definitions may get lost or come twice, so references are copies meanwhile.
    let resolved = copies::resolved(cib);
    let has_copies = !Arc::ptr_eq(&resolved, cib);
    let mut rewriting = Version3 {
        unsupported: Unsupported::new(&resolved),
        ping_nodes: ping_nodes(&resolved),
        replaced: Replaced::new(),
        former_rules: Vec::new(),
        notes,
    };
    let mut new = rewrite::configuration(&resolved, &mut rewriting);
    let Version3 {
        replaced,
        former_rules,
        ..
    } = rewriting;
    if has_copies || !replaced.is_empty() {
        new = lifetimes::with_former_rules(new, &former_rules);
        new = copies::restored(&new);
    }
    permissions::mended(cib, new, &replaced, notes)
}

struct Version3<'a, 'n> {
    unsupported: Unsupported<'a>,
    ping_nodes: Vec<&'a str>,
    /// Location constraints that are several now.
    replaced: Replaced,
    /// Rules that limited other constraints.
    former_rules: Vec<Arc<Element>>,
    notes: &'n mut Vec<String>,
}

impl Rewriting for Version3<'_, '_> {
    fn edit(&mut self, element: Arc<Element>, above: &[&str]) -> Vec<Arc<Element>> {
        if let Some(why) = self.unsupported.why_dropped(&element) {
            if matches!(above, [_, "resources", ..]) {
                let note = dropped(element.name(), element.id(), why);
                self.notes.push(note);
            }
            return Vec::new();
        }
        let element = blocks::in_order(element);
        let edited = match element.name() {
            "nvpair" => match self.pair(&element, above) {
                Some(edited) => edited,
                None => return Vec::new(),
            },
            "cluster_property_set" | "instance_attributes" | "meta_attributes" | "utilization" => {
                blocks::without_shadowed(&element)
            }
            "node" if element.attr("type") == Some("ping") => with_attr(&element, "type", "member"),
            "master" => Arc::new(promotable_clone(&element)),
            "docker" | "podman" => match element.attr("masters") {
                Some(masters) => Arc::new(promoted_max(&element, masters)),
                None => element,
            },
            "date_spec" if element.attr("moon").is_some() => {
                self.notes
                    .push(dropped("moon of date_spec", element.id(), NOT_SUPPORTED));
                let mut edited = Element::clone(&element);
                edited.remove_attr("moon");
                Arc::new(edited)
            }
            "fencing-level" if is_above_nine(&element) => {
                let why = "the last level is 9";
                self.notes.push(dropped("fencing-level", element.id(), why));
                return Vec::new();
            }
            "rsc_location" => return self.location(&element),
            "rsc_colocation" | "rsc_order" => self.without_lifetime(element),
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

impl Version3<'_, '_> {
    fn pair(&mut self, element: &Arc<Element>, above: &[&str]) -> Option<Arc<Element>> {
        if element.attr("value").is_none() && element.attr("id-ref").is_none() {
            return None;
        }
        let name = element.attr("name").unwrap_or_default();
        let rename = |to: &str| Some(with_attr(element, "name", to));
        let mut lost = |why: &str| {
            self.notes.push(dropped(name, element.id(), why));
            None
        };
        match (above, name) {
            ([.., "cluster_property_set"], "crmd-finalization-timeout") => {
                rename("join-finalization-timeout")
            }
            ([.., "cluster_property_set"], "crmd-integration-timeout") => {
                rename("join-integration-timeout")
            }
            ([.., "cluster_property_set"], "crmd-transition-delay") => rename("transition-delay"),
            ([.., "cluster_property_set"], "remove-after-stop") => lost(NOT_SUPPORTED),
            ([.., "cluster_property_set"], "stonith-action")
                if element.attr("value") == Some("poweroff") =>
            {
                Some(with_attr(element, "value", "off"))
            }
            ([.., "op" | "op_defaults", "meta_attributes"], "can_fail" | "role_after_failure") => {
                lost("it is not supported any more; on-fail of the operation may do what is meant")
            }
            (
                [
                    ..,
                    "template" | "primitive" | "group" | "clone" | "master" | "bundle"
                    | "rsc_defaults",
                    "meta_attributes",
                ],
                "restart-type",
            ) => {
                lost("it is not supported any more; kind of order constraints may do what is meant")
            }
            _ => Some(element.clone()),
        }
    }

    fn location(&mut self, location: &Arc<Element>) -> Vec<Arc<Element>> {
        let parts = locations::by_rule(location);
        if let (Some(id), [_, _, ..]) = (location.id(), &parts[..]) {
            let ids = parts.iter().filter_map(|part| part.id().map(str::to_owned));
            self.replaced.insert(id.to_owned(), ids.collect());
        }
        parts.iter().map(lifetimes::as_rules).collect()
    }

    fn without_lifetime(&mut self, constraint: Arc<Element>) -> Arc<Element> {
        let Some(lifetime) = constraint.child("lifetime") else {
            return constraint;
        };
        let why = "lifetimes are not supported any more, so its rules don't limit it";
        let what = "lifetime of constraint";
        self.notes.push(dropped(what, constraint.id(), why));
        self.former_rules
            .extend(lifetime.children_named("rule").cloned());
        let rest = constraint.children().iter();
        let rest = rest.filter(|child| child.name() != "lifetime").cloned();
        with_children(&constraint, rest.collect())
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

/// A container with `promoted-max` where it had `masters`.
fn promoted_max(container: &Element, masters: &str) -> Element {
    let mut made = Element::new(container.name());
    for (name, value) in container.attrs() {
        match name {
            "masters" => made.set_attr("promoted-max", masters),
            "promoted-max" => {}
            _ => made.set_attr(name, value),
        }
    }
    made.set_nodes(container.nodes());
    made
}

fn is_above_nine(level: &Element) -> bool {
    let index = level
        .attr("index")
        .and_then(|text| text.trim().parse::<u64>().ok());
    index.is_some_and(|index| index > 9)
}
