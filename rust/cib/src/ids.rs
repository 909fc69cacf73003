//! Ids in use twice.

use std::collections::BTreeMap;

use pcmk_xml::{Element, Node};

use crate::error::{Error, Kind};
use crate::patchset::{Change, Patchset};

/// Refuses a change that gives an element an id which another one has.
///
/// Only created elements can bring such an id, so only their ids are looked up; what was wrong before is not
/// the change's fault. References (`obj_ref`, `resource_ref`, an ACL target's `role`) and the ids of nodes and ACL
/// targets are not ids in this sense, and neither is what an agent's history holds in the status section.
pub(crate) fn check_unique(cib: &Element, patchset: &Patchset) -> Result<(), Error> {
    let mut created: BTreeMap<&str, u32> = BTreeMap::new();
    for change in &patchset.changes {
        if let Change::Create {
            path,
            node: Node::Element(element),
            ..
        } = change
            && path.starts_with("/cib/configuration")
        {
            visit(element, &mut |id| {
                created.insert(id, 0);
            });
        }
    }
    if created.is_empty() {
        return Ok(());
    }
    visit(cib, &mut |id| {
        if let Some(count) = created.get_mut(id) {
            *count += 1;
        }
    });
    match created.into_iter().find(|(_, count)| *count > 1) {
        Some((id, _)) => Err(Error::new(
            Kind::Schema,
            format!("the id '{id}' is in use already"),
        )),
        None => Ok(()),
    }
}

fn visit<'a>(element: &'a Element, found: &mut impl FnMut(&'a str)) {
    let counts = !matches!(
        element.name(),
        "node"
            | "acl_target"
            | "obj_ref"
            | "resource_ref"
            | "role"
            | "role_ref"
            | "node_state"
            | "transient_attributes"
    );
    if let Some(id) = element.id().filter(|_| counts) {
        found(id);
    }
    for child in element.children() {
        if !matches!(child.name(), "lrm" | "tickets") {
            visit(child, found);
        }
    }
}
