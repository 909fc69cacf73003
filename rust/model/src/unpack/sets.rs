//! Resource sets of constraints, written out or standing for templates and tags.

use super::names::{Named, Names};
use super::reader::Reader;
use crate::codes;
use pcmk_base::{Entity, Level, Text, parse_bool};
use pcmk_xml::Element;

/// A set of a constraint, with templates and tags replaced by their members.
#[derive(Debug)]
pub(super) struct Set {
    /// Empty if it has none.
    pub id: Text,
    /// Ids of its members.
    pub members: Vec<Text>,
    attrs: Vec<(Text, Text)>,
}

/// An attribute of a constraint that names a resource, template or tag.
#[derive(Clone, Copy)]
pub(super) struct Side {
    pub name: &'static str,
    /// The attribute that goes along with it, and its name in a set.
    pub setting: (&'static str, &'static str),
}

impl Set {
    /// An attribute of the set.
    pub fn attr(&self, name: &str) -> Option<&str> {
        let found = self.attrs.iter().find(|(n, _)| **n == *name);
        found.map(|(_, value)| &**value)
    }

    /// An attribute of the set, if it is a boolean.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        self.attr(name).and_then(parse_bool)
    }

    fn of(element: &Element) -> Set {
        let attrs = element.attrs();
        Set {
            id: element.id().unwrap_or_default().into(),
            members: references(element).map(Text::from).collect(),
            attrs: attrs.map(|(n, v)| (n.into(), v.into())).collect(),
        }
    }
}

/// The sets of a constraint; empty if it has the simple form, and `None`, with a diagnostic, if it is to be
/// ignored.
///
/// A template or tag in the simple form makes a set that is not sequential of each side that names one, and of
/// the other side a set of one. `both` says whether both sides may be templates or tags. A set that cannot be
/// resolved ends the list, with a diagnostic.
pub(super) fn read(
    reader: &mut Reader<'_>,
    names: &Names,
    constraint: &Element,
    sides: &[Side],
    both: bool,
) -> Option<Vec<Set>> {
    let elements: Vec<&Element> = constraint
        .children_named("resource_set")
        .map(|set| &**set)
        .collect();
    if elements.is_empty() {
        return from_sides(reader, names, constraint, sides, both);
    }
    let id = constraint.id().unwrap_or_default();
    let mut sets = Vec::new();
    for element in &elements {
        let Some(resolved) = reader.references.resolve(element) else {
            let entity = Entity::Constraint(id.to_owned());
            let reference = element.attr("id-ref").unwrap_or_default();
            let fields = [("id-ref", reference)];
            reader.report(Level::Error, codes::INVALID_ID_REF, entity, &fields);
            break;
        };
        let set = Set::of(resolved);
        if !reader.spend(set.members.len() as u64) {
            return None;
        }
        sets.push(set);
    }
    // A set that only refers to another is not looked into; and with one invalid name nothing is replaced.
    let expanded: Option<Vec<Vec<Text>>> = sets
        .iter()
        .zip(&elements)
        .map(|(set, element)| match element.attr("id-ref") {
            Some(_) => Some(set.members.clone()),
            None => expand(reader, names, id, &set.members),
        })
        .collect();
    for (set, members) in sets.iter_mut().zip(expanded.unwrap_or_default()) {
        set.members = members;
    }
    Some(sets)
}

fn references(set: &Element) -> impl Iterator<Item = &str> {
    let references = set.children_named("resource_ref");
    references.map(|reference| reference.id().unwrap_or_default())
}

fn expand(
    reader: &mut Reader<'_>,
    names: &Names,
    constraint: &str,
    members: &[Text],
) -> Option<Vec<Text>> {
    let mut expanded = Vec::with_capacity(members.len());
    for name in members {
        match names.find(reader, constraint, name)? {
            Named::Resource => expanded.push(name.clone()),
            Named::Members(members) if reader.spend(members.len() as u64) => {
                expanded.extend(members);
            }
            Named::Members(_) => return None,
        }
    }
    Some(expanded)
}

fn from_sides(
    reader: &mut Reader<'_>,
    names: &Names,
    constraint: &Element,
    sides: &[Side],
    both: bool,
) -> Option<Vec<Set>> {
    let id = constraint.id().unwrap_or_default();
    let mut found = Vec::new();
    for side in sides {
        let Some(name) = constraint.attr(side.name) else {
            return Some(Vec::new());
        };
        found.push((side, name, names.find(reader, id, name)?));
    }
    let is_list = |named: &Named| matches!(named, Named::Members(_));
    let lists = found.iter().filter(|(_, _, named)| is_list(named)).count();
    if lists == 0 {
        return Some(Vec::new());
    }
    if lists > 1 && !both {
        let entity = Entity::Constraint(id.to_owned());
        reader.sink.error(codes::CONSTRAINT_TWO_TAGS, entity);
        return None;
    }
    let mut sets = Vec::new();
    for (side, name, named) in found {
        let (setting, moved_as) = side.setting;
        let mut attrs: Vec<(Text, Text)> = Vec::new();
        if is_list(&named) {
            attrs.push(("sequential".into(), "false".into()));
        }
        if let Some(value) = constraint.attr(setting) {
            attrs.push((moved_as.into(), value.into()));
        }
        let members = match named {
            Named::Resource => vec![Text::from(name)],
            Named::Members(members) => members,
        };
        if !reader.spend(members.len() as u64) {
            return None;
        }
        sets.push(Set {
            id: name.into(),
            members,
            attrs,
        });
    }
    Some(sets)
}
