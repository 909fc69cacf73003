//! Carrying a graph out: which actions may fire now.
//!
//! The runner knows no clock and no connection. A caller makes a pass ([`Runner::begin_pass`], then
//! [`Runner::next_synapse`] until it gives nothing, then [`Runner::end_pass`]), starts what it is given,
//! and reports results with [`Runner::confirm`]. Results reported during a pass count in the same pass.
//!
//! The work of a pass follows what is ready, not the size of the graph: a synapse enters the ready set when its last
//! input is confirmed, and leaves it when it fires or when an abort rules it out for good.

use crate::value::{ActionId, ActionKind, GraphAction, TransitionGraph};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The priority that lets a synapse fire although something failed.
const INFINITY: i64 = 1_000_000;

/// What to do when the graph is done. Aborts only raise it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Completion {
    /// Nothing.
    #[default]
    Done,
    /// Wait for what comes.
    Wait,
    /// Schedule again.
    Restart,
    /// Leave the cluster.
    Shutdown,
}

/// How many actions may be under way at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// In the cluster; zero for no limit.
    pub batch: u32,
    /// On a node by name; nodes not listed have no limit.
    pub node_jobs: BTreeMap<String, u32>,
    /// Migrations on a node; zero for no limit.
    pub migrations: u32,
}

/// What a pass ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Actions are under way, or were deferred by limits.
    Running,
    /// All done.
    Complete,
    /// Ended early because of an abort.
    Stopped,
    /// Actions are left that can never fire: the graph was not sound.
    Terminated,
}

#[derive(Clone, Debug, Default)]
struct Progress {
    actions_left: usize,
    inputs_left: usize,
}

/// Jobs under way on one node.
#[derive(Clone, Copy, Debug, Default)]
struct Jobs {
    all: u32,
    migrations: u32,
}

/// A graph being carried out.
#[derive(Clone, Debug)]
pub struct Runner {
    graph: Arc<TransitionGraph>,
    progress: Vec<Progress>,
    /// Synapses that have all inputs and did not fire, unless an abort rules them out.
    ready: BTreeSet<usize>,
    /// Where each action is: synapse and position. Only looked up.
    place: FxHashMap<ActionId, (usize, usize)>,
    /// Synapses waiting for an action. Only looked up.
    waiting: FxHashMap<ActionId, Vec<usize>>,
    action_done: FxHashMap<ActionId, bool>,
    /// Actions under way, by synapse and position.
    under_way: BTreeSet<(usize, usize)>,
    jobs: BTreeMap<String, Jobs>,
    abort_priority: i64,
    completion: Completion,
    abort_text: Option<String>,
    synapses_in_flight: usize,
    unfired: usize,
    cursor: usize,
    fired_in_pass: usize,
    deferred_in_pass: usize,
}

impl Runner {
    /// A graph that nothing was done of yet.
    pub fn new(graph: Arc<TransitionGraph>) -> Runner {
        let mut place = FxHashMap::default();
        let mut waiting: FxHashMap<ActionId, Vec<usize>> = FxHashMap::default();
        let mut progress = Vec::with_capacity(graph.synapses.len());
        for (s, synapse) in graph.synapses.iter().enumerate() {
            for (a, action) in synapse.actions.iter().enumerate() {
                place.insert(action.id.id, (s, a));
            }
            let mut inputs: Vec<ActionId> = synapse.inputs.iter().map(|i| i.id).collect();
            inputs.sort_unstable();
            inputs.dedup();
            for input in &inputs {
                waiting.entry(*input).or_default().push(s);
            }
            progress.push(Progress {
                actions_left: synapse.actions.len(),
                inputs_left: inputs.len(),
            });
        }
        let ready = (0..progress.len())
            .filter(|s| progress[*s].inputs_left == 0)
            .collect();
        Runner {
            graph,
            unfired: progress.len(),
            progress,
            ready,
            under_way: BTreeSet::new(),
            place,
            waiting,
            action_done: FxHashMap::default(),
            jobs: BTreeMap::new(),
            abort_priority: 0,
            completion: Completion::Done,
            abort_text: None,
            synapses_in_flight: 0,
            cursor: 0,
            fired_in_pass: 0,
            deferred_in_pass: 0,
        }
    }

