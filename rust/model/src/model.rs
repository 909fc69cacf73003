//! The frozen model of one scheduler run.

use crate::{
    Activity, Colocations, Counts, DigestCache, FailedOp, Gate, GateId, HistoryEntry, HistoryId,
    Locations, Node, NodeId, NodeState, Options, Order, PostponedCheck, ProbeMode, Request,
    Resource, RscFlags, RscId, RscState, RuleTrace, ScoreTable, Source, Ticket, TicketDependency,
    TicketId, Variant, unpack,
};
use pcmk_base::{Diagnostic, Id, IdSet, IdVec, Interner, Score, Text};
use pcmk_xml::Element;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// How to read a CIB.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// The effective time of the run, epoch seconds.
    pub now: i64,
    /// Private parameters may have been removed from the input: digests that differ only by them are equal.
    pub sanitized: bool,
}

/// How much of a CIB is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What displays show.
    Status,
    /// What a scheduler run needs.
    Scheduling,
    /// That, and where it comes from.
    Tracing,
}

/// Everything a scheduler run knows before its first decision.
///
/// Resources, nodes and their tables only grow while the model is read and never change afterwards; what a
/// run decides is in the plan, which starts from copies of `states`, `node_states`, `scores`, `colocations`.
#[derive(Clone, Debug)]
pub struct Model {
    /// The CIB it was read from, in the spelling of the newest schema.
    pub cib: Arc<Element>,
    /// Effective time, epoch seconds.
    pub now: i64,
    /// See [`ReadOptions::sanitized`].
    pub sanitized: bool,
    /// The partition has quorum.
    pub quorate: bool,
    /// Cluster options.
    pub options: Options,
    /// Some device or resource asks for unfencing.
    pub unfencing: bool,
    /// A fence device is configured (or was found in history), or there is a watchdog.
    pub has_fence_device: bool,
    /// Interned operation names.
    pub names: Interner,
    /// `op_defaults`, if any.
    pub op_defaults: Option<Arc<Element>>,

    /// Nodes, in order of creation.
    pub nodes: IdVec<NodeId, Node>,
    /// Their condition as read.
    pub node_states: IdVec<NodeId, NodeState>,
    /// Nodes in the order every loop over nodes takes: by name, numbers as numbers.
    pub node_order: Vec<NodeId>,
    /// Nodes that have the attribute `#uname`.
    pub named: IdSet<NodeId>,
    /// All of them have, and none is a guest, for whose host some resources look instead.
    pub every_node_is_itself: bool,

    /// Resources of all variants, parents before their children.
    pub resources: Arc<IdVec<RscId, Resource>>,
    /// Their state as read.
    pub states: IdVec<RscId, RscState>,
    /// What history says about them.
    pub activity: IdVec<RscId, Activity>,
    /// Top-level resources in the order every loop over resources takes: by priority, then as configured;
    /// removed resources last.
    pub top: Vec<RscId>,
    /// Allowed nodes before any constraint is applied: defaults, and the bans that history asks for.
    pub scores: ScoreTable,

    /// Location constraints, node health included.
    pub locations: Locations,
    /// Configured colocations.
    pub colocations: Colocations,
    /// Configured orderings in order of creation, with those that mandatory anti-colocations imply.
    pub orders: Vec<Order>,
    /// Points that wait for enough of several actions.
    pub gates: IdVec<GateId, Gate>,
    /// Tickets in order of mention.
    pub tickets: IdVec<TicketId, Ticket>,
    /// Resources that need tickets, in document order.
    pub ticket_dependencies: Vec<TicketDependency>,
    /// Members of tags, by tag id.
    pub tags: FxHashMap<Text, Vec<Text>>,
    /// XML ids of the users of templates, by template id.
    pub templates: FxHashMap<Text, Vec<Text>>,

    /// Operation history in order of reading.
    pub history: IdVec<HistoryId, HistoryEntry>,
    /// Actions that reading the status asked for, in order.
    pub requests: Vec<Request>,
    /// Digests that were calculated while reading. Comparisons in passes go on from a copy.
    pub digests: DigestCache,
    /// Parameters of operations that were counted so far.
    pub counts: Arc<Counts>,
    /// Failed operations for displays.
    pub failed_ops: Vec<FailedOp>,
    /// Checks to be done after assignment, newest first.
    pub postponed_checks: Vec<PostponedCheck>,
    /// The earliest later time at which the result could change by itself, epoch seconds.
    pub recheck_at: Option<i64>,
    /// Why rules of location constraints passed or did not, if the model was read to trace.
    pub rules: Option<Vec<RuleTrace>>,

    pub(crate) by_name: Arc<Names>,
}

/// Look-up of nodes and resources by their texts. Never iterated.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub(crate) nodes: FxHashMap<Text, NodeId>,
    pub(crate) resources: FxHashMap<Text, RscId>,
}

