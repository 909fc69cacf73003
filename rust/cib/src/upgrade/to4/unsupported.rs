//! Resources of kinds that are not supported any more, and what refers to them.

use std::collections::HashMap;

use pcmk_xml::Element;

use super::NOT_SUPPORTED;

/// What is dropped: agents of classes nagios and upstart, bundles of rkt containers, and groups and clones that
/// would be empty without those. For each id the reason.
pub(super) struct Unsupported<'a> {
    ids: HashMap<&'a str, &'static str>,
}

impl<'a> Unsupported<'a> {
    /// Those of a document.
    pub fn new(cib: &'a Element) -> Self {
        let resources = cib
            .child("configuration")
            .and_then(|c| c.child("resources"));
        let mut found = Unsupported {
            ids: HashMap::new(),
        };
        let Some(resources) = resources else {
            return found;
        };
        for template in resources.children_named("template") {
            if has_old_class(template) {
                found.note(template, "agents of its class are not supported any more");
            }
        }
        for resource in resources.children() {
            if resource.name() != "template" {
                found.collect(resource);
            }
        }
        found
    }

    fn note(&mut self, element: &'a Element, why: &'static str) {
        self.ids.extend(element.id().map(|id| (id, why)));
    }

    /// Notes what is dropped of a resource; true if it is dropped itself.
    fn collect(&mut self, resource: &'a Element) -> bool {
        let why = match resource.name() {
            "primitive" => {
                let of_template = |id: &str| self.ids.contains_key(id);
                let is_old =
                    has_old_class(resource) || resource.attr("template").is_some_and(of_template);
                is_old.then_some("agents of its class are not supported any more")
            }
            "group" | "clone" | "master" => {
                let inner = resource.children().iter();
                let inner = inner.filter(|e| matches!(e.name(), "primitive" | "group"));
                let kept = inner.map(|e| self.collect(e)).collect::<Vec<_>>();
                let is_empty = !kept.is_empty() && kept.into_iter().all(|dropped| dropped);
                is_empty.then_some("it would be empty")
            }
            "bundle" if resource.child("rkt").is_some() => {
                for inner in resource.children_named("primitive") {
                    self.note(inner, NOT_SUPPORTED);
                }
                Some("rkt is not supported any more")
            }
            "bundle" => {
                for inner in resource.children_named("primitive") {
                    self.collect(inner);
                }
                None
            }
            _ => None,
        };
        if let Some(why) = why {
            self.note(resource, why);
        }
        why.is_some()
    }

    /// Why an element is dropped: it is one of those, or refers to nothing but those. What is below it was looked at
    /// before.
    pub fn why_dropped(&self, element: &Element) -> Option<&'static str> {
        if self.ids.is_empty() {
            return None;
        }
        let named = |attr: &str| element.attr(attr).and_then(|id| self.ids.get(id)).copied();
        match element.name() {
            "primitive" | "template" | "group" | "clone" | "master" | "bundle" | "resource_ref" => {
                named("id")
            }
            "rsc_location" | "rsc_ticket" => named("rsc").or_else(|| has_no_members(element)),
            "rsc_colocation" => {
                let pair = named("rsc").or_else(|| named("with-rsc"));
                pair.or_else(|| has_no_members(element))
            }
            "rsc_order" => {
                let pair = named("first").or_else(|| named("then"));
                pair.or_else(|| has_no_members(element))
            }
            "resource_set" if element.attr("id-ref").is_none() => {
                let is_empty = element.children().is_empty();
                is_empty.then_some("it would be empty")
            }
            _ => None,
        }
    }
}

/// Whether all sets of a constraint were dropped.
fn has_no_members(constraint: &Element) -> Option<&'static str> {
    let names = ["rsc", "rsc-pattern", "with-rsc", "first", "then"];
    let has_any = constraint.child("resource_set").is_some()
        || names.iter().any(|name| constraint.attr(name).is_some());
    (!has_any).then_some("it would be empty")
}

fn has_old_class(element: &Element) -> bool {
    let class = element.attr("class").unwrap_or_default();
    ["nagios", "upstart"]
        .iter()
        .any(|old| old.eq_ignore_ascii_case(class))
}