    /// The graph that is carried out.
    pub fn graph(&self) -> &TransitionGraph {
        &self.graph
    }

    /// An action of the graph by its number.
    pub fn action(&self, id: ActionId) -> Option<&GraphAction> {
        self.place
            .get(&id)
            .map(|&(s, a)| &self.graph.synapses[s].actions[a])
    }

    /// Priority of the synapse of an action; a failure aborts with one more.
    pub fn priority_of(&self, id: ActionId) -> Option<i64> {
        self.place
            .get(&id)
            .map(|&(s, _)| i64::from(self.graph.synapses[s].priority))
    }

    /// Whether an action was started and is not confirmed yet.
    pub fn is_in_flight(&self, id: ActionId) -> bool {
        self.action_done.get(&id) == Some(&false)
    }

    /// Whether an action is confirmed, failed or not.
    pub fn is_confirmed(&self, id: ActionId) -> bool {
        self.action_done.get(&id) == Some(&true)
    }

    /// Actions under way, in graph order.
    pub fn in_flight(&self) -> Vec<ActionId> {
        self.under_way
            .iter()
            .map(|&(s, a)| self.graph.synapses[s].actions[a].id.id)
            .collect()
    }

    /// What to do at the end, and why it was aborted, if it was.
    pub fn completion(&self) -> (Completion, Option<&str>) {
        (self.completion, self.abort_text.as_deref())
    }

    /// Asks to end early: only synapses of at least this priority (and pseudo-actions) still fire.
    pub fn abort(&mut self, priority: i64, completion: Completion, text: &str) {
        if completion > self.completion || self.abort_text.is_none() {
            self.abort_text = Some(text.to_owned());
        }
        self.completion = self.completion.max(completion);
        self.abort_priority = self.abort_priority.max(priority);
    }

    /// Starts a pass over the graph.
    pub fn begin_pass(&mut self) {
        self.cursor = 0;
        self.fired_in_pass = 0;
        self.deferred_in_pass = 0;
    }

    /// Fires the next synapse that may, in graph order, and gives its actions to be started.
    pub fn next_synapse(&mut self, limits: &Limits) -> Option<Vec<ActionId>> {
        loop {
            if limits.batch > 0 && self.synapses_in_flight >= limits.batch as usize {
                self.deferred_in_pass += 1;
                return None;
            }
            let at = *self.ready.range(self.cursor..).next()?;
            self.cursor = at + 1;
            if self.may_fire(at, limits) {
                return Some(self.fire(at));
            }
        }
    }

    /// Ends a pass.
    pub fn end_pass(&self) -> Outcome {
        if self.fired_in_pass > 0 || self.deferred_in_pass > 0 || self.synapses_in_flight > 0 {
            return Outcome::Running;
        }
        match (self.unfired > 0, self.abort_priority > 0) {
            (false, _) => Outcome::Complete,
            (true, true) => Outcome::Stopped,
            (true, false) => Outcome::Terminated,
        }
    }

    /// Reports the end of an action. Later reports of the same action count for nothing.
    ///
    /// A failed action is an input only to synapses of infinite priority; aborting is up to the caller.
    /// Returns false if the action is not in the graph, was not started, or is already confirmed.
    pub fn confirm(&mut self, id: ActionId, failed: bool) -> bool {
        let Some(&(synapse, at)) = self.place.get(&id) else {
            return false;
        };
        if self.action_done.get(&id) != Some(&false) {
            return false;
        }
        self.action_done.insert(id, true);
        self.under_way.remove(&(synapse, at));
        let graph = self.graph.clone();
        self.count_jobs(&graph.synapses[synapse].actions[at], false);
        self.progress[synapse].actions_left -= 1;
        if self.progress[synapse].actions_left == 0 {
            self.synapses_in_flight -= 1;
        }
        for &waiting in self.waiting.get(&id).map(Vec::as_slice).unwrap_or_default() {
            if !failed || i64::from(graph.synapses[waiting].priority) >= INFINITY {
                self.progress[waiting].inputs_left -= 1;
                if self.progress[waiting].inputs_left == 0 {
                    self.ready.insert(waiting);
                }
            }
        }
        true
    }

