//! What counts as an element's own id.

use std::collections::HashSet;

use pcmk_xml::Element;

/// The id of an element, unless it names another one.
pub(super) fn own_id(element: &Element) -> Option<&str> {
    let names_another = matches!(
        element.name(),
        "resource_ref" | "obj_ref" | "role" | "role_ref"
    );
    element.id().filter(|_| !names_another)
}

/// All ids in the configuration of a document.
pub(super) fn own_ids(document: &Element) -> HashSet<&str> {
    let configuration = document.child("configuration").into_iter();
    let every = configuration.flat_map(|c| c.descendants());
    every.filter_map(|e| own_id(e)).collect()
}