impl Model {
    /// Reads a CIB of any schema. Diagnostics are in the order they were found.
    pub fn read(cib: &Arc<Element>, options: &ReadOptions) -> (Model, Vec<Diagnostic>) {
        unpack::read(cib, options, Extent::Scheduling)
    }

    /// As [`Model::read`], and keeps where scores come from and what rules were evaluated by.
    pub fn read_traced(cib: &Arc<Element>, options: &ReadOptions) -> (Model, Vec<Diagnostic>) {
        unpack::read(cib, options, Extent::Tracing)
    }

    /// As [`Model::read`], but without node health and constraints: what displays show. (A ticket that is missing
    /// blocks resources and makes nodes unclean as soon as its constraint is read.)
    pub fn read_status(cib: &Arc<Element>, options: &ReadOptions) -> (Model, Vec<Diagnostic>) {
        unpack::read(cib, options, Extent::Status)
    }

    /// The node of this name, ignoring case.
    pub fn node_named(&self, name: &str) -> Option<NodeId> {
        self.by_name
            .nodes
            .get(name.to_ascii_lowercase().as_str())
            .copied()
    }

    /// The resource with exactly this id.
    pub fn resource_with_id(&self, id: &str) -> Option<RscId> {
        self.by_name.resources.get(id).copied()
    }

    /// The id under which history knows an anonymous instance or removed resource.
    pub fn history_id(&self, rsc: RscId) -> Option<&Text> {
        self.activity[rsc].history_id.as_ref()
    }

    /// The topmost ancestor of a resource; a bundle above it is not counted.
    pub fn top_of(&self, rsc: RscId) -> RscId {
        let mut top = rsc;
        while let Some(parent) = self.resources[top].parent {
            if matches!(self.resources[parent].variant, Variant::Bundle(_)) {
                break;
            }
            top = parent;
        }
        top
    }

    /// The topmost ancestor of a resource, bundles included.
    pub fn outermost(&self, rsc: RscId) -> RscId {
        let mut top = rsc;
        while let Some(parent) = self.resources[top].parent {
            top = parent;
        }
        top
    }

    /// Whether `ancestor` is above `rsc` in its tree.
    pub fn is_ancestor(&self, ancestor: RscId, rsc: RscId) -> bool {
        let mut above = self.resources[rsc].parent;
        while let Some(parent) = above {
            if parent == ancestor {
                return true;
            }
            above = self.resources[parent].parent;
        }
        false
    }

    /// The bundle a resource is in, if any.
    pub fn bundle_of(&self, rsc: RscId) -> Option<RscId> {
        let outermost = self.outermost(rsc);
        (outermost != rsc && matches!(self.resources[outermost].variant, Variant::Bundle(_)))
            .then_some(outermost)
    }

    /// The clone above (or at) a resource if its instances are anonymous.
    pub fn anonymous_clone_of(&self, rsc: RscId) -> Option<RscId> {
        let top = self.top_of(rsc);
        (self.resources[top].is_clone() && !self.states[top].is(RscFlags::UNIQUE)).then_some(top)
    }

    /// A resource and everything below it, parents first, children in configured order.
    pub fn subtree(&self, rsc: RscId) -> Vec<RscId> {
        let (mut found, mut open) = (Vec::new(), vec![rsc]);
        while let Some(next) = open.pop() {
            found.push(next);
            open.extend(self.resources[next].children.iter().rev());
        }
        found
    }

    /// The primitives at or below a resource, in configured order.
    pub fn primitives(&self, rsc: RscId) -> Vec<RscId> {
        if self.resources[rsc].is_primitive() {
            return vec![rsc];
        }
        let mut found = self.subtree(rsc);
        found.retain(|&r| self.resources[r].is_primitive());
        found
    }

    /// Whether any remote, guest or bundle node exists.
    pub fn has_remote_nodes(&self) -> bool {
        self.nodes.values().any(Node::is_pacemaker_remote)
    }

    /// Adds a node and its column; it goes before others of the same name in [`Model::node_order`].
    pub(crate) fn add_node(&mut self, node: Node, state: NodeState) -> NodeId {
        let at = self.node_order.partition_point(|&other| {
            pcmk_base::compare_names(&self.nodes[other].name, &node.name).is_lt()
        });
        Arc::make_mut(&mut self.by_name)
            .nodes
            .entry(node.name.to_ascii_lowercase().into())
            .or_insert(self.nodes.next_id());
        let id = self.nodes.push(node);
        self.node_states.push(state);
        self.scores.add_node();
        self.node_order.insert(at, id);
        id
    }

