//! Permissions of access control for elements that are replaced by others, or not there any more.

use std::collections::HashMap;
use std::sync::Arc;

use pcmk_xml::Element;

use super::ids::own_ids;
use super::rewrite::{self, Rewriting};

/// What selects nothing: a permission for what is not there stays, for others may refer to it.
const NOTHING: &str = "/*[false()]";

/// What became of elements that have other ids now.
pub(super) type Replaced = HashMap<String, Vec<String>>;

/// The rewritten document, in which permissions refer to what is in it.
pub(super) fn mended(
    old: &Arc<Element>,
    new: Arc<Element>,
    replaced: &Replaced,
    notes: &mut Vec<String>,
) -> Arc<Element> {
    if Arc::ptr_eq(old, &new) {
        return new;
    }
    let acls = new.child("configuration").and_then(|c| c.child("acls"));
    let Some(acls) = acls else {
        return new;
    };
    if acls
        .descendants()
        .any(|e| e.name() == "acl_permission" && e.attr("xpath").is_some())
    {
        notes.push(
            "The configuration changed: look whether access permissions by XPath still select what is meant".to_owned(),
        );
    }
    let known = own_ids(&new);
    let is_lost = |e: &Element| e.attr("reference").is_some_and(|id| !known.contains(id));
    if !acls.descendants().any(|e| is_lost(e)) {
        return new;
    }
    let mut mending = Permissions { is_lost, replaced };
    rewrite::configuration(&new, &mut mending)
}

struct Permissions<'a, L: Fn(&Element) -> bool> {
    is_lost: L,
    replaced: &'a Replaced,
}

impl<L: Fn(&Element) -> bool> Rewriting for Permissions<'_, L> {
    fn edit(&mut self, element: Arc<Element>, _above: &[&str]) -> Vec<Arc<Element>> {
        if element.name() != "acl_permission" || !(self.is_lost)(&element) {
            return vec![element];
        }
        let mut edited = Element::clone(&element);
        let id = edited.remove_attr("reference").unwrap_or_default();
        let ids = self.replaced.get(&*id).map_or(&[][..], Vec::as_slice);
        let xpath = match ids {
            [] => NOTHING.to_owned(),
            ids => {
                let each: Vec<_> = ids.iter().map(|id| format!("@id = '{id}'")).collect();
                format!("//*[{}]", each.join(" or "))
            }
        };
        edited.set_attr("xpath", xpath);
        vec![Arc::new(edited)]
    }
}
