//! Constraints, in document order.

use super::names::Names;
use super::reader::{Reader, element_entity};
use super::{colocation, location, order_loops, ordering, tickets};
use crate::codes;
use pcmk_base::{Entity, Level, Role};

/// Reads the `constraints` section. The status must have been read: it can rename instances, make removed
/// resources, and tell the state of tickets.
pub(super) fn read(reader: &mut Reader<'_>) {
    let Some(section) = reader.configuration("constraints") else {
        return;
    };
    let names = Names::new(&reader.model);
    let mut orders = ordering::Orders::default();
    for element in section.children() {
        if reader.is_exhausted() {
            return;
        }
        if element.id().is_none_or(str::is_empty) {
            let entity = element_entity(element);
            reader.sink.error(codes::WITHOUT_ID, entity);
            continue;
        }
        match element.name() {
            "rsc_location" => location::read(reader, &names, element),
            "rsc_colocation" => colocation::read(reader, &names, element),
            "rsc_order" => orders.read(reader, &names, element),
            "rsc_ticket" => tickets::read(reader, &names, element),
            other => {
                let fields = [("element", other)];
                let code = codes::UNKNOWN_CONSTRAINT;
                reader.report(Level::Error, code, element_entity(element), &fields);
            }
        }
    }
    order_loops::report(reader);
}

/// Reports a value that is not valid.
pub(super) fn invalid(reader: &mut Reader<'_>, constraint: &str, name: &str, value: &str) {
    let entity = Entity::Constraint(constraint.to_owned());
    let fields = [("name", name), ("value", value)];
    reader.report(Level::Error, codes::CONSTRAINT_VALUE, entity, &fields);
}

/// Reports an attribute or value that is deprecated.
pub(super) fn old_language(reader: &mut Reader<'_>, constraint: &str, name: &str) {
    reader.old_language(Entity::Constraint(constraint.to_owned()), name);
}

/// The role a constraint is restricted to; `Started` is none. `None`, with a diagnostic, if it is not a role.
pub(super) fn role(
    reader: &mut Reader<'_>,
    constraint: &str,
    text: Option<&str>,
) -> Option<Option<Role>> {
    let Some(text) = text else {
        return Some(None);
    };
    if Role::is_old_name(text) {
        old_language(reader, constraint, text);
    }
    match Role::parse(text) {
        Some(Role::Started) => Some(None),
        None | Some(Role::Unknown) => {
            invalid(reader, constraint, "role", text);
            None
        }
        role => Some(role),
    }
}