    /// Adds a resource with its row and lists. The caller links it to its parent or to `top`.
    pub(crate) fn add_resource(&mut self, resource: Resource, state: RscState) -> RscId {
        Arc::make_mut(&mut self.by_name)
            .resources
            .entry(resource.id.clone())
            .or_insert(self.resources.next_id());
        let id = Arc::make_mut(&mut self.resources).push(resource);
        self.states.push(state);
        self.activity.push(Activity::default());
        self.scores.add_resource();
        self.locations.of.push(Vec::new());
        self.colocations.this_with.push(Vec::new());
        self.colocations.with_this.push(Vec::new());
        id
    }

    /// A resource, to be changed.
    pub(crate) fn resource_mut(&mut self, rsc: RscId) -> &mut Resource {
        &mut Arc::make_mut(&mut self.resources)[rsc]
    }

    /// Takes back every resource from this position on; nothing may refer to them any more.
    pub(crate) fn drop_resources(&mut self, len: usize) {
        for index in len..self.resources.len() {
            let id = RscId::from_index(index);
            let name = &self.resources[id].id;
            if self.by_name.resources.get(name) == Some(&id) {
                Arc::make_mut(&mut self.by_name).resources.remove(name);
            }
        }
        for (_, node) in self.nodes.iter_mut() {
            node.connection = node.connection.filter(|rsc| rsc.index() < len);
        }
        Arc::make_mut(&mut self.resources).truncate(len);
        self.states.truncate(len);
        self.activity.truncate(len);
        self.scores.truncate(len);
        self.locations.of.truncate(len);
        self.colocations.this_with.truncate(len);
        self.colocations.with_this.truncate(len);
    }

    /// Adds a score for a resource and everything below it on a node. Where the node is new to a table, it
    /// starts with its own score and probe mode.
    pub(crate) fn add_score(&mut self, rsc: RscId, node: NodeId, score: Score, source: Source) {
        for below in self.subtree(rsc) {
            self.add_own_score(below, node, score, source);
        }
    }

    /// As [`Model::add_score`], on every node.
    pub(crate) fn add_score_everywhere(&mut self, rsc: RscId, score: Score, source: Source) {
        for below in self.subtree(rsc) {
            for node in self.nodes.ids() {
                self.add_own_score(below, node, score, source);
            }
        }
    }

    /// Puts every node into the tables of a resource and of what is below it, as in a symmetric cluster. Nodes
    /// that are closed to ordinary resources stay out, and so do resources that demand exclusive probing.
    pub(crate) fn allow_everywhere(&mut self, rsc: RscId) {
        let mut open = vec![rsc];
        while let Some(current) = open.pop() {
            if self.states[current].is(RscFlags::EXCLUSIVE_PROBES) {
                continue;
            }
            open.extend_from_slice(&self.resources[current].children);
            for node in self.nodes.ids() {
                let open = self.nodes[node].probe_mode != ProbeMode::Never;
                if open && !self.scores.has(current, node) {
                    self.add_own_score(current, node, Score::ZERO, Source::Symmetric);
                }
            }
        }
    }

    fn add_own_score(&mut self, rsc: RscId, node: NodeId, score: Score, source: Source) {
        if !self.scores.has(rsc, node) {
            let mode = self.nodes[node].probe_mode;
            self.scores.set_probe(rsc, node, mode);
        }
        let base = self.node_states[node].score;
        self.scores.add(rsc, node, score, base, source);
    }

    /// Keeps a time for [`Model::recheck_at`] if it is in the future and the earliest so far.
    pub(crate) fn propose_recheck(&mut self, at: i64) {
        if at > self.now && self.recheck_at.is_none_or(|known| at < known) {
            self.recheck_at = Some(at);
        }
    }

    /// An empty model of this CIB.
    pub(crate) fn empty(cib: &Arc<Element>, options: &ReadOptions) -> Model {
        Model {
            cib: cib.clone(),
            now: options.now,
            sanitized: options.sanitized,
            quorate: false,
            options: Options::default(),
            unfencing: false,
            has_fence_device: false,
            names: Interner::default(),
            op_defaults: None,
            nodes: IdVec::new(),
            node_states: IdVec::new(),
            node_order: Vec::new(),
            named: IdSet::new(),
            every_node_is_itself: false,
            resources: Arc::default(),
            states: IdVec::new(),
            activity: IdVec::new(),
            top: Vec::new(),
            scores: ScoreTable::default(),
            locations: Locations::default(),
            colocations: Colocations::default(),
            orders: Vec::new(),
            gates: IdVec::new(),
            tickets: IdVec::new(),
            ticket_dependencies: Vec::new(),
            tags: FxHashMap::default(),
            templates: FxHashMap::default(),
            history: IdVec::new(),
            requests: Vec::new(),
            digests: DigestCache::default(),
            counts: Arc::default(),
            failed_ops: Vec::new(),
            postponed_checks: Vec::new(),
            recheck_at: None,
            rules: None,
            by_name: Arc::default(),
        }
    }
}