    /// Reports that an action could not even be started: it failed, and the graph is aborted.
    pub fn could_not_start(&mut self, id: ActionId, text: &str) {
        if self.confirm(id, true) {
            self.abort(INFINITY, Completion::Restart, text);
        }
    }

    fn may_fire(&mut self, at: usize, limits: &Limits) -> bool {
        let graph = self.graph.clone();
        let synapse = &graph.synapses[at];
        let real = || {
            synapse
                .actions
                .iter()
                .filter(|a| a.id.kind != ActionKind::Pseudo)
        };
        if real().next().is_some() && i64::from(synapse.priority) < self.abort_priority {
            self.ready.remove(&at);
            return false;
        }
        let room = real().all(|action| self.has_room(action, limits));
        if !room {
            self.deferred_in_pass += 1;
        }
        room
    }

    fn fire(&mut self, at: usize) -> Vec<ActionId> {
        let graph = self.graph.clone();
        self.ready.remove(&at);
        self.unfired -= 1;
        self.synapses_in_flight += usize::from(!graph.synapses[at].actions.is_empty());
        self.fired_in_pass += 1;
        for (position, action) in graph.synapses[at].actions.iter().enumerate() {
            self.under_way.insert((at, position));
            self.action_done.insert(action.id.id, false);
            self.count_jobs(action, true);
        }
        graph.synapses[at].actions.iter().map(|a| a.id.id).collect()
    }

    fn has_room(&self, action: &GraphAction, limits: &Limits) -> bool {
        job_nodes(action).into_iter().all(|(node, migration)| {
            let jobs = self.jobs.get(node).copied().unwrap_or_default();
            let full = limits
                .node_jobs
                .get(node)
                .is_some_and(|limit| jobs.all >= *limit);
            let migrations =
                migration && limits.migrations > 0 && jobs.migrations >= limits.migrations;
            !full && !migrations
        })
    }

    fn count_jobs(&mut self, action: &GraphAction, add: bool) {
        for (node, migration) in job_nodes(action) {
            let jobs = self.jobs.entry(node.to_owned()).or_default();
            let change = |n: u32| if add { n + 1 } else { n.saturating_sub(1) };
            jobs.all = change(jobs.all);
            if migration {
                jobs.migrations = change(jobs.migrations);
            }
        }
    }
}

