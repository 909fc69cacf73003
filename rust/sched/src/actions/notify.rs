//! Notifications: instances of a clone are told before and after any of them changes.
//!
//! For each kind of change a round of four pseudo-actions of the clone surrounds the change; between the first and
//! the second two of each stand the notify actions of the instances.

use crate::actions::collective::primitives;
use crate::actions::request::{Need, request_key};
use crate::order::flags::computed;
use crate::{ActionFlags as F, ActionId, Key, NotifyPhase as Phase, Run, Told, Why};
use pcmk_base::{Role, Score, Text};
use pcmk_model::{NodeFlags, NodeId, NodeKind, OrderKinds as K, RscFlags, RscId, Task, Variant};
use std::sync::Arc;

/// A kind of change, and the pseudo-actions around it.
#[derive(Clone, Copy, Debug)]
struct Round {
    task: Task,
    pre: Option<ActionId>,
    pre_done: Option<ActionId>,
    post: Option<ActionId>,
    post_done: Option<ActionId>,
}

/// Makes the rounds of a clone's starts and stops, if it sends notifications; stops are told of first. Each pair
/// holds the action and the one that completes it.
pub fn announce_starts_and_stops(
    run: &mut Run<'_>,
    clone: RscId,
    [start, running]: [ActionId; 2],
    [stop, stopped]: [ActionId; 2],
) {
    announce(run, clone, Task::Start, Some(start), Some(running));
    announce(run, clone, Task::Stop, Some(stop), Some(stopped));
    order_rounds(run, clone, Task::Stop, Task::Start);
}

/// Orders the rounds of a promotable clone: demotions and stops, then starts, then promotions.
pub fn order_role_changes(run: &mut Run<'_>, clone: RscId) {
    for (first, then) in [
        (Task::Stop, Task::Promote),
        (Task::Start, Task::Promote),
        (Task::Demote, Task::Promote),
        (Task::Demote, Task::Start),
        (Task::Demote, Task::Stop),
    ] {
        order_rounds(run, clone, first, then);
    }
}

fn order_rounds(run: &mut Run<'_>, clone: RscId, first: Task, then: Task) {
    let (first, then) = (round_of(run, clone, first), round_of(run, clone, then));
    if let (Some(done), Some(pre)) = (first.post_done, then.pre) {
        run.plan.edges.add(done, pre, K::ORDERED);
    }
}

/// Makes the round of one kind of change, if the resource sends notifications: before `begin` and after `end`.
pub fn announce(
    run: &mut Run<'_>,
    rsc: RscId,
    task: Task,
    begin: Option<ActionId>,
    end: Option<ActionId>,
) {
    make_round(run, rsc, task, begin, end);
}

fn make_round(
    run: &mut Run<'_>,
    rsc: RscId,
    task: Task,
    begin: Option<ActionId>,
    end: Option<ActionId>,
) -> Option<Round> {
    if !run.plan.rscs[rsc].is(RscFlags::NOTIFY) {
        return None;
    }
    let mut round = Round {
        task,
        pre: None,
        pre_done: None,
        post: None,
        post_done: None,
    };
    if let Some(begin) = begin {
        let pre = pseudo(run, rsc, Phase::Pre, begin, task);
        let done = pseudo(run, rsc, Phase::ConfirmedPre, begin, task);
        run.plan.edges.add(pre, done, K::ORDERED);
        run.plan.edges.add(done, begin, K::ORDERED);
        (round.pre, round.pre_done) = (Some(pre), Some(done));
    }
    if let Some(end) = end {
        let post = pseudo(run, rsc, Phase::Post, end, task);
        let done = pseudo(run, rsc, Phase::ConfirmedPost, end, task);
        run.plan.edges.add(end, post, K::FIRST_IMPLIES_THEN);
        run.plan.edges.add(post, done, K::FIRST_IMPLIES_THEN);
        (round.post, round.post_done) = (Some(post), Some(done));
    }
    if let (Some(done), Some(post)) = (round.pre_done, round.post) {
        run.plan.edges.add(done, post, K::ORDERED);
    }
    Some(round)
}

/// One of the pseudo-actions around a change. It is needed if the action next to it is; those after the change
/// can run if that can.
fn pseudo(run: &mut Run<'_>, rsc: RscId, phase: Phase, next_to: ActionId, task: Task) -> ActionId {
    let neighbour = &run.plan.actions[next_to];
    let (of, flags) = (neighbour.task, neighbour.flags);
    let needed = !flags.contains(F::OPTIONAL);
    let need = Need::when(needed, Why::Notification(next_to));
    let (own, word, before) = match phase {
        Phase::Pre => (Task::Notify, "pre", true),
        Phase::ConfirmedPre => (Task::Notified, "pre", true),
        Phase::Post => (Task::Notify, "post", false),
        Phase::ConfirmedPost => (Task::Notified, "post", false),
    };
    let id = request_key(run, Key::Notify(rsc, phase, of), own, None, need);
    let names = &run.model.names;
    let action = &mut run.plan.actions[id];
    action.flags |= F::PSEUDO;
    action
        .flags
        .set(F::RUNNABLE, before || flags.contains(F::RUNNABLE));
    if !before {
        action.priority = Score::INFINITY;
    }
    action.set_meta("notify_key_type", phase.name());
    action.set_meta("notify_key_operation", of.name(names));
    action.set_meta("notify_type", word);
    action.set_meta("notify_operation", task.name(names));
    id
}

