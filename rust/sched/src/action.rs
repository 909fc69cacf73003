//! Actions: identity, flags, and the table of all of them.

use bitflags::bitflags;
use pcmk_base::{IdVec, IntervalMs, Score, Text, define_id};
use pcmk_model::{FenceOp, FenceReason, GateId, Model, NodeId, RscId, Task};
use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};
use std::sync::Arc;

define_id! {
    /// An action. Ids follow creation; the number in the graph is the position plus one.
    pub struct ActionId;
}

/// What an action is, apart from the node: the same key on two nodes is two actions.
///
/// Keys are values; their texts are made only when they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// `RSC_TASK_INTERVAL`. A cancel has the key of the operation it cancels.
    Op(RscId, Task, IntervalMs),
    /// `RSC_PHASE_notify_TASK_0`.
    Notify(RscId, NotifyPhase, Task),
    /// `stonith-NODE-OP`.
    Fence(NodeId, FenceOp),
    /// `do_shutdown-NODE`.
    Shutdown(NodeId),
    /// `maintenance_nodes`.
    MaintenanceNodes,
    /// `load_stopped_NODE`.
    LoadStopped(NodeId),
    /// `clone-one-or-more:ID` or `one-or-more:ID`.
    Gate(GateId),
}

/// Which part of a notification round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum NotifyPhase {
    Pre,
    ConfirmedPre,
    Post,
    ConfirmedPost,
}

impl NotifyPhase {
    /// The word in keys.
    pub const fn name(self) -> &'static str {
        match self {
            NotifyPhase::Pre => "pre",
            NotifyPhase::ConfirmedPre => "confirmed-pre",
            NotifyPhase::Post => "post",
            NotifyPhase::ConfirmedPost => "confirmed-post",
        }
    }
}

impl Key {
    /// The resource the action belongs to.
    pub const fn rsc(self) -> Option<RscId> {
        match self {
            Key::Op(rsc, _, _) | Key::Notify(rsc, _, _) => Some(rsc),
            Key::Fence(..)
            | Key::Shutdown(_)
            | Key::MaintenanceNodes
            | Key::LoadStopped(_)
            | Key::Gate(_) => None,
        }
    }

    /// The text of the key.
    pub fn text(self, model: &Model) -> String {
        let node = |n: NodeId| &model.nodes[n].name;
        match self {
            Key::Op(rsc, task, ms) => {
                format!(
                    "{}_{}_{ms}",
                    model.resources[rsc].id,
                    task.name(&model.names)
                )
            }
            Key::Notify(rsc, phase, task) => {
                let (id, task) = (&model.resources[rsc].id, task.name(&model.names));
                format!("{id}_{}_notify_{task}_0", phase.name())
            }
            Key::Fence(n, op) => format!("stonith-{}-{}", node(n), op.name()),
            Key::Shutdown(n) => format!("do_shutdown-{}", node(n)),
            Key::MaintenanceNodes => "maintenance_nodes".to_owned(),
            Key::LoadStopped(n) => format!("load_stopped_{}", node(n)),
            Key::Gate(gate) => model.gates[gate].name.to_string(),
        }
    }
}

bitflags! {
    /// Yes/no facts of an action.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct ActionFlags: u16 {
        /// Not needed. An action without it is called required.
        const OPTIONAL = 1;
        /// Can be carried out.
        const RUNNABLE = 1 << 1;
        /// Nobody carries it out.
        const PSEUDO = 1 << 2;
        /// Part of a live migration.
        const MIGRATABLE = 1 << 3;
        /// Goes into the graph even if optional.
        const FORCE_GRAPH = 1 << 4;
        /// The stop at the source of a migration that is given up.
        const MIGRATION_ABORT = 1 << 5;
        /// A recurring operation whose definition changed.
        const RESCHEDULE = 1 << 6;
        /// Carried out by the DC, so the node need not be online.
        const ON_DC = 1 << 7;
        /// A cancel that was the operation itself before, and keeps what is configured for that.
        const WAS_OPERATION = 1 << 8;
    }
}

/// What must hold before an action may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Needs {
    Nothing,
    Quorum,
    Fencing,
}

/// What made an action lose a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// It lost `RUNNABLE`.
    Unrunnable,
    /// It lost `MIGRATABLE`.
    Unmigrateable,
    /// It lost `OPTIONAL`.
    Required,
}

/// Why an action is what it is, for those who read plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the texts say it
pub enum Reason {
    NodeAvailability,
    MultiplyActive,
    DefinitionChange,
    NoQuorum,
    QuorumFreeze,
    /// A mandatory colocation's primary cannot run.
    ColocationWith(RscId),
    /// Another action of a different resource.
    Because(Word, ActionId),
    /// A node is fenced.
    Fence(FenceReason),
}

