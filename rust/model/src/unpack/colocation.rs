//! Colocation constraints.

use super::constraints::{invalid, old_language, role};
use super::names::Names;
use super::reader::Reader;
use super::sets::{self, Set, Side};
use crate::{Colocation, Order, OrderEnd, OrderKinds, Rank, RscFlags, RscId, Task, codes};
use pcmk_base::{Diagnostic, Entity, Level, Role, Score, Text, parse_bool};
use pcmk_xml::Element;

const SIDES: [Side; 2] = [
    Side {
        name: "rsc",
        setting: ("rsc-role", "role"),
    },
    Side {
        name: "with-rsc",
        setting: ("with-rsc-role", "role"),
    },
];

/// Steps that a colocation or ordering takes from the budget.
pub(super) const RECORD_WORK: u64 = 50;

/// Reads an `rsc_colocation`.
pub(super) fn read(reader: &mut Reader<'_>, names: &Names, element: &Element) {
    let id = element.id().unwrap_or_default();
    let Some(sets) = sets::read(reader, names, element, &SIDES, false) else {
        return;
    };
    let score = match element.attr("score").map(|text| (text, reader.score(text))) {
        None => Score::ZERO,
        Some((_, Some(score))) => score,
        Some((text, None)) => return invalid(reader, id, "score", text),
    };
    let constraint = Constraint {
        id,
        score,
        influence: element.attr("influence"),
        names,
    };
    if sets.is_empty() {
        return constraint.read_simple(reader, element);
    }
    let mut previous: Option<&Set> = None;
    for set in &sets {
        if set.id.is_empty() {
            let entity = Entity::Constraint(id.to_owned());
            reader.sink.error(codes::SET_WITHOUT_ID, entity);
            continue;
        }
        constraint.read_set(reader, set);
        if let Some(previous) = previous {
            constraint.relate_sets(reader, previous, set);
        }
        previous = Some(set);
    }
}

struct Constraint<'c> {
    id: &'c str,
    score: Score,
    influence: Option<&'c str>,
    names: &'c Names,
}

impl Constraint<'_> {
    fn read_simple(&self, reader: &mut Reader<'_>, element: &Element) {
        let mut side = |name: &str| {
            let rsc = element.attr(name).unwrap_or_default();
            self.names.expect(reader, self.id, rsc)
        };
        let (Some(dependent), Some(primary)) = (side("rsc"), side("with-rsc")) else {
            return;
        };
        if element.attr("symmetrical").and_then(parse_bool) == Some(true) {
            let entity = Entity::Constraint(self.id.to_owned());
            let fields = [("name", "symmetrical")];
            let code = codes::CONSTRAINT_DEPRECATED;
            reader.report(Level::Warning, code, entity, &fields);
        }
        let roles = Roles {
            dependent: element.attr("rsc-role"),
            primary: element.attr("with-rsc-role"),
        };
        let wish = Wish {
            id: self.id,
            score: self.score,
            influence: self.influence(reader, dependent),
            node_attr: element.attr("node-attribute"),
        };
        add(reader, &wish, dependent, primary, roles);
    }

    /// The attribute, else whether the resource is critical.
    fn influence(&self, reader: &mut Reader<'_>, rsc: RscId) -> bool {
        let given = self.influence.and_then(parse_bool);
        if let (Some(text), None) = (self.influence, given) {
            invalid(reader, self.id, "influence", text);
        }
        given.unwrap_or_else(|| reader.model.states[rsc].is(RscFlags::CRITICAL))
    }

    /// Colocations within a set: each member with the one before it, or kept apart from all before it.
    fn read_set(&self, reader: &mut Reader<'_>, set: &Set) {
        let given = set.attr("score").map(|text| (text, reader.score(text)));
        let score = match given {
            None => self.score,
            Some((_, Some(score))) => score,
            Some((text, None)) => return invalid(reader, self.id, "score", text),
        };
        if score == Score::ZERO || set.boolean("sequential") == Some(false) {
            return;
        }
        let ordering = set.attr("ordering").unwrap_or("group");
        let with_previous = ordering.eq_ignore_ascii_case("group");
        if !with_previous {
            old_language(reader, self.id, "ordering");
        }
        let roles = Roles {
            dependent: set.attr("role"),
            primary: set.attr("role"),
        };
        let known = set.members.iter().map_while(|name| {
            let rsc = self.names.expect(reader, self.id, name)?;
            Some((name, rsc))
        });
        let members: Vec<(&Text, RscId)> = known.collect();
        for (place, &(_, rsc)) in members.iter().enumerate() {
            let wish = Wish {
                id: &set.id,
                score,
                influence: self.influence(reader, rsc),
                node_attr: None,
            };
            if score < Score::ZERO {
                // A collective that is there by the name of what it consists of is not found by its own, so all of the
                // set counts as before it. That is how the field reads it.
                let id = reader.model.resources[rsc].id.clone();
                for &(_, other) in members.iter().take_while(|(name, _)| **name != id) {
                    add(reader, &wish, rsc, other, roles);
                }
            } else if let Some(&(_, before)) = place.checked_sub(1).map(|at| &members[at]) {
                let (dependent, primary) = if with_previous {
                    (rsc, before)
                } else {
                    (before, rsc)
                };
                add(reader, &wish, dependent, primary, roles);
            }
        }
    }

    /// Colocations of one set with the next. A set that is sequential is represented by its first member as
    /// the dependent, and by its last as the primary.
    fn relate_sets(&self, reader: &mut Reader<'_>, dependents: &Set, primaries: &Set) {
        if self.score == Score::ZERO {
            return;
        }
        let roles = Roles {
            dependent: dependents.attr("role"),
            primary: primaries.attr("role"),
        };
        let mut first = dependents.members.iter().collect::<Vec<_>>();
        if dependents.boolean("sequential") != Some(false) {
            first.truncate(1);
        }
        let mut last = primaries.members.iter().collect::<Vec<_>>();
        if primaries.boolean("sequential") != Some(false) {
            last.drain(..last.len().saturating_sub(1));
        }
        for name in first {
            let Some(dependent) = self.names.expect(reader, self.id, name) else {
                continue;
            };
            let wish = Wish {
                id: self.id,
                score: self.score,
                influence: self.influence(reader, dependent),
                node_attr: None,
            };
            for name in &last {
                if let Some(primary) = self.names.expect(reader, self.id, name) {
                    add(reader, &wish, dependent, primary, roles);
                }
            }
        }
    }
}

