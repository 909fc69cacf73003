//! Asking for an action: the one that exists, or a new one.

use crate::actions::runnable::update_runnable;
use crate::{Action, ActionFlags, ActionId, Key, Needs, Run, Why};
use pcmk_base::{IntervalMs, Score};
use pcmk_model::{NodeId, RscFlags, RscId, Task};

/// Whether the one who asks needs the action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Need {
    /// It may stay out of the graph. Does not make a required action optional.
    Optional,
    /// It is to be done.
    Required(Why),
}

impl Need {
    /// Required for a reason if something holds.
    pub fn when(required: bool, why: Why) -> Need {
        if required {
            Need::Required(why)
        } else {
            Need::Optional
        }
    }

    /// Why it is to be done, if it is.
    pub const fn why(self) -> Option<Why> {
        match self {
            Need::Optional => None,
            Need::Required(why) => Some(why),
        }
    }
}

/// Asks for a resource's action.
///
/// The same request gives the same action; a request with a node takes over an action that has none. Every
/// request settles anew whether the action is optional and runnable, so the order of requests matters.
pub fn request(
    run: &mut Run<'_>,
    rsc: RscId,
    task: Task,
    interval: IntervalMs,
    node: Option<NodeId>,
    need: Need,
) -> ActionId {
    request_key(run, Key::Op(rsc, task, interval), task, node, need)
}

/// Asks for an action by its key; see [`request`]. Actions without a resource are one for each key and are
/// runnable as made.
pub fn request_key(
    run: &mut Run<'_>,
    key: Key,
    task: Task,
    node: Option<NodeId>,
    need: Need,
) -> ActionId {
    let found = run.plan.actions.claim(key, node).first().copied();
    let id = found.unwrap_or_else(|| {
        let action = new_action(run, key, task, node, need);
        run.plan.actions.push(action)
    });
    update_optional(run, id, need);
    if key.rsc().is_some() {
        update_runnable(run, id);
    }
    id
}

/// Asks for a pseudo-action of a resource, such as a group's start. It has no node.
pub fn request_pseudo(
    run: &mut Run<'_>,
    rsc: RscId,
    task: Task,
    need: Need,
    runnable: bool,
) -> ActionId {
    let id = request(run, rsc, task, 0, None, need);
    let action = &mut run.plan.actions[id];
    action.flags |= ActionFlags::PSEUDO;
    if runnable {
        action.flags |= ActionFlags::RUNNABLE;
    }
    id
}

fn new_action(run: &Run<'_>, key: Key, task: Task, node: Option<NodeId>, need: Need) -> Action {
    let mut flags = ActionFlags::RUNNABLE;
    flags.set(ActionFlags::OPTIONAL, need == Need::Optional);
    flags.set(ActionFlags::ON_DC, task == Task::LrmDelete);
    Action {
        key,
        task,
        node,
        flags,
        needs: key
            .rsc()
            .map_or(Needs::Nothing, |rsc| needs_of(run, rsc, task)),
        priority: Score::ZERO,
        expected_rc: None,
        gate: (0, 0),
        reason: None,
        meta: Vec::new(),
        told: None,
    }
}

/// Only start and promote need anything.
fn needs_of(run: &Run<'_>, rsc: RscId, task: Task) -> Needs {
    let state = &run.plan.rscs[rsc];
    if !matches!(task, Task::Start | Task::Promote) {
        Needs::Nothing
    } else if state.is(RscFlags::NEEDS_FENCING) {
        Needs::Fencing
    } else if state.is(RscFlags::NEEDS_QUORUM) {
        Needs::Quorum
    } else {
        Needs::Nothing
    }
}

/// Actions of unmanaged resources, other than recurring ones, are never required.
fn update_optional(run: &mut Run<'_>, id: ActionId, need: Need) {
    let action = &run.plan.actions[id];
    let unmanaged = action
        .rsc()
        .is_some_and(|rsc| !run.plan.rscs[rsc].is(RscFlags::MANAGED));
    let once = action.interval() == 0;
    let flags = &mut run.plan.actions[id].flags;
    if unmanaged
        && once
        && !flags.contains(ActionFlags::PSEUDO)
        && run.plan.actions[id].node.is_some()
    {
        run.plan.actions[id].flags |= ActionFlags::OPTIONAL;
    } else if let Need::Required(why) = need {
        run.plan.require(id, why);
    }
}