/// The round of a kind of change, as far as it was made.
fn round_of(run: &Run<'_>, clone: RscId, task: Task) -> Round {
    let find = |phase, of| {
        let key = Key::Notify(clone, phase, of);
        run.plan.actions.with_key(key).first().copied()
    };
    let end = task.completed().unwrap_or(task);
    Round {
        task,
        pre: find(Phase::Pre, task),
        pre_done: find(Phase::ConfirmedPre, task),
        post: find(Phase::Post, end),
        post_done: find(Phase::ConfirmedPost, end),
    }
}

/// Settles the actions of every clone and makes the notifications of its instances.
pub fn settle_all(run: &mut Run<'_>) {
    for rsc in run.plan.top.clone() {
        let clone = match &run.model.resources[rsc].variant {
            Variant::Clone(_) => Some(rsc),
            Variant::Bundle(bundle) => bundle.inner,
            Variant::Primitive(_) | Variant::Group(_) => None,
        };
        if let Some(clone) = clone {
            settle(run, clone);
        }
    }
}

fn settle(run: &mut Run<'_>, clone: RscId) {
    for id in run.plan.actions.of(clone).to_vec().into_iter().rev() {
        computed(run, clone, id, None);
    }
    // Notifications are no changes themselves, so the facts stay what they are.
    let mut known: Option<(Facts, Arc<Told>)> = None;
    for task in [Task::Start, Task::Stop, Task::Promote, Task::Demote] {
        let round = round_of(run, clone, task);
        if round.pre.is_none() && round.post.is_none() {
            continue;
        }
        let (facts, told) = known.get_or_insert_with(|| {
            let facts = Facts::of_clone(run, clone);
            let told = facts.told(run, clone).into();
            (facts, told)
        });
        if !facts.of(task).is_empty() {
            let around = [round.pre, round.pre_done, round.post, round.post_done];
            for id in around.into_iter().flatten() {
                run.plan.require(id, Why::Members(None));
            }
        }
        notify_instances(run, clone, &round, facts, told);
    }
}

/// When a stop is implied by fencing, the others are told after the fencing.
pub fn after_fencing(run: &mut Run<'_>, rsc: RscId, stop: ActionId, fencing: ActionId) {
    let Some(round) = make_round(run, rsc, Task::Stop, None, Some(fencing)) else {
        return;
    };
    let node = run.plan.actions[stop].node;
    let name = node.map_or_else(Text::default, |node| run.model.nodes[node].name.clone());
    let told: Arc<Told> = Arc::new([
        ("notify_stop_resource", run.model.resources[rsc].id.clone()),
        ("notify_stop_uname", name),
    ]);
    let top = run.model.top_of(rsc);
    notify_instances(run, top, &round, &Facts::default(), &told);
}

/// A resource, and a node if it is on one.
type Entry = (RscId, Option<NodeId>);

/// What instances are and will do.
#[derive(Debug, Default)]
struct Facts {
    stop: Vec<Entry>,
    start: Vec<Entry>,
    demote: Vec<Entry>,
    promote: Vec<Entry>,
    active: Vec<Entry>,
    unpromoted: Vec<Entry>,
    promoted: Vec<Entry>,
    inactive: Vec<Entry>,
}

impl Facts {
    fn of_clone(run: &Run<'_>, clone: RscId) -> Facts {
        let mut facts = Facts::default();
        for primitive in primitives(run, clone) {
            facts.add_role(run, primitive);
            facts.add_changes(run, primitive);
        }
        facts
    }

    /// Those that change in one way.
    fn of(&self, task: Task) -> &[Entry] {
        match task {
            Task::Stop => &self.stop,
            Task::Start => &self.start,
            Task::Demote => &self.demote,
            Task::Promote => &self.promote,
            _ => &[],
        }
    }

    fn add_role(&mut self, run: &Run<'_>, rsc: RscId) {
        let entry = (rsc, run.model.activity[rsc].active_on.first().copied());
        match run.plan.rscs[rsc].current_role {
            Role::Stopped => self.inactive.push(entry),
            Role::Started => self.active.push(entry),
            Role::Unpromoted => {
                self.unpromoted.push(entry);
                self.active.push(entry);
            }
            Role::Promoted => {
                self.promoted.push(entry);
                self.active.push(entry);
            }
            Role::Unknown => {}
        }
    }

