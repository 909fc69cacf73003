//! Running a graph against a CIB: everything is done at once and succeeds, unless it is made to fail.

use crate::inject::{OpSpec, SetAttribute, count_failure, node_id};
use crate::records::{self, Histories, NodeRecord, Outcome, Recorded};
use pcmk_base::Text;
use pcmk_graph::{
    ActionId, ActionKind, Completion, GraphAction, GraphResource, Limits, Outcome as PassOutcome,
    Runner, TransitionGraph,
};
use pcmk_model::Model;
use pcmk_xml::Element;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// How to run a graph.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Operations that shall fail.
    pub fail: Vec<OpSpec>,
    /// The present, epoch seconds, for what is recorded.
    pub now: i64,
    /// Nodes that are touched and not configured are added.
    pub configures_nodes: bool,
}

/// What running a graph led to.
#[derive(Clone, Debug)]
pub struct Executed {
    /// The CIB with all that was recorded.
    pub cib: Arc<Element>,
    /// What was done, in order.
    pub done: Vec<Done>,
    /// Some actions could never be done: the graph was not sound.
    pub unsound: bool,
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// A point was passed.
    Pseudo {
        /// Its key.
        key: String,
        /// The node it is about.
        node: Option<Text>,
    },
    /// A node was fenced.
    Fencing {
        /// Which.
        node: Text,
        /// How.
        op: String,
    },
    /// The cluster did something itself.
    Cluster {
        /// What.
        task: Text,
        /// The resource it is about.
        rsc: Option<String>,
        /// Where.
        node: Text,
    },
    /// An operation of a resource.
    Resource {
        /// Its name.
        rsc: String,
        /// What was done.
        task: Text,
        /// How often it is from now on, in milliseconds; zero if not at all.
        interval: u32,
        /// Where.
        node: Text,
    },
    /// An action was made to fail.
    Failed {
        /// Its number.
        number: u32,
        /// Its result.
        rc: i32,
    },
    /// A transient attribute was set.
    Attribute(SetAttribute),
}

/// Runs a graph made from this model.
pub fn run(
    cib: &Arc<Element>,
    model: &Model,
    graph: Arc<TransitionGraph>,
    options: &RunOptions,
) -> Executed {
    let mut execution = Execution {
        cib: cib.as_ref().clone(),
        histories: Histories::default(),
        model,
        known: known_names(model),
        graph: graph.clone(),
        options,
        done: Vec::new(),
    };
    let mut runner = Runner::new(graph);
    let limits = Limits::default();
    let outcome = loop {
        runner.begin_pass();
        let mut fired = false;
        while let Some(actions) = runner.next_synapse(&limits) {
            fired = true;
            for id in actions {
                execution.carry_out(&mut runner, id);
            }
        }
        let outcome = runner.end_pass();
        if !fired || outcome != PassOutcome::Running {
            break outcome;
        }
    };
    Executed {
        cib: Arc::new(execution.cib),
        done: execution.done,
        unsound: outcome == PassOutcome::Terminated,
    }
}

struct Execution<'a> {
    cib: Element,
    histories: Histories,
    model: &'a Model,
    /// See [`known_names`].
    known: FxHashSet<&'a str>,
    graph: Arc<TransitionGraph>,
    options: &'a RunOptions,
    done: Vec<Done>,
}

