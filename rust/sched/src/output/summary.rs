//! The summary of changes, as data: what happens to each node and resource, and why.

use crate::{ActionId, Key, Plan, Reason};
use pcmk_base::Role;
use pcmk_model::{FenceOp, Model, NodeId, RscFlags, RscId, Task, Variant};

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A node is fenced.
    Fence {
        /// Which.
        node: NodeId,
        /// How.
        op: FenceOp,
        /// Why.
        reason: Option<Reason>,
    },
    /// A node is shut down.
    Shutdown {
        /// Which.
        node: NodeId,
        /// Why.
        reason: Option<Reason>,
    },
    /// A resource changes.
    Resource {
        /// Which.
        rsc: RscId,
        /// How, in one word.
        verb: Verb,
        /// Role and node before.
        from: (Role, Option<NodeId>),
        /// Role and node after.
        to: (Role, Option<NodeId>),
        /// Why.
        reason: Option<Reason>,
        /// It cannot be done.
        blocked: bool,
    },
}

/// What happens to a resource, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Verb {
    Start,
    Stop,
    Restart,
    Recover,
    Reload,
    Move,
    Migrate,
    Promote,
    Demote,
    RePromote,
}

impl Verb {
    /// The word.
    pub const fn name(self) -> &'static str {
        match self {
            Verb::Start => "Start",
            Verb::Stop => "Stop",
            Verb::Restart => "Restart",
            Verb::Recover => "Recover",
            Verb::Reload => "Reload",
            Verb::Move => "Move",
            Verb::Migrate => "Migrate",
            Verb::Promote => "Promote",
            Verb::Demote => "Demote",
            Verb::RePromote => "Re-promote",
        }
    }
}
/// Everything that changes: nodes newest action first, then resources in list order.
pub fn changes(model: &Model, plan: &Plan) -> Vec<Change> {
    let mut found: Vec<Change> = plan
        .actions
        .newest_first()
        .filter_map(|id| node_change(plan, id))
        .collect();
    for &rsc in &plan.top {
        add_changes(model, plan, rsc, &mut found);
    }
    found
}

fn node_change(plan: &Plan, id: ActionId) -> Option<Change> {
    let action = &plan.actions[id];
    if !action.is_required() {
        return None;
    }
    let reason = action.reason;
    match action.key {
        Key::Fence(node, op) => Some(Change::Fence { node, op, reason }),
        Key::Shutdown(node) => Some(Change::Shutdown { node, reason }),
        _ => None,
    }
}

fn add_changes(model: &Model, plan: &Plan, rsc: RscId, found: &mut Vec<Change>) {
    match &model.resources[rsc].variant {
        Variant::Primitive(_) => add_primitive(model, plan, rsc, found),
        Variant::Group(_) | Variant::Clone(_) => {
            for &child in &plan.children[rsc] {
                add_changes(model, plan, child, found);
            }
        }
        Variant::Bundle(bundle) => {
            for replica in &bundle.replicas {
                let parts = [
                    replica.ip,
                    Some(replica.container),
                    replica.connection,
                    replica.child,
                ];
                for part in parts.into_iter().flatten() {
                    add_changes(model, plan, part, found);
                }
            }
        }
    }
}

fn add_primitive(model: &Model, plan: &Plan, rsc: RscId, found: &mut Vec<Change>) {
    let state = &plan.rscs[rsc];
    let active = !model.activity[rsc].active_on.is_empty();
    if !state.is(RscFlags::MANAGED) || (state.is(RscFlags::REMOVED) && !active) {
        return;
    }
    let current = model
        .current_node(&plan.nodes, &plan.rscs, rsc)
        .filter(|_| active);
    let next = plan.assigned[rsc];
    if current.is_none() && next.is_none() {
        return;
    }
    let current_role = if active && state.current_role == Role::Stopped {
        Role::Started
    } else {
        state.current_role
    };
    let case = Case {
        model,
        plan,
        rsc,
        current,
        next,
        current_role,
        next_role: state.next_role,
        start: keyed(plan, rsc, Task::Start, next),
    };
    case.add(found);
}

/// The oldest action with this task on a node; one without node counts as being on it. Without a node, any.
fn keyed(plan: &Plan, rsc: RscId, task: Task, node: Option<NodeId>) -> Option<ActionId> {
    let known = plan.actions.with_key(Key::Op(rsc, task, 0)).iter().copied();
    known.into_iter().find(|&id| {
        let at = plan.actions[id].node;
        node.is_none() || at.is_none() || at == node
    })
}

struct Case<'a> {
    model: &'a Model,
    plan: &'a Plan,
    rsc: RscId,
    current: Option<NodeId>,
    next: Option<NodeId>,
    current_role: Role,
    next_role: Role,
    start: Option<ActionId>,
}