    fn add_changes(&mut self, run: &Run<'_>, rsc: RscId) {
        for &id in run.plan.actions.of(rsc) {
            let action = &run.plan.actions[id];
            let Some(node) = action.node.filter(|_| action.is_required()) else {
                continue;
            };
            let implied = action.task == Task::Stop && run.plan.nodes[node].is(NodeFlags::UNCLEAN);
            if !implied && !action.is_runnable() {
                continue;
            }
            let list = match action.task {
                Task::Stop => &mut self.stop,
                Task::Start => &mut self.start,
                Task::Demote => &mut self.demote,
                Task::Promote => &mut self.promote,
                _ => continue,
            };
            list.push((rsc, Some(node)));
        }
    }

    /// The values that agents are given.
    fn told(&self, run: &Run<'_>, clone: RscId) -> Vec<(&'static str, Text)> {
        let mut values = Vec::with_capacity(24);
        let pairs: [(&[Entry], &'static str, &'static str); 9] = [
            (&self.stop, "notify_stop_resource", "notify_stop_uname"),
            (&self.start, "notify_start_resource", "notify_start_uname"),
            (
                &self.demote,
                "notify_demote_resource",
                "notify_demote_uname",
            ),
            (
                &self.promote,
                "notify_promote_resource",
                "notify_promote_uname",
            ),
            (
                &self.active,
                "notify_active_resource",
                "notify_active_uname",
            ),
            (
                &self.unpromoted,
                "notify_unpromoted_resource",
                "notify_unpromoted_uname",
            ),
            (
                &self.unpromoted,
                "notify_slave_resource",
                "notify_slave_uname",
            ),
            (
                &self.promoted,
                "notify_promoted_resource",
                "notify_promoted_uname",
            ),
            (
                &self.promoted,
                "notify_master_resource",
                "notify_master_uname",
            ),
        ];
        for (entries, of_resources, of_nodes) in pairs {
            let (resources, nodes) = texts(run, entries, true);
            values.push((of_resources, resources));
            values.push((of_nodes, nodes));
        }
        let (inactive, _) = texts(run, &self.inactive, false);
        values.push(("notify_inactive_resource", inactive));
        let order = run.model.node_order.iter().copied();
        let allowed = order.clone().filter(|&n| run.plan.scores.has(clone, n));
        values.push(("notify_available_uname", names(run, allowed)));
        values.push(("notify_all_uname", names(run, order.clone())));
        let target = run.model.resources[clone].meta("container-attribute-target");
        if target == Some("host") {
            let hosts = order.map(|node| host_of(run, node));
            values.push(("notify_all_hosts", names(run, hosts)));
        }
        values
    }
}

/// The node a guest runs on; any other node stands for itself.
fn host_of(run: &Run<'_>, node: NodeId) -> NodeId {
    if run.model.nodes[node].kind != NodeKind::Guest {
        return node;
    }
    let connection = run.model.nodes[node].connection;
    let launcher = connection.and_then(|c| run.model.resources[c].launcher);
    let host = launcher.and_then(|l| run.model.current_node(&run.plan.nodes, &run.plan.rscs, l));
    host.unwrap_or(node)
}

/// Resources and their nodes, sorted, each resource once. With `located`, those without a node are left out.
fn texts(run: &Run<'_>, entries: &[Entry], located: bool) -> (Text, Text) {
    let id = |rsc: RscId| &run.model.resources[rsc].id;
    let node_id = |node: Option<NodeId>| node.map(|n| &run.model.nodes[n].id);
    let mut sorted: Vec<Entry> = entries
        .iter()
        .copied()
        .filter(|(_, node)| !located || node.is_some())
        .collect();
    sorted.sort_by(|a, b| (id(a.0), node_id(a.1)).cmp(&(id(b.0), node_id(b.1))));
    sorted.dedup_by(|next, kept| id(next.0) == id(kept.0));
    let resources = sorted.iter().map(|&(rsc, _)| &**id(rsc));
    let resources = joined(resources);
    let nodes = names(run, sorted.iter().filter_map(|&(_, node)| node));
    (resources, nodes)
}

fn names(run: &Run<'_>, nodes: impl Iterator<Item = NodeId>) -> Text {
    joined(nodes.map(|node| &*run.model.nodes[node].name))
}

/// Words separated by blanks. No words at all are one blank, which agents can tell from a missing value.
fn joined<'t>(words: impl Iterator<Item = &'t str>) -> Text {
    let text = words.collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        " ".into()
    } else {
        text.into()
    }
}

