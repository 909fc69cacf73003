//! Ordering constraints.

use super::colocation::RECORD_WORK;
use super::constraints::{invalid, old_language};
use super::names::Names;
use super::reader::Reader;
use super::sets::{self, Set, Side};
use crate::{Gate, GateId, Order, OrderEnd, OrderKinds, RscId, Task, Variant, codes};
use pcmk_base::{Entity, Level, Score, Text, parse_bool};
use pcmk_xml::Element;
use rustc_hash::FxHashMap;

const SIDES: [Side; 2] = [
    Side {
        name: "first",
        setting: ("first-action", "action"),
    },
    Side {
        name: "then",
        setting: ("then-action", "action"),
    },
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mandatory,
    Optional,
    Serialize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// Only as stated.
    Asymmetric,
    /// As stated, and there is an inverse.
    Symmetric,
    /// The inverse.
    Inverse,
}

/// Gates by name. Never iterated.
#[derive(Default)]
pub(super) struct Orders {
    gates: FxHashMap<Text, GateId>,
}

impl Orders {
    /// Reads an `rsc_order`.
    pub fn read(&mut self, reader: &mut Reader<'_>, names: &Names, element: &Element) {
        let id = element.id().unwrap_or_default();
        let get = |name: &str| element.attr(name);
        let kind = kind(reader, id, get("kind"), get("score"));
        let symmetrical = get("symmetrical");
        let direction = direction(reader, id, kind, symmetrical.and_then(parse_bool));
        let Some(sets) = sets::read(reader, names, element, &SIDES, true) else {
            return;
        };
        let mut constraint = Constraint {
            id,
            kind,
            direction,
            symmetrical,
            names,
            gates: &mut self.gates,
        };
        if sets.is_empty() {
            constraint.read_simple(reader, element);
        } else {
            // A name that is not known ends the constraint.
            let _: Option<()> = constraint.read_sets(reader, &sets);
        }
    }
}

struct Constraint<'c> {
    id: &'c str,
    kind: Kind,
    direction: Direction,
    symmetrical: Option<&'c str>,
    names: &'c Names,
    gates: &'c mut FxHashMap<Text, GateId>,
}

