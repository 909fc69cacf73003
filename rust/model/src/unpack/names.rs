//! What names in constraints stand for.

use super::reader::Reader;
use crate::{Model, RscId, codes};
use pcmk_base::{Entity, Level, Text};
use rustc_hash::FxHashMap;

/// Resources by their ids and by the ids under which history knows them; whichever comes first in the list of
/// resources, parents before children. Never iterated.
pub(super) struct Names {
    known: FxHashMap<Text, RscId>,
}

/// What a name stands for.
pub(super) enum Named {
    Resource,
    /// Members of a template or tag, by id.
    Members(Vec<Text>),
}

impl Names {
    /// The names of a model whose status was read.
    pub fn new(model: &Model) -> Names {
        let mut known = FxHashMap::default();
        for &top in &model.top {
            for rsc in model.subtree(top) {
                let resource = &model.resources[rsc];
                known.entry(resource.id.clone()).or_insert(rsc);
                if let Some(id) = model.history_id(rsc) {
                    known.entry(id.clone()).or_insert(rsc);
                }
            }
        }
        Names { known }
    }

    /// The resource of this id. A resource that only history knows by it stands for the clone it is in.
    pub fn resource(&self, model: &Model, id: &str) -> Option<RscId> {
        let found = *self.known.get(id)?;
        if *model.resources[found].id == *id {
            Some(found)
        } else {
            Some(model.top_of(found))
        }
    }

    /// The resource, template or tag of this name; a diagnostic about the constraint if there is none or it
    /// has no members.
    pub fn find(&self, reader: &mut Reader<'_>, constraint: &str, name: &str) -> Option<Named> {
        let model = &reader.model;
        if self.resource(model, name).is_some() {
            return Some(Named::Resource);
        }
        let members = model.templates.get(name).or_else(|| model.tags.get(name));
        match members {
            Some(members) if !members.is_empty() => Some(Named::Members(members.clone())),
            Some(_) => {
                report(reader, constraint, name, Level::Notice, codes::EMPTY_TAG);
                None
            }
            None => {
                unknown(reader, constraint, name);
                None
            }
        }
    }

    /// The resource of this id; a diagnostic about the constraint if there is none.
    pub fn expect(&self, reader: &mut Reader<'_>, constraint: &str, id: &str) -> Option<RscId> {
        let found = self.resource(&reader.model, id);
        if found.is_none() {
            unknown(reader, constraint, id);
        }
        found
    }
}

fn unknown(reader: &mut Reader<'_>, constraint: &str, name: &str) {
    let code = codes::CONSTRAINT_REFERENCE;
    report(reader, constraint, name, Level::Error, code);
}

fn report(
    reader: &mut Reader<'_>,
    constraint: &str,
    name: &str,
    level: Level,
    code: pcmk_base::Code,
) {
    let entity = Entity::Constraint(constraint.to_owned());
    reader.report(level, code, entity, &[("name", name)]);
}
