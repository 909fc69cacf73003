//! Resources that are known from history only.

use super::reader::Reader;
use super::{launchers, remote, resources};
use crate::{NodeFlags, RscFlags, RscId, Source};
use pcmk_base::Score;
use pcmk_xml::Element;
use std::sync::Arc;

/// Makes a top-level primitive, marked as removed, of the attributes of a history entry, with resource
/// defaults and default scores. It is banned everywhere, or not managed if removed resources are not to be
/// stopped. The node of a remote connection is made if needed and is shutting down. `None`, with diagnostics,
/// if the entry has no id.
pub(super) fn create_removed(reader: &mut Reader<'_>, entry: &Element) -> Option<RscId> {
    let mut xml = Element::new("primitive");
    xml.copy_attrs(entry);
    let rsc = resources::create(reader, &Arc::new(xml), None, None)?;
    if reader.model.states[rsc].is(RscFlags::REMOTE_CONNECTION) {
        let name = reader.model.resources[rsc].id.clone();
        remote::ensure_node(reader, &name);
        launchers::connect_node(reader, rsc);
        if let Some(node) = reader.model.node_named(&name) {
            reader.model.node_states[node].flags |= NodeFlags::SHUTDOWN;
        }
    }
    let flags = &mut reader.model.states[rsc].flags;
    flags.set(
        RscFlags::REMOVED_LAUNCHED,
        entry.attr("container").is_some(),
    );
    *flags |= RscFlags::REMOVED;
    if reader.model.options.stop_removed_resources {
        reader
            .model
            .add_score_everywhere(rsc, Score::MINUS_INFINITY, Source::Removed);
    } else {
        *flags -= RscFlags::MANAGED;
    }
    reader.model.top.push(rsc);
    Some(rsc)
}