/// Gives the values to the changes themselves, and makes the notify actions of the instances.
fn notify_instances(
    run: &mut Run<'_>,
    collective: RscId,
    round: &Round,
    facts: &Facts,
    told: &Arc<Told>,
) {
    for rsc in primitives(run, collective) {
        for id in run.plan.actions.of(rsc).to_vec() {
            let action = &mut run.plan.actions[id];
            let changes = matches!(
                action.task,
                Task::Start | Task::Stop | Task::Promote | Task::Demote
            );
            if changes && action.is_required() && action.node.is_some() {
                action.told = Some(Arc::clone(told));
            }
        }
        // A stop may be implied by fencing, and then it is not among the facts.
        if round.task != Task::Stop && facts.of(round.task).is_empty() {
            continue;
        }
        match round.task {
            Task::Stop | Task::Demote => notify_of_going_down(run, rsc, round, told),
            _ => notify_of_going_up(run, rsc, round, told),
        }
    }
}

fn notify_of_going_down(run: &mut Run<'_>, rsc: RscId, round: &Round, told: &Arc<Told>) {
    if run.plan.rscs[rsc].current_role == Role::Stopped {
        return;
    }
    let stop = run.plan.actions.newest(rsc, Task::Stop, None);
    let is = |run: &Run<'_>, flag| stop.is_some_and(|id| run.plan.actions[id].is(flag));
    for &node in &run.model.activity[rsc].active_on {
        let lost = NodeFlags::UNCLEAN | NodeFlags::REMOTE_RESET;
        if is(run, F::PSEUDO) && run.plan.nodes[node].flags.intersects(lost) {
            continue;
        }
        notify(run, rsc, node, round.pre.zip(round.pre_done), told);
        if round.task == Task::Demote || stop.is_none() || is(run, F::OPTIONAL) {
            notify_after(run, rsc, node, round, told);
        }
    }
}

fn notify_of_going_up(run: &mut Run<'_>, rsc: RscId, round: &Round, told: &Arc<Told>) {
    if run.plan.rscs[rsc].next_role == Role::Stopped {
        return;
    }
    let start = run.plan.actions.newest(rsc, Task::Start, None);
    if start.is_some_and(|id| waits_for_lost_connection(run, id)) {
        return;
    }
    let Some(node) = run.plan.assigned[rsc] else {
        return;
    };
    let starts = start.is_some_and(|id| run.plan.actions[id].is_required());
    if round.task != Task::Start || !starts {
        notify(run, rsc, node, round.pre.zip(round.pre_done), told);
    }
    notify_after(run, rsc, node, round, told);
}

/// Whether an action is on a remote node whose connection cannot start.
fn waits_for_lost_connection(run: &Run<'_>, id: ActionId) -> bool {
    let node = run.plan.actions[id].node;
    let connection = node.and_then(|n| run.model.nodes[n].connection);
    let start = connection.and_then(|c| run.plan.actions.newest(c, Task::Start, None));
    start.is_some_and(|id| !run.plan.actions[id].is_runnable())
}

/// Makes an instance's notify action between a pseudo-action and its confirmation.
fn notify(
    run: &mut Run<'_>,
    rsc: RscId,
    node: NodeId,
    between: Option<(ActionId, ActionId)>,
    told: &Arc<Told>,
) -> Option<ActionId> {
    let (pseudo, done) = between?;
    let of = &run.plan.actions[pseudo];
    if !run.plan.nodes[node].is(NodeFlags::ONLINE) || !of.is_runnable() {
        return None;
    }
    let need = Need::when(of.is_required(), Why::Notification(pseudo));
    let phase = match of.meta("notify_type") {
        Some("pre") => Phase::Pre,
        _ => Phase::Post,
    };
    let task = of.meta("notify_operation").and_then(Task::known)?;
    let inherited = of.meta.clone();
    let key = Key::Notify(rsc, phase, task);
    let id = request_key(run, key, Task::Notify, Some(node), need);
    let action = &mut run.plan.actions[id];
    for (name, value) in inherited {
        if action.meta(name).is_none() {
            action.meta.push((name, value));
        }
    }
    action.told = Some(Arc::clone(told));
    run.plan.edges.add(pseudo, id, K::ORDERED);
    run.plan.edges.add(id, done, K::ORDERED);
    Some(id)
}

/// As [`notify`], after a change. Recurring operations go on when all have been told.
fn notify_after(run: &mut Run<'_>, rsc: RscId, node: NodeId, round: &Round, told: &Arc<Told>) {
    if let Some(id) = notify(run, rsc, node, round.post.zip(round.post_done), told) {
        run.plan.actions[id].priority = Score::INFINITY;
    }
    let Some(done) = round.post_done else { return };
    for id in run.plan.actions.of(rsc).to_vec().into_iter().rev() {
        let action = &run.plan.actions[id];
        if action.interval() > 0 && action.task != Task::Cancel {
            run.plan.edges.add(done, id, K::ORDERED);
        }
    }
}
