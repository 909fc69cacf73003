//! Resources of kinds that are not supported any more, and what refers to them.

use pcmk_xml::Element;
use rustc_hash::FxHashSet;

/// Ids of resources and templates that are dropped: agents of classes nagios and upstart, bundles of rkt
/// containers, and groups and clones that would be empty without those.
pub(super) struct Unsupported<'a> {
    ids: FxHashSet<&'a str>,
}

impl<'a> Unsupported<'a> {
    /// Those of a document.
    pub fn new(cib: &'a Element) -> Self {
        let resources = cib
            .child("configuration")
            .and_then(|c| c.child("resources"));
        let mut found = Unsupported {
            ids: FxHashSet::default(),
        };
        let Some(resources) = resources else {
            return found;
        };
        for template in resources.children_named("template") {
            if has_old_class(template) {
                found.ids.extend(template.id());
            }
        }
        for resource in resources.children() {
            if resource.name() != "template" {
                found.collect(resource);
            }
        }
        found
    }

    /// Notes what is dropped of a resource; true if it is dropped itself.
    fn collect(&mut self, resource: &'a Element) -> bool {
        let dropped = match resource.name() {
            "primitive" => {
                has_old_class(resource)
                    || resource
                        .attr("template")
                        .is_some_and(|t| self.ids.contains(t))
            }
            "group" | "clone" | "master" => {
                let inner = resource.children().iter();
                let inner = inner.filter(|e| matches!(e.name(), "primitive" | "group"));
                let kept = inner.map(|e| self.collect(e)).collect::<Vec<_>>();
                !kept.is_empty() && kept.into_iter().all(|dropped| dropped)
            }
            "bundle" => resource.child("rkt").is_some(),
            _ => false,
        };
        if dropped {
            self.ids.extend(resource.id());
        }
        dropped
    }

    /// Whether an element is one of those, or refers to nothing but those.
    pub fn drops(&self, element: &Element) -> bool {
        if self.ids.is_empty() {
            return false;
        }
        let names = |attr: &str| element.attr(attr).is_some_and(|id| self.ids.contains(id));
        match element.name() {
            "primitive" | "template" | "group" | "clone" | "master" | "bundle" | "resource_ref"
            | "obj_ref" => names("id"),
            "rsc_location" | "rsc_ticket" => names("rsc"),
            "rsc_colocation" => names("rsc") || names("with-rsc"),
            "rsc_order" => names("first") || names("then"),
            // Its members were dropped before.
            "resource_set" => element.attr("id-ref").is_none() && element.children().is_empty(),
            _ => false,
        }
    }
}

fn has_old_class(element: &Element) -> bool {
    let class = element.attr("class").unwrap_or_default();
    ["nagios", "upstart"]
        .iter()
        .any(|old| old.eq_ignore_ascii_case(class))
}
