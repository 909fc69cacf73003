//! The status of a cluster as XML elements, which say all that there is to say: for programs.

mod history;
mod nodes;
mod resources;
mod summary;

use super::StatusOptions;
use pcmk_model::{Model, RscId};
use pcmk_xml::Element;

/// What is shown, besides what the options say.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Names of sections: `stack`, `dc`, `times`, `counts`, `options`, `nodes`, `resources`, `attributes`,
    /// `operations`, `failcounts`, `failures`, `tickets`, `bans`.
    pub sections: &'a [&'a str],
    /// The time that the summary shows.
    pub now: &'a str,
    /// The node that tells all this.
    pub origin: &'a str,
    /// Only location constraints whose ids begin with this.
    pub ban_prefix: &'a str,
}

impl Document<'_> {
    fn has(&self, section: &str) -> bool {
        self.sections.contains(&section)
    }
}

/// The elements in the order in which programs expect them.
pub fn elements(model: &Model, document: Document, options: StatusOptions) -> Vec<Element> {
    let mut found = Vec::new();
    found.extend(summary::summary(model, document));
    if document.has("nodes") {
        found.push(nodes::nodes(model, options));
    }
    if document.has("resources") {
        found.push(resources::resources(model, options));
    }
    if document.has("attributes") {
        found.extend(nodes::attributes(model, options));
    }
    if document.has("operations") || document.has("failcounts") {
        found.extend(history::operations(
            model,
            options,
            document.has("operations"),
        ));
    }
    if document.has("failures") {
        found.extend(history::failures(model, options));
    }
    if document.has("tickets") {
        found.extend(history::tickets(model));
    }
    if document.has("bans") {
        found.extend(history::bans(model, options, document.ban_prefix));
    }
    found
}

/// The element of one resource with all that is in it.
pub fn one_resource(model: &Model, rsc: RscId) -> Element {
    resources::one(model, rsc, StatusOptions::everything())
}

fn yes(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// An element with attributes; those without a value are left out.
pub(crate) fn element(name: &'static str, attributes: &[(&'static str, Option<&str>)]) -> Element {
    let mut made = Element::new(name);
    for (name, value) in attributes {
        if let Some(value) = value {
            made.set_attr(*name, *value);
        }
    }
    made
}

/// The element, if there is anything in it.
fn unless_empty(element: Element) -> Option<Element> {
    (!element.children().is_empty()).then_some(element)
}