impl Constraint<'_> {
    fn read_simple(&mut self, reader: &mut Reader<'_>, element: &Element) {
        let mut side = |name: &str| {
            let rsc = element.attr(name).unwrap_or_default();
            self.names.expect(reader, self.id, rsc)
        };
        let (Some(first), Some(then)) = (side("first"), side("then")) else {
            return;
        };
        let first_action = element.attr("first-action").unwrap_or("start");
        let then_action = element.attr("then-action").unwrap_or(first_action);
        let first_task = Task::of(first_action, &mut reader.model.names);
        let then_task = Task::of(then_action, &mut reader.model.names);
        let kinds = kinds(self.kind, first_task, self.direction);
        let minimum = self.minimum_instances(reader, first, element);
        if minimum == 0 {
            let first = OrderEnd::Task(first, first_task);
            self.push(reader, first, OrderEnd::Task(then, then_task), kinds);
        } else {
            let name = format!("clone-one-or-more:{}", self.id);
            let instances = reader.model.resources[first].children.clone();
            let gate = self.gate(reader, name, minimum, &instances, first_task);
            let kinds = kinds | OrderKinds::UNRUNNABLE_FIRST_BLOCKS;
            self.push(reader, gate, OrderEnd::Task(then, then_task), kinds);
        }
        if self.direction == Direction::Symmetric {
            let first = (first, self.invert(reader, first_task));
            let then = (then, self.invert(reader, then_task));
            self.push_inverse(reader, then, first);
        }
    }

    /// How many instances of a clone must be there first: `clone-min`, else one if `require-all` is set and not
    /// true; zero for all of it.
    fn minimum_instances(&self, reader: &mut Reader<'_>, first: RscId, element: &Element) -> u32 {
        let Variant::Clone(clone) = &reader.model.resources[first].variant else {
            return 0;
        };
        if let Some(minimum) = clone.min {
            return minimum;
        }
        let Some(all) = element.attr("require-all") else {
            return 0;
        };
        old_language(reader, self.id, "require-all");
        u32::from(parse_bool(all) != Some(true))
    }

    fn read_sets(&mut self, reader: &mut Reader<'_>, sets: &[Set]) -> Option<()> {
        let mut previous: Option<&Set> = None;
        for set in sets {
            self.read_set(reader, set)?;
            if let Some(previous) = previous {
                self.relate_sets(reader, previous, set, self.direction)?;
                if self.direction == Direction::Symmetric {
                    self.relate_sets(reader, set, previous, Direction::Inverse)?;
                }
            }
            previous = Some(set);
        }
        Some(())
    }

    /// Orderings within a set.
    fn read_set(&mut self, reader: &mut Reader<'_>, set: &Set) -> Option<()> {
        let members = self.resources(reader, &set.members)?;
        if members.len() == 1 {
            return Some(());
        }
        let own = (set.attr("kind"), set.attr("score"));
        let (set_kind, symmetry_kind) = match own {
            (Some(_), _) => {
                let own = kind(reader, self.id, own.0, own.1);
                (own, own)
            }
            // A score decides about the symmetry only.
            (None, Some(_)) => (self.kind, kind(reader, self.id, None, own.1)),
            (None, None) => (self.kind, self.kind),
        };
        let explicit = set
            .boolean("symmetrical")
            .or(self.symmetrical.map(|text| parse_bool(text) == Some(true)));
        let direction = direction(reader, self.id, symmetry_kind, explicit);
        let sequential = set
            .attr("sequential")
            .is_none_or(|text| parse_bool(text) == Some(true));
        let task = task(reader, set);
        let stated = kinds(set_kind, task, direction);
        let end = |rsc: RscId| OrderEnd::Task(rsc, task);
        if set_kind == Kind::Serialize {
            for (at, &member) in members.iter().enumerate() {
                for &later in &members[at + 1..] {
                    self.push(reader, end(member), end(later), stated);
                }
            }
        } else if sequential {
            for pair in members.windows(2) {
                self.push(reader, end(pair[0]), end(pair[1]), stated);
            }
        }
        if direction == Direction::Asymmetric || !sequential {
            return Some(());
        }
        let Some(inverse) = self.invert(reader, task) else {
            return Some(());
        };
        let inverted = kinds(set_kind, inverse, Direction::Inverse);
        for pair in members.windows(2) {
            let later = OrderEnd::Task(pair[1], inverse);
            self.push(reader, later, OrderEnd::Task(pair[0], inverse), inverted);
        }
        Some(())
    }

    /// Orderings of one set before another.
    fn relate_sets(
        &mut self,
        reader: &mut Reader<'_>,
        first: &Set,
        then: &Set,
        direction: Direction,
    ) -> Option<()> {
        let mut tasks = (task(reader, first), task(reader, then));
        if direction == Direction::Inverse {
            let inverted = (self.invert(reader, tasks.0), self.invert(reader, tasks.1));
            let (Some(first), Some(then)) = inverted else {
                return Some(());
            };
            tasks = (first, then);
        }
        let kinds = kinds(self.kind, tasks.0, direction);
        let firsts = self.resources(reader, &first.members)?;
        let thens = self.resources(reader, &then.members)?;
        let goes_down = matches!(tasks.0, Task::Stop | Task::Demote);
        if !goes_down && first.boolean("require-all") == Some(false) {
            let name = format!("one-or-more:{}", first.id);
            let gate = self.gate(reader, name, 1, &firsts, tasks.0);
            let kinds = kinds | OrderKinds::UNRUNNABLE_FIRST_BLOCKS;
            for then in thens {
                self.push(reader, gate, OrderEnd::Task(then, tasks.1), kinds);
            }
            return Some(());
        }
        let inverse = direction == Direction::Inverse;
        let firsts = representative(first, firsts, !inverse);
        let thens = representative(then, thens, inverse);
        for first in firsts {
            for &then in &thens {
                let first = OrderEnd::Task(first, tasks.0);
                self.push(reader, first, OrderEnd::Task(then, tasks.1), kinds);
            }
        }
        Some(())
    }

    fn resources(&self, reader: &mut Reader<'_>, members: &[Text]) -> Option<Vec<RscId>> {
        let mut found = Vec::with_capacity(members.len());
        for member in members {
            found.push(self.names.expect(reader, self.id, member)?);
        }
        Some(found)
    }

    /// The gate of this name, which waits for enough of these resources.
    fn gate(
        &mut self,
        reader: &mut Reader<'_>,
        name: String,
        required: u32,
        rscs: &[RscId],
        task: Task,
    ) -> OrderEnd {
        let name = Text::from(name);
        let gates = &mut reader.model.gates;
        let gate = *self
            .gates
            .entry(name.clone())
            .or_insert_with(|| gates.push(Gate { name, required: 0 }));
        gates[gate].required = required;
        let kinds = OrderKinds::MIN_RUNNABLE | OrderKinds::FIRST_IMPLIES_THEN_GRAPHED;
        for &rsc in rscs {
            let first = OrderEnd::Task(rsc, task);
            self.push(reader, first, OrderEnd::Gate(gate), kinds);
        }
        OrderEnd::Gate(gate)
    }

    fn push_inverse(
        &self,
        reader: &mut Reader<'_>,
        first: (RscId, Option<Task>),
        then: (RscId, Option<Task>),
    ) {
        if let ((first, Some(first_task)), (then, Some(then_task))) = (first, then) {
            let kinds = kinds(self.kind, then_task, Direction::Inverse);
            let first = OrderEnd::Task(first, first_task);
            self.push(reader, first, OrderEnd::Task(then, then_task), kinds);
        }
    }

    fn push(&self, reader: &mut Reader<'_>, first: OrderEnd, then: OrderEnd, kinds: OrderKinds) {
        if reader.spend(RECORD_WORK) {
            reader.model.orders.push(Order {
                id: self.id.into(),
                first,
                then,
                kinds,
            });
        }
    }

    fn invert(&self, reader: &mut Reader<'_>, task: Task) -> Option<Task> {
        let inverse = task.inverse();
        if inverse.is_none() {
            let entity = Entity::Constraint(self.id.to_owned());
            let name = task.name(&reader.model.names).to_owned();
            let fields = [("action", &*name)];
            let code = codes::CONSTRAINT_NOT_INVERTIBLE;
            reader.report(Level::Warning, code, entity, &fields);
        }
        inverse
    }
}