impl Case<'_> {
    fn add(&self, found: &mut Vec<Change>) {
        if self.current_role == self.next_role {
            found.extend(self.same_role());
        } else {
            self.other_role(found);
        }
    }

    fn same_role(&self) -> Option<Change> {
        self.next?;
        let runnable =
            |id: Option<ActionId>| id.is_some_and(|id| self.plan.actions[id].is_runnable());
        let arrival = keyed(self.plan, self.rsc, Task::MigrateFrom, self.next);
        if self.current.is_some() && runnable(arrival) {
            return Some(self.change(Verb::Migrate, self.next, self.start, None));
        }
        if self.is(RscFlags::RELOAD) {
            return Some(self.change(Verb::Reload, self.next, self.start, None));
        }
        if self
            .start
            .is_none_or(|id| !self.plan.actions[id].is_required())
        {
            let demote = keyed(self.plan, self.rsc, Task::Demote, self.next);
            let promote = keyed(self.plan, self.rsc, Task::Promote, self.next);
            let required =
                |id: Option<ActionId>| id.is_some_and(|id| self.plan.actions[id].is_required());
            return (required(demote) && required(promote))
                .then(|| self.change(Verb::RePromote, self.next, promote, demote));
        }
        let stop = self.stop();
        if !runnable(self.start) {
            return Some(self.change(Verb::Stop, None, stop, self.reasoned(stop)));
        }
        if self.is_moving() {
            let verb = if self.is(RscFlags::FAILED) {
                Verb::Recover
            } else {
                Verb::Move
            };
            return Some(self.change(verb, self.next, stop, None));
        }
        if self.is(RscFlags::FAILED) {
            return Some(self.change(Verb::Recover, None, stop, None));
        }
        Some(self.change(Verb::Restart, self.next, self.start, None))
    }

    fn other_role(&self, found: &mut Vec<Change>) {
        let stop = self.stop();
        let start_blocked = self
            .start
            .is_some_and(|id| !self.plan.actions[id].is_runnable());
        if stop.is_some() && (self.next_role == Role::Stopped || start_blocked) {
            for &node in &self.model.activity[self.rsc].active_on {
                let there = keyed(self.plan, self.rsc, Task::Stop, Some(node));
                if there.is_some() {
                    let change =
                        self.change_from(Verb::Stop, Some(node), None, there, self.reasoned(there));
                    found.push(change);
                }
            }
            return;
        }
        let failed = RscFlags::FAILED | RscFlags::STOP_IF_FAILED;
        let required =
            |id: Option<ActionId>| id.is_some_and(|id| self.plan.actions[id].is_required());
        let action = |task| keyed(self.plan, self.rsc, task, self.next);
        let change = if stop.is_some() && self.is(failed) {
            self.change(Verb::Recover, self.next, stop, self.start)
        } else if self.is_moving() {
            self.change(Verb::Move, self.next, stop, None)
        } else if self.is(RscFlags::RELOAD) {
            self.change(Verb::Reload, self.next, self.start, None)
        } else if required(stop) {
            self.change(Verb::Restart, self.next, self.start, None)
        } else if self.current_role == Role::Promoted {
            self.change(Verb::Demote, self.next, action(Task::Demote), None)
        } else if self.next_role == Role::Promoted {
            self.change(Verb::Promote, self.next, action(Task::Promote), None)
        } else if self.current_role == Role::Stopped && self.next_role > Role::Stopped {
            self.change(Verb::Start, self.next, self.start, None)
        } else {
            return;
        };
        found.push(change);
    }

    fn is(&self, flags: RscFlags) -> bool {
        self.plan.rscs[self.rsc].is(flags)
    }

    fn is_moving(&self) -> bool {
        matches!((self.current, self.next), (Some(a), Some(b)) if a != b)
    }

    /// The stop that matters: where the resource is, or anywhere if it cannot start again.
    fn stop(&self) -> Option<ActionId> {
        let starts = self
            .start
            .is_some_and(|id| self.plan.actions[id].is_runnable());
        let node = self.current.filter(|_| starts);
        keyed(self.plan, self.rsc, Task::Stop, node).or_else(|| {
            let any = self.is(RscFlags::STOP_UNEXPECTED);
            any.then(|| keyed(self.plan, self.rsc, Task::Stop, None))
                .flatten()
        })
    }

    /// Whose reason a stop shows: its own, or else the start's.
    fn reasoned(&self, stop: Option<ActionId>) -> Option<ActionId> {
        let own = stop.filter(|&id| self.plan.actions[id].reason.is_some());
        own.or(self.start).or(stop)
    }

    fn change(
        &self,
        verb: Verb,
        to: Option<NodeId>,
        action: Option<ActionId>,
        source: Option<ActionId>,
    ) -> Change {
        self.change_from(verb, self.current, to, action, source)
    }

    fn change_from(
        &self,
        verb: Verb,
        from: Option<NodeId>,
        to: Option<NodeId>,
        action: Option<ActionId>,
        source: Option<ActionId>,
    ) -> Change {
        let source = source.or(action);
        Change::Resource {
            rsc: self.rsc,
            verb,
            from: (self.current_role, from),
            to: (self.next_role, to),
            reason: source.and_then(|id| self.plan.actions[id].reason),
            blocked: action.is_some_and(|id| !self.plan.actions[id].is_runnable()),
        }
    }
}
