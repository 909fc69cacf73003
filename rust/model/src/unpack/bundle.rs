//! Bundles.

use super::reader::Reader;
use crate::{Bundle, RscId, codes};
use pcmk_base::Entity;
use pcmk_xml::Element;

/// What the container element says, before anything is made of it.
pub(super) fn settings(_xml: &Element) -> Bundle {
    Bundle {
        agent: "".into(),
        image: "".into(),
        inner: None,
        replicas: Vec::new(),
        per_host: 1,
        promoted_max: 0,
    }
}

/// Drops the bundle, with a diagnostic.
pub(super) fn read_replicas(reader: &mut Reader<'_>, rsc: RscId) -> Option<()> {
    let entity = Entity::Resource(reader.model.resources[rsc].id.to_string());
    reader.sink.error(codes::BUNDLES_NOT_SUPPORTED, entity);
    None
}
