//! From schema 1 to 2: access control has targets with roles instead of users with rights.

use std::sync::Arc;

use pcmk_xml::Element;

use super::rewrite::{self, Rewriting, renamed};

/// The document in the spelling of schema 2.
pub(super) fn rewritten(cib: &Arc<Element>) -> Arc<Element> {
    match cib.child("configuration").and_then(|c| c.child("acls")) {
        Some(_) => rewrite::configuration(cib, &mut Version1),
        None => Arc::clone(cib),
    }
}

struct Version1;

impl Rewriting for Version1 {
    fn edit(&mut self, element: Arc<Element>, above: &[&str]) -> Vec<Arc<Element>> {
        match (above, element.name()) {
            ([_, "acls", ..], "role_ref") => vec![Arc::new(renamed(&element, "role"))],
            ([_, "acls", ..], "read" | "write" | "deny") => vec![Arc::new(permission(&element))],
            ([_, "acls"], "acl_user") => user(&element),
            _ => vec![element],
        }
    }
}

/// A right as a permission. A reference says enough without the name of the element; an attribute can accompany only
/// an element's name, and otherwise becomes part of the XPath.
fn permission(right: &Element) -> Element {
    let mut made = Element::new("acl_permission");
    if let Some(id) = right.id() {
        made.set_attr("id", id);
    }
    made.set_attr("kind", right.name());
    let attribute = right.attr("attribute");
    if let Some(reference) = right.attr("ref") {
        made.set_attr("reference", reference);
    } else if let Some(tag) = right.attr("tag") {
        made.set_attr("object-type", tag);
        if let Some(attribute) = attribute {
            made.set_attr("attribute", attribute);
        }
    } else {
        let xpath = right.attr("xpath").unwrap_or_default();
        let within = attribute.map(|name| format!("[@{name}]"));
        made.set_attr("xpath", format!("{xpath}{}", within.unwrap_or_default()));
    }
    made
}

/// A user as a target; rights of its own become a role.
fn user(user: &Element) -> Vec<Arc<Element>> {
    let mut target = renamed(user, "acl_target");
    let rights = |child: &Element| child.name() == "acl_permission";
    if !target.children().iter().any(|child| rights(child)) {
        return vec![Arc::new(target)];
    }
    let id = format!("auto-{}", user.id().unwrap_or_default());
    let role = Element::new("acl_role")
        .with_attr("id", &*id)
        .with_children(target.children().iter().filter(|c| rights(c)).cloned());
    target.retain_children(|child| !rights(child));
    target.push_child(Element::new("role").with_attr("id", id));
    vec![Arc::new(target), Arc::new(role)]
}