/// One action.
#[derive(Clone, Debug)]
pub struct Action {
    /// What it is.
    pub key: Key,
    /// What it does; a cancelled operation keeps its key and gets the task cancel.
    pub task: Task,
    /// Where. An action made without a node takes that of the first request that has one.
    pub node: Option<NodeId>,
    /// Yes/no facts.
    pub flags: ActionFlags,
    /// What must hold.
    pub needs: Needs,
    /// Own priority; infinity for completed collective actions and post notifications.
    pub priority: Score,
    /// Result that counts as success, if not the usual.
    pub expected_rc: Option<u8>,
    /// Gate: how many of its predecessors were seen runnable in this round, and how many are needed.
    pub gate: (u32, u32),
    /// Why.
    pub reason: Option<Reason>,
    /// Meta-attributes set by passes, later ones winning. Those of the operation's configuration are
    /// evaluated only when the action is written into the graph.
    pub meta: Vec<(&'static str, Text)>,
    /// Further meta-attributes: what notifications tell, which is the same for many actions.
    pub told: Option<Arc<Told>>,
}

/// What agents are told of the changes of a clone.
pub type Told = [(&'static str, Text)];

impl Action {
    /// The resource it belongs to.
    #[inline]
    pub const fn rsc(&self) -> Option<RscId> {
        self.key.rsc()
    }

    /// Whether all of these facts hold.
    #[inline]
    pub const fn is(&self, flags: ActionFlags) -> bool {
        self.flags.contains(flags)
    }

    /// Not optional.
    #[inline]
    pub const fn is_required(&self) -> bool {
        !self.flags.contains(ActionFlags::OPTIONAL)
    }

    /// Can be carried out.
    #[inline]
    pub const fn is_runnable(&self) -> bool {
        self.flags.contains(ActionFlags::RUNNABLE)
    }

    /// The interval of a recurring operation (or of the cancelled one), zero otherwise.
    pub const fn interval(&self) -> IntervalMs {
        match self.key {
            Key::Op(_, _, interval) => interval,
            _ => 0,
        }
    }

    /// A monitor that does not recur.
    pub fn is_probe(&self) -> bool {
        self.task == Task::Monitor && self.interval() == 0
    }

    /// For a cancel, the task that is cancelled.
    pub fn cancelled_task(&self) -> Option<Task> {
        match self.key {
            Key::Op(_, task, _) if self.task == Task::Cancel => Some(task),
            _ => None,
        }
    }

    /// Sets a meta-attribute, in place of one of that name that a pass set before.
    pub fn set_meta(&mut self, name: &'static str, value: impl Into<Text>) {
        let value = value.into();
        match self.meta.iter_mut().find(|(n, _)| *n == name) {
            Some((_, known)) => *known = value,
            None => self.meta.push((name, value)),
        }
    }

    /// All meta-attributes set by passes. What was told comes first, as it wins.
    pub fn all_meta(&self) -> impl Iterator<Item = (&'static str, &Text)> {
        let told = self.told.iter().flat_map(|told| told.iter());
        told.chain(&self.meta).map(|(name, value)| (*name, value))
    }

    /// A meta-attribute set by a pass.
    pub fn meta(&self, name: &str) -> Option<&str> {
        let mut all = self.all_meta();
        all.find(|(n, _)| *n == name).map(|(_, value)| &**value)
    }
}

/// Actions with the same key, in order of creation.
pub type Same = SmallVec<[ActionId; 2]>;

type Keys = Vec<(Key, Same)>;

/// All actions of a plan.
#[derive(Clone, Debug, Default)]
pub struct Actions {
    table: IdVec<ActionId, Action>,
    /// Actions of each resource by key. These are few, and what is done to a resource goes on with it, so looking
    /// through them touches less memory than a table of all keys.
    by_key: IdVec<RscId, Keys>,
    /// Those of no resource.
    without_rsc: FxHashMap<Key, Same>,
    /// Actions of each resource, in order of creation.
    of_rsc: IdVec<RscId, Vec<ActionId>>,
    /// Counts what may have changed an action.
    changes: u64,
    /// Flags of collectives' actions as computed for a node, and after how many changes that was.
    computed: FxHashMap<(ActionId, Option<NodeId>), (u64, ActionFlags)>,
}

impl Actions {
    /// No actions, for this many resources.
    pub fn new(resources: usize) -> Actions {
        Actions {
            by_key: IdVec::filled(Vec::new(), resources),
            of_rsc: IdVec::filled(Vec::new(), resources),
            ..Actions::default()
        }
    }

    /// Adds an action.
    pub fn push(&mut self, action: Action) -> ActionId {
        self.changes += 1;
        let (key, rsc) = (action.key, action.rsc());
        let id = self.table.push(action);
        let Some(rsc) = rsc else {
            self.without_rsc.entry(key).or_default().push(id);
            return id;
        };
        self.of_rsc[rsc].push(id);
        let keys = &mut self.by_key[rsc];
        match keys.iter_mut().find(|(known, _)| *known == key) {
            Some((_, same)) => same.push(id),
            None => keys.push((key, smallvec![id])),
        }
        id
    }

    /// Number of actions.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// All ids, newest first: the order of every loop over all actions.
    pub fn newest_first(&self) -> impl Iterator<Item = ActionId> + use<> {
        self.table.ids().rev()
    }

    /// All actions in order of creation.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (ActionId, &Action)> {
        self.table.iter()
    }

    /// Actions of a resource in order of creation; reverse it for loops that go newest first.
    #[inline]
    pub fn of(&self, rsc: RscId) -> &[ActionId] {
        &self.of_rsc[rsc]
    }

    /// Actions with this key on any node, in order of creation.
    pub fn with_key(&self, key: Key) -> &[ActionId] {
        let same = match key.rsc() {
            Some(rsc) => {
                let mut keys = self.by_key[rsc].iter();
                keys.find(|(known, _)| *known == key).map(|(_, same)| same)
            }
            None => self.without_rsc.get(&key),
        };
        same.map(SmallVec::as_slice).unwrap_or_default()
    }

    /// The newest action of a resource with this task, on this node if one is given. An action without a
    /// node does not match a given node.
    #[inline]
    pub fn newest(&self, rsc: RscId, task: Task, node: Option<NodeId>) -> Option<ActionId> {
        self.of_rsc[rsc].iter().rev().copied().find(|&id| {
            let action = &self.table[id];
            action.task == task && (node.is_none() || action.node == node)
        })
    }

    /// Actions with this key that are on this node, in order of creation. With a node given, an action
    /// that has none yet is put on it.
    pub fn claim(&mut self, key: Key, node: Option<NodeId>) -> Same {
        let mut found = SmallVec::from_slice(self.with_key(key));
        found.retain(|&mut id| {
            let action = &mut self.table[id];
            if action.node.is_none() && node.is_some() {
                action.node = node;
                self.changes += 1;
            }
            node.is_none() || action.node == node
        });
        found
    }

    /// Gives an action flags. It is no change to an action that has them.
    pub fn give(&mut self, id: ActionId, flags: ActionFlags) {
        if !self[id].is(flags) {
            self[id].flags |= flags;
        }
    }

    /// Takes flags from an action. It is no change to an action that has none of them.
    pub fn take(&mut self, id: ActionId, flags: ActionFlags) {
        if self[id].flags.intersects(flags) {
            self[id].flags -= flags;
        }
    }

    /// Flags that were computed for a collective's action as seen from a node, if no action changed since.
    #[inline]
    pub fn computed(&self, id: ActionId, node: Option<NodeId>) -> Option<ActionFlags> {
        let (changes, flags) = self.computed.get(&(id, node))?;
        (*changes == self.changes).then_some(*flags)
    }

    /// Keeps them until some action changes.
    pub fn keep_computed(&mut self, id: ActionId, node: Option<NodeId>, flags: ActionFlags) {
        self.computed.insert((id, node), (self.changes, flags));
    }
}

impl std::ops::Index<ActionId> for Actions {
    type Output = Action;
    #[inline]
    fn index(&self, id: ActionId) -> &Action {
        &self.table[id]
    }
}

impl std::ops::IndexMut<ActionId> for Actions {
    #[inline]
    fn index_mut(&mut self, id: ActionId) -> &mut Action {
        self.changes += 1;
        &mut self.table[id]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pcmk_base::Id;

    fn start(node: Option<NodeId>) -> Action {
        Action {
            key: Key::Op(RscId::from_index(0), Task::Start, 0),
            task: Task::Start,
            node,
            flags: ActionFlags::RUNNABLE,
            needs: Needs::Nothing,
            priority: Score::ZERO,
            expected_rc: None,
            gate: (0, 0),
            reason: None,
            meta: Vec::new(),
            told: None,
        }
    }

    #[test]
    fn an_action_without_node_is_claimed_by_the_first_that_has_one() {
        let mut actions = Actions::new(1);
        let (n1, n2) = (NodeId::from_index(0), NodeId::from_index(1));
        let id = actions.push(start(None));
        let key = actions[id].key;
        assert_eq!(actions.claim(key, None).as_slice(), [id]);
        assert_eq!(actions.claim(key, Some(n1)).as_slice(), [id]);
        assert_eq!(actions[id].node, Some(n1));
        assert!(actions.claim(key, Some(n2)).is_empty());
    }

    #[test]
    fn newest_wins_and_nodes_must_match() {
        let mut actions = Actions::new(1);
        let (rsc, n1) = (RscId::from_index(0), NodeId::from_index(0));
        let first = actions.push(start(Some(n1)));
        let second = actions.push(start(None));
        assert_eq!(actions.newest(rsc, Task::Start, None), Some(second));
        assert_eq!(actions.newest(rsc, Task::Start, Some(n1)), Some(first));
        assert_eq!(actions.newest(rsc, Task::Stop, None), None);
    }
}
