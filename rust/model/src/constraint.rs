//! Constraints after templates, tags and sets are resolved.

use crate::{
    ColocationId, GateId, LocationId, NodeId, ProbeMode, Resource, RscId, RscState, Task, TicketId,
};
use bitflags::bitflags;
use pcmk_base::{IdVec, Role, Score, Text};
use std::cmp::Ordering;

/// A preference of a resource for nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Location {
    /// Id of the constraint, or of its rule.
    pub id: Text,
    /// Whose preference.
    pub rsc: RscId,
    /// Applies only when the resource is to have this role (`Promoted` or `Stopped`).
    pub role: Option<Role>,
    /// How it changes probing.
    pub probe: ProbeMode,
    /// Scores in node order.
    pub nodes: Vec<(NodeId, Score)>,
    /// From the configuration, not from node health.
    pub explicit: bool,
}

/// All location constraints. They apply in the reverse of the order of creation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Locations {
    /// In order of creation.
    pub table: IdVec<LocationId, Location>,
    /// Those of each resource, in order of creation.
    pub of: IdVec<RscId, Vec<LocationId>>,
}

impl Locations {
    /// Adds a constraint.
    pub fn push(&mut self, location: Location) -> LocationId {
        let rsc = location.rsc;
        let id = self.table.push(location);
        self.of[rsc].push(id);
        id
    }
}

/// A wish that one resource (the dependent) runs where another (the primary) runs, or does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Colocation {
    /// Id of the constraint or set, or a name that begins with `#` for an implied one.
    pub id: Text,
    /// The one that follows.
    pub dependent: RscId,
    /// The one that is followed.
    pub primary: RscId,
    /// How much; never zero.
    pub score: Score,
    /// Only while the dependent has this role.
    pub dependent_role: Option<Role>,
    /// Only with a primary of this role.
    pub primary_role: Option<Role>,
    /// Node attribute that has to be equal; absent means the node itself.
    pub node_attr: Option<Text>,
    /// The dependent's preferences may move an active primary.
    pub influence: bool,
    /// From the configuration, not implied.
    pub explicit: bool,
}

/// All colocations, and for each resource those it takes part in, in the order they count.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Colocations {
    /// In order of creation.
    pub table: IdVec<ColocationId, Colocation>,
    /// Those in which the resource is the dependent, sorted by primary.
    pub this_with: IdVec<RscId, Vec<ColocationId>>,
    /// Those in which the resource is the primary, sorted by dependent.
    pub with_this: IdVec<RscId, Vec<ColocationId>>,
}

/// Read access to what colocations are sorted by.
pub struct Rank<'a> {
    /// All resources.
    pub resources: &'a IdVec<RscId, Resource>,
    /// Their state, for the priority.
    pub states: &'a IdVec<RscId, RscState>,
}

impl Rank<'_> {
    /// The order of partners: higher priority, bigger variant, promotable, then id.
    pub fn compare(&self, a: RscId, b: RscId) -> Ordering {
        let key = |r: RscId| {
            let promotable =
                self.states[r].is(crate::RscFlags::PROMOTABLE) && self.resources[r].is_clone();
            (
                self.states[r].priority,
                self.resources[r].kind(),
                promotable,
            )
        };
        key(b)
            .cmp(&key(a))
            .then_with(|| self.resources[a].id.cmp(&self.resources[b].id))
    }
}

impl Colocations {
    /// Adds a colocation and sorts it into both lists; it goes before those it is equal to.
    pub fn insert(&mut self, colocation: Colocation, rank: &Rank<'_>) -> ColocationId {
        let (dependent, primary) = (colocation.dependent, colocation.primary);
        let id = self.table.push(colocation);
        let table = &self.table;
        let list = &mut self.this_with[dependent];
        let at = list.partition_point(|&c| rank.compare(table[c].primary, primary).is_lt());
        list.insert(at, id);
        let list = &mut self.with_this[primary];
        let at = list.partition_point(|&c| rank.compare(table[c].dependent, dependent).is_lt());
        list.insert(at, id);
        id
    }
}