impl Execution<'_> {
    fn carry_out(&mut self, runner: &mut Runner, id: ActionId) {
        let Some(action) = runner.action(id).cloned() else {
            return;
        };
        let failed = match action.id.kind {
            ActionKind::Pseudo => self.pseudo(&action),
            ActionKind::Cluster | ActionKind::ClusterCib => self.cluster(&action),
            ActionKind::Resource => self.resource(&action),
        };
        runner.confirm(id, failed);
        if failed {
            runner.abort(1_000_000, Completion::Restart, "simulated failure");
        }
    }

    fn pseudo(&mut self, action: &GraphAction) -> bool {
        let node = action.id.on_node.as_ref();
        self.done.push(Done::Pseudo {
            key: action.id.key.clone(),
            node: node.map(|(name, _)| name.clone()),
        });
        false
    }

    fn cluster(&mut self, action: &GraphAction) -> bool {
        let (node, id) = action.id.on_node.clone().unwrap_or_default();
        if &*action.id.operation == "stonith" {
            let op = action.meta("stonith_action").unwrap_or_default().to_owned();
            let down = op != "on";
            self.done.push(Done::Fencing {
                node: node.clone(),
                op,
            });
            if down {
                self.touch_node(&node);
                records::set_node(&mut self.cib, &node, &id, NodeRecord::Down);
            }
            return false;
        }
        self.done.push(Done::Cluster {
            task: action.id.operation.clone(),
            rsc: action.resource.as_ref().map(|rsc| rsc.id.clone()),
            node,
        });
        false
    }

    fn touch_node(&mut self, node: &str) {
        if self.options.configures_nodes {
            records::configure_node(&mut self.cib, node);
        }
    }

    fn resource(&mut self, action: &GraphAction) -> bool {
        let (Some(rsc), Some((node, _))) = (&action.resource, &action.id.on_node) else {
            return false;
        };
        let task = action.id.operation.clone();
        if &*task == "reprobe" {
            return false;
        }
        let interval = action
            .meta("interval")
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        let name = shown_name(&self.known, rsc);
        let leaves_no_record = matches!(&*task, "delete" | "meta-data");
        self.done.push(Done::Resource {
            rsc: name.to_owned(),
            task: task.clone(),
            interval: if leaves_no_record { 0 } else { interval },
            node: node.clone(),
        });
        if leaves_no_record {
            return false;
        }
        self.record(action, rsc, name, node, &task, interval)
    }

    fn record(
        &mut self,
        action: &GraphAction,
        rsc: &GraphResource,
        name: &str,
        node: &str,
        task: &str,
        interval: u32,
    ) -> bool {
        let expected = action
            .meta("op_target_rc")
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        let id = if action.id.router_node.is_some() {
            node.to_owned()
        } else {
            node_id(self.model, node)
        };
        self.touch_node(node);
        let forced = self.forced_failure(rsc, name, task, interval, node);
        if let Some((named, rc)) = forced {
            let number = action.id.id;
            self.done.push(Done::Failed { number, rc });
            let fatal = self.graph.attr("failed-start-offset") == Some("INFINITY");
            let now = self.options.now;
            let operation = (named, task, interval);
            let set = count_failure(&mut self.cib, (node, &id), operation, rc, fatal, now);
            self.done
                .extend(set.into_iter().flatten().map(Done::Attribute));
        }
        let recorded = Recorded {
            id: name,
            configured_id: &rsc.id,
            agent: (
                rsc.class.as_deref().unwrap_or_default(),
                rsc.provider.as_deref(),
                rsc.kind.as_deref().unwrap_or_default(),
            ),
        };
        let outcome = Outcome {
            task,
            interval,
            rc: forced.map_or(expected, |(_, rc)| rc),
            expected,
            reason: "User-injected result",
            now: self.options.now,
            action: Some(action),
        };
        let at = (node, id.as_str());
        records::record(&mut self.cib, &mut self.histories, at, &recorded, &outcome);
        forced.is_some()
    }

    /// The result that an operation was told to have, and by which of the resource's names.
    fn forced_failure<'n>(
        &self,
        rsc: &'n GraphResource,
        name: &'n str,
        task: &str,
        interval: u32,
        node: &str,
    ) -> Option<(&'n str, i32)> {
        self.options.fail.iter().find_map(|spec| {
            let told = spec.op.task.eq_ignore_ascii_case(task)
                && spec.op.interval == interval
                && spec.node.eq_ignore_ascii_case(node);
            let mut names = [name, &*rsc.id].into_iter();
            let named = names.find(|name| spec.op.resource.eq_ignore_ascii_case(name))?;
            told.then_some((named, spec.rc))
        })
    }
}

/// Ids that resources have, or by which history knows them.
fn known_names(model: &Model) -> FxHashSet<&str> {
    let all = model.resources.iter();
    all.flat_map(|(id, r)| [Some(&*r.id), model.history_id(id).map(|known| &**known)])
        .flatten()
        .collect()
}

/// The configured id if it is a known name, else the long one.
fn shown_name<'a>(known: &FxHashSet<&str>, rsc: &'a GraphResource) -> &'a str {
    match &rsc.long_id {
        Some(long) if !known.contains(&*rsc.id) => long,
        _ => &rsc.id,
    }
}
