//! Which kinds of clones an agent can be used in.

use super::reader::Reader;
use crate::{Primitive, RscFlags, RscId, Variant, codes};
use pcmk_base::{Entity, Level};

/// Settles a primitive below a clone. Only OCF agents can be promotable (else the resource cannot be used,
/// `None`), only those and fence devices unique (else the clone becomes anonymous).
pub(super) fn check_clone_support(reader: &mut Reader<'_>, rsc: RscId) -> Option<()> {
    let top = reader.model.top_of(rsc);
    let class = match &reader.model.resources[rsc].variant {
        Variant::Primitive(Primitive { agent, .. }) => agent.class.clone(),
        Variant::Group(_) | Variant::Clone(_) | Variant::Bundle(_) => return Some(()),
    };
    let is_ocf = class.eq_ignore_ascii_case("ocf");
    let can_be_unique = is_ocf || class.eq_ignore_ascii_case("stonith");
    let is_cloned = reader.model.resources[top].is_clone();
    let unique = reader.model.states[rsc].is(RscFlags::UNIQUE);
    if is_cloned && unique && !can_be_unique {
        let entity = Entity::Resource(reader.model.resources[top].id.to_string());
        let fields = [("agent", &*class)];
        reader.report(Level::Warning, codes::UNIQUE_NOT_SUPPORTED, entity, &fields);
        make_anonymous(reader, top, rsc);
    }
    if !is_ocf && reader.model.states[top].is(RscFlags::PROMOTABLE) {
        let entity = Entity::Resource(reader.model.resources[rsc].id.to_string());
        let fields = [("agent", &*class)];
        reader.report(
            Level::Error,
            codes::PROMOTABLE_NOT_SUPPORTED,
            entity,
            &fields,
        );
        return None;
    }
    Some(())
}

fn make_anonymous(reader: &mut Reader<'_>, clone: RscId, rsc: RscId) {
    let model = &mut reader.model;
    let nodes = u32::try_from(model.nodes.len()).unwrap_or(u32::MAX);
    if let Variant::Clone(spec) = &mut model.resource_mut(clone).variant {
        spec.node_max = 1;
        spec.max = spec.max.min(nodes);
    }
    let mut changed = model.subtree(clone);
    changed.push(rsc);
    for rsc in changed {
        model.states[rsc].flags -= RscFlags::UNIQUE;
        let meta = &mut model.resource_mut(rsc).meta;
        meta.set("globally-unique", "false");
    }
}