/// The nodes an action is a job of, and whether as a migration: its router, or both ends of a migration.
fn job_nodes(action: &GraphAction) -> Vec<(&str, bool)> {
    if action.id.kind != ActionKind::Resource {
        return Vec::new();
    }
    if let Some(router) = &action.id.router_node {
        return vec![(router, false)];
    }
    if matches!(&*action.id.operation, "migrate_to" | "migrate_from") {
        let ends = [action.meta("migrate_source"), action.meta("migrate_target")];
        return ends
            .into_iter()
            .flatten()
            .map(|node| (node, true))
            .collect();
    }
    action
        .id
        .on_node
        .iter()
        .map(|(name, _)| (&**name, false))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{ActionRef, Synapse};
    use proptest::prelude::*;

    /// A graph with one action a synapse; inputs are action numbers.
    fn graph(synapses: &[(i32, &[ActionId])]) -> Arc<TransitionGraph> {
        let reference = |id: ActionId| {
            Arc::new(ActionRef {
                id,
                kind: ActionKind::Resource,
                operation: "start".into(),
                key: format!("r{id}_start_0"),
                internal_key: None,
                on_node: Some(("n1".into(), "1".into())),
                router_node: None,
            })
        };
        let action = |id| GraphAction {
            id: reference(id),
            shutdown_lock: None,
            resource: None,
            attributes: Arc::default(),
            params: Vec::new(),
            downed: Vec::new(),
            maintenance: Vec::new(),
        };
        let synapses = synapses
            .iter()
            .enumerate()
            .map(|(i, (priority, inputs))| Synapse {
                id: i as u32,
                priority: *priority,
                actions: vec![action(i as u32 + 1)],
                inputs: inputs.iter().map(|input| reference(*input)).collect(),
            });
        Arc::new(TransitionGraph {
            header: Vec::new(),
            synapses: synapses.collect(),
        })
    }

    /// Runs with every action done at once; gives the order and the outcome.
    fn run(runner: &mut Runner, limits: &Limits, fails: ActionId) -> (Vec<ActionId>, Outcome) {
        let mut order = Vec::new();
        loop {
            runner.begin_pass();
            while let Some(actions) = runner.next_synapse(limits) {
                for id in actions {
                    order.push(id);
                    runner.confirm(id, id == fails);
                    if id == fails {
                        runner.abort(INFINITY, Completion::Restart, "Event failed");
                    }
                }
            }
            match runner.end_pass() {
                Outcome::Running => {}
                outcome => return (order, outcome),
            }
        }
    }

    #[test]
    fn inputs_confirmed_in_a_pass_count_in_it() {
        let mut runner = Runner::new(graph(&[(0, &[2]), (0, &[]), (0, &[2])]));
        let (order, outcome) = run(&mut runner, &Limits::default(), 0);
        assert_eq!((order, outcome), (vec![2, 3, 1], Outcome::Complete));
    }

    #[test]
    fn a_failure_stops_all_but_infinite_priority() {
        let mut runner = Runner::new(graph(&[(0, &[]), (0, &[1]), (1_000_000, &[1]), (0, &[])]));
        let (order, outcome) = run(&mut runner, &Limits::default(), 1);
        assert_eq!((order, outcome), (vec![1, 3], Outcome::Stopped));
        assert_eq!(
            runner.completion(),
            (Completion::Restart, Some("Event failed"))
        );
    }

    #[test]
    fn a_loop_terminates() {
        let mut runner = Runner::new(graph(&[(0, &[2]), (0, &[1])]));
        assert_eq!(
            run(&mut runner, &Limits::default(), 0),
            (vec![], Outcome::Terminated)
        );
    }

    #[test]
    fn limits_hold_back() {
        let mut runner = Runner::new(graph(&[(0, &[]), (0, &[]), (0, &[])]));
        let limits = Limits {
            node_jobs: BTreeMap::from([("n1".into(), 2)]),
            ..Limits::default()
        };
        runner.begin_pass();
        assert_eq!(runner.next_synapse(&limits), Some(vec![1]));
        assert_eq!(runner.next_synapse(&limits), Some(vec![2]));
        assert_eq!(runner.next_synapse(&limits), None);
        assert_eq!(runner.end_pass(), Outcome::Running);
        assert!(runner.confirm(1, false));
        assert!(!runner.confirm(1, false));
        runner.begin_pass();
        assert_eq!(runner.next_synapse(&limits), Some(vec![3]));
        assert_eq!(runner.in_flight(), [2, 3]);
    }

    proptest! {
        /// Any graph whose inputs come earlier is carried out completely, inputs first.
        #[test]
        fn sound_graphs_complete(picks in prop::collection::vec(prop::collection::vec(0usize..8, 0..4), 1..12),
                                 batch in 0u32..3) {
            let inputs: Vec<Vec<ActionId>> = picks.iter().enumerate()
                .map(|(i, p)| p.iter().filter(|x| **x < i).map(|x| *x as u32 + 1).collect()).collect();
            let synapses: Vec<(i32, &[ActionId])> = inputs.iter().map(|i| (0, i.as_slice())).collect();
            let mut runner = Runner::new(graph(&synapses));
            let (order, outcome) = run(&mut runner, &Limits { batch, ..Limits::default() }, 0);
            prop_assert_eq!(outcome, Outcome::Complete);
            prop_assert_eq!(order.len(), synapses.len());
            for (at, id) in order.iter().enumerate() {
                for input in synapses[*id as usize - 1].1 {
                    prop_assert!(order[..at].contains(input));
                }
            }
        }
    }
}