fn task(reader: &mut Reader<'_>, set: &Set) -> Task {
    let action = set.attr("action").unwrap_or("start");
    Task::of(action, &mut reader.model.names)
}

/// Between sets, one that is explicitly sequential is represented by the member nearest to the other.
fn representative(set: &Set, mut members: Vec<RscId>, last: bool) -> Vec<RscId> {
    if set.boolean("sequential") == Some(true) {
        if last {
            members.drain(..members.len().saturating_sub(1));
        } else {
            members.truncate(1);
        }
    }
    members
}

fn kind(reader: &mut Reader<'_>, id: &str, kind: Option<&str>, score: Option<&str>) -> Kind {
    match (kind, score) {
        (Some("Mandatory"), _) | (None, None) => Kind::Mandatory,
        (Some("Optional"), _) => Kind::Optional,
        (Some("Serialize"), _) => Kind::Serialize,
        (Some(other), _) => {
            invalid(reader, id, "kind", other);
            Kind::Mandatory
        }
        (None, Some(score)) => {
            old_language(reader, id, "score");
            match reader.score(score) {
                None | Some(Score::ZERO) => Kind::Optional,
                Some(_) => Kind::Mandatory,
            }
        }
    }
}

fn direction(reader: &mut Reader<'_>, id: &str, kind: Kind, explicit: Option<bool>) -> Direction {
    match (explicit, kind) {
        (Some(true), Kind::Serialize) => {
            invalid(reader, id, "symmetrical", "true");
            Direction::Asymmetric
        }
        (Some(false), _) | (None, Kind::Serialize) => Direction::Asymmetric,
        (Some(true) | None, _) => Direction::Symmetric,
    }
}

/// What an ordering means, by its kind, its first task and its direction.
fn kinds(kind: Kind, first: Task, direction: Direction) -> OrderKinds {
    let goes_up = matches!(first, Task::Start | Task::Promote | Task::MigrateFrom);
    match (kind, direction) {
        (Kind::Optional, _) => OrderKinds::ORDERED,
        (Kind::Serialize, _) => OrderKinds::SERIALIZE,
        (Kind::Mandatory, Direction::Asymmetric) => OrderKinds::ORDERED | OrderKinds::ASYMMETRIC,
        (Kind::Mandatory, Direction::Symmetric) if goes_up => {
            OrderKinds::ORDERED
                | OrderKinds::FIRST_IMPLIES_THEN
                | OrderKinds::UNRUNNABLE_FIRST_BLOCKS
        }
        (Kind::Mandatory, Direction::Symmetric) => {
            OrderKinds::ORDERED | OrderKinds::FIRST_IMPLIES_THEN
        }
        (Kind::Mandatory, Direction::Inverse) => {
            OrderKinds::ORDERED | OrderKinds::THEN_IMPLIES_FIRST
        }
    }
}