/// What a colocation says apart from whom it is about.
struct Wish<'w> {
    id: &'w str,
    score: Score,
    influence: bool,
    node_attr: Option<&'w str>,
}

#[derive(Clone, Copy)]
struct Roles<'r> {
    dependent: Option<&'r str>,
    primary: Option<&'r str>,
}

fn add(
    reader: &mut Reader<'_>,
    wish: &Wish<'_>,
    dependent: RscId,
    primary: RscId,
    roles: Roles<'_>,
) {
    let Some(dependent_role) = role(reader, wish.id, roles.dependent) else {
        return;
    };
    let Some(primary_role) = role(reader, wish.id, roles.primary) else {
        return;
    };
    if dependent == primary {
        let entity = Entity::Constraint(wish.id.to_owned());
        let found = Diagnostic::new(Level::Warning, codes::COLOCATION_WITH_ITSELF, entity);
        // Once for a set in which a resource is over and over again.
        if reader.sink.as_slice().last() != Some(&found) {
            reader.sink.push(found);
        }
    }
    // Sorting it into long lists takes time too.
    let lists = &reader.model.colocations;
    let length = lists.this_with[dependent].len() + lists.with_this[primary].len();
    if wish.score == Score::ZERO || !reader.spend(RECORD_WORK + length as u64 / 32) {
        return;
    }
    let node_attr = wish.node_attr.filter(|name| *name != "#uname");
    let colocation = Colocation {
        id: wish.id.into(),
        dependent,
        primary,
        score: wish.score,
        dependent_role,
        primary_role,
        node_attr: node_attr.map(Text::from),
        influence: wish.influence,
        explicit: true,
    };
    let model = &mut reader.model;
    let rank = Rank {
        resources: &model.resources,
        states: &model.states,
    };
    model.colocations.insert(colocation, &rank);
    if wish.score == Score::MINUS_INFINITY {
        let dependent = (dependent, dependent_role);
        let primary = (primary, primary_role);
        leave_before_arrival(reader, wish.id, dependent, primary);
        leave_before_arrival(reader, wish.id, primary, dependent);
    }
}

/// One of two resources that may not be together leaves a node before the other arrives.
fn leave_before_arrival(
    reader: &mut Reader<'_>,
    id: &str,
    leaving: (RscId, Option<Role>),
    arriving: (RscId, Option<Role>),
) {
    let leave: &[Task] = match leaving.1 {
        Some(Role::Promoted) => &[Task::Demote],
        Some(Role::Unpromoted) => &[Task::Stop, Task::Promote],
        _ => &[Task::Stop],
    };
    let arrive: &[Task] = match arriving.1 {
        Some(Role::Promoted) => &[Task::Promote],
        Some(Role::Unpromoted) => &[Task::Start, Task::Demote],
        _ => &[Task::Start],
    };
    for &first in leave {
        for &then in arrive {
            reader.model.orders.push(Order {
                id: id.into(),
                first: OrderEnd::Task(leaving.0, first),
                then: OrderEnd::Task(arriving.0, then),
                kinds: OrderKinds::IF_REQUIRED_ON_SAME_NODE,
            });
        }
    }
}