bitflags! {
    /// What an ordering between two actions means. The kinds combine freely.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct OrderKinds: u32 {
        /// Only the order, if both are done.
        const ORDERED = 1;
        /// Not at the same time.
        const SERIALIZE = 1 << 1;
        /// First required: then required.
        const FIRST_IMPLIES_THEN = 1 << 2;
        /// The same, only for instances of then on first's node.
        const FIRST_IMPLIES_SAME_NODE_THEN = 1 << 3;
        /// Then required: first required (in practice: first loses migration with then).
        const THEN_IMPLIES_FIRST = 1 << 4;
        /// The same, only while then's resource is promoted.
        const PROMOTED_THEN_IMPLIES_FIRST = 1 << 5;
        /// Then not runnable or not migratable: first unrunnable; then required: first required.
        const UNMIGRATABLE_THEN_BLOCKS = 1 << 6;
        /// First unrunnable: then unrunnable.
        const UNRUNNABLE_FIRST_BLOCKS = 1 << 7;
        /// First unrunnable: then becomes a real, unmigratable action.
        const FIRST_ELSE_THEN = 1 << 8;
        /// A stop between restarts: propagates restarts.
        const INTERMEDIATE_STOP = 1 << 9;
        /// One of several of which a minimum must be runnable.
        const MIN_RUNNABLE = 1 << 10;
        /// First unrunnable: then required and unrunnable.
        const ASYMMETRIC = 1 << 11;
        /// As unrunnable-first-blocks, unless first's resource is active.
        const NESTED_REMOTE_PROBE = 1 << 12;
        /// Then required: first becomes optional.
        const THEN_CANCELS_FIRST = 1 << 13;
        /// Then required: first is put into the graph.
        const THEN_IMPLIES_FIRST_GRAPHED = 1 << 14;
        /// First required and runnable: then is put into the graph.
        const FIRST_IMPLIES_THEN_GRAPHED = 1 << 15;
        /// Only if both are on the same node.
        const IF_ON_SAME_NODE = 1 << 16;
        /// Only if both are on the same node, or first is on then's migration target.
        const IF_ON_SAME_NODE_OR_TARGET = 1 << 17;
        /// Only if both are on the same node and first is required.
        const IF_REQUIRED_ON_SAME_NODE = 1 << 18;
        /// Only if first is not part of a live migration.
        const IF_FIRST_UNMIGRATABLE = 1 << 19;
        /// Allowed between a guest's launcher and actions on the guest.
        const GUEST_ALLOWED = 1 << 20;
    }
}

/// One side of a configured ordering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderEnd {
    /// The action of a resource, with interval zero.
    Task(RscId, Task),
    /// A gate.
    Gate(GateId),
}

/// A configured ordering. The list of them is in order of creation, which is the order of application.
#[derive(Clone, Debug)]
pub struct Order {
    /// Id of the constraint or set.
    pub id: Text,
    /// What comes first.
    pub first: OrderEnd,
    /// What follows.
    pub then: OrderEnd,
    /// What it means.
    pub kinds: OrderKinds,
}

/// A pseudo-action that can run when enough of its predecessors can.
#[derive(Clone, Debug)]
pub struct Gate {
    /// `clone-one-or-more:ID` or `one-or-more:ID`.
    pub name: Text,
    /// How many are enough.
    pub required: u32,
}

/// A ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticket {
    /// Its id.
    pub id: Text,
    /// Held by this cluster.
    pub granted: bool,
    /// Held, and to be given up in good order.
    pub standby: bool,
    /// When it was last granted, epoch seconds.
    pub last_granted: Option<i64>,
    /// All recorded state.
    pub state: crate::Attrs,
}

/// What losing a ticket does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum LossPolicy {
    Stop,
    Demote,
    Freeze,
    Fence,
}

/// A resource that needs a ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct TicketDependency {
    /// Id of the constraint.
    pub id: Text,
    /// The ticket.
    pub ticket: TicketId,
    /// The resource.
    pub rsc: RscId,
    /// Only for this role.
    pub role: Option<Role>,
    /// What happens without it.
    pub loss: LossPolicy,
}
