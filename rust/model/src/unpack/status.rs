//! The `status` section: in which order its parts are read.
//!
//! Node states come first, as a whole. Histories follow, each as soon as enough is known about its node: what runs
//! a remote or guest node has a history of its own on another node. So passes over all histories repeat until
//! nothing more can be read; a last one reads the rest if fencing is enabled.

use super::reader::Reader;
use super::recorded::Recorded;
use super::{history, node_state, remote_state, ticket_state};
use crate::{DigestCache, Model, NodeFlags, NodeId, NodeKind, RscFlags, RscId, RscState, Source};
use pcmk_base::{Diagnostic, Entity, Level, Role, Text};
use pcmk_xml::Element;
use rustc_hash::{FxHashMap, FxHashSet};

/// What the steps of reading the status share.
pub(super) struct Status<'r, 'a> {
    pub reader: &'r mut Reader<'a>,
    /// Raw history for look-ups across nodes.
    pub recorded: Recorded<'a>,
    /// Resources by the id that history knows them under.
    pub by_history: FxHashMap<Text, Vec<RscId>>,
    /// Launchers of failed parts of bundles, to be stopped once it is known where they are; last found first.
    pub stop_later: Vec<RscId>,
    /// Stops that were asked for.
    pub stops: FxHashSet<(RscId, NodeId)>,
    pub digests: DigestCache,
}

/// Reads the status section; several of them count as none.
pub(super) fn read(reader: &mut Reader<'_>) {
    let cib = reader.cib;
    let Some(section) = super::reader::only(cib, "status") else {
        finish_remote_nodes(&mut Status::new(reader, Recorded::default()));
        return;
    };
    let mut status = Status::new(reader, Recorded::new(section));
    for element in section.children() {
        match element.name() {
            "tickets" => ticket_state::read(status.reader, element),
            "node_state" => read_state(&mut status, element),
            _ => {}
        }
    }
    while read_histories(&mut status, section, false) {}
    read_histories(&mut status, section, true);
    for launcher in std::mem::take(&mut status.stop_later) {
        let model = &status.reader.model;
        let node = model.current_node(&model.node_states, &model.states, launcher);
        if let Some(node) = node {
            status.request_stop(launcher, node);
        }
    }
    finish_remote_nodes(&mut status);
    let digests = std::mem::take(&mut status.digests);
    reader.model.digests = digests;
}

impl<'r, 'a> Status<'r, 'a> {
    fn new(reader: &'r mut Reader<'a>, recorded: Recorded<'a>) -> Self {
        Status {
            reader,
            recorded,
            by_history: FxHashMap::default(),
            stop_later: Vec::new(),
            stops: FxHashSet::default(),
            digests: DigestCache::default(),
        }
    }

    pub fn model(&mut self) -> &mut Model {
        &mut self.reader.model
    }

    pub fn rsc(&mut self, rsc: RscId) -> &mut RscState {
        &mut self.reader.model.states[rsc]
    }

    pub fn rsc_is(&self, rsc: RscId, flags: RscFlags) -> bool {
        self.reader.model.states[rsc].is(flags)
    }

    pub fn set_rsc(&mut self, rsc: RscId, flags: RscFlags) {
        self.reader.model.states[rsc].flags |= flags;
    }

    pub fn node_is(&self, node: NodeId, flags: NodeFlags) -> bool {
        self.reader.model.node_states[node].is(flags)
    }

    pub fn set_node(&mut self, node: NodeId, flags: NodeFlags) {
        self.reader.model.node_states[node].flags |= flags;
    }

    pub fn clear_node(&mut self, node: NodeId, flags: NodeFlags) {
        self.reader.model.node_states[node].flags -= flags;
    }

    /// The resource itself if its instances are told apart, else the whole clone: what is banned after a failure
    /// that says something about the node.
    pub fn banned_with(&self, rsc: RscId) -> RscId {
        if self.rsc_is(rsc, RscFlags::UNIQUE) {
            rsc
        } else {
            self.reader.model.top_of(rsc)
        }
    }

    /// Stops a resource from running anywhere, whatever its table said.
    pub fn empty_table(&mut self, rsc: RscId, source: Source) {
        let model = self.model();
        model.scores.clear_row(rsc, source);
        for node in model.nodes.ids() {
            let ban = pcmk_base::Score::MINUS_INFINITY;
            model.scores.set(rsc, node, ban, source);
            model
                .scores
                .set_probe(rsc, node, model.nodes[node].probe_mode);
        }
    }
}

/// The node a `node_state` is about.
fn node_of(status: &mut Status<'_, '_>, element: &Element) -> Option<NodeId> {
    let id = element.id()?;
    let model = &status.reader.model;
    let by_id = model
        .node_order
        .iter()
        .copied()
        .find(|&n| model.nodes[n].id.eq_ignore_ascii_case(id));
    by_id.or_else(|| model.node_named(element.attr("uname")?))
}

fn read_state(status: &mut Status<'_, '_>, element: &Element) {
    let Some(id) = element.id() else {
        let entity = super::reader::element_entity(element);
        status.reader.sink.error(crate::codes::WITHOUT_ID, entity);
        return;
    };
    let Some(node) = node_of(status, element) else {
        let name = element.attr("uname").unwrap_or("unknown").to_owned();
        let found = Diagnostic::new(
            Level::Info,
            crate::codes::REMOVED_NODE_STATE,
            Entity::Node(name),
        );
        status.reader.sink.push(found.with("id", id));
        return;
    };
    if status.reader.model.nodes[node].is_pacemaker_remote() {
        remote_state::note_fenced(status, node, element);
    } else {
        node_state::read(status, node, element);
    }
}

/// One pass over the histories. True if any was read.
fn read_histories(status: &mut Status<'_, '_>, section: &Element, last: bool) -> bool {
    let mut progress = false;
    for element in section.children_named("node_state") {
        if element.attr("uname").is_none() {
            continue;
        }
        let Some(node) = node_of(status, element) else {
            continue;
        };
        let fencing = status.reader.model.options.fencing_enabled;
        if status.node_is(node, NodeFlags::HISTORY_READ)
            || !(last && fencing || is_ready(status, node))
        {
            continue;
        }
        if status.reader.model.nodes[node].is_pacemaker_remote() {
            remote_state::settle_online(status, node);
            remote_state::read_attributes(status, node, element);
        }
        status.set_node(node, NodeFlags::HISTORY_READ);
        history::read_node(status, node, element);
        progress = true;
    }
    progress
}

/// Whether enough is known for the history of a node to be read.
fn is_ready(status: &Status<'_, '_>, node: NodeId) -> bool {
    let model = &status.reader.model;
    let locks = model.options.shutdown_lock;
    let connection = model.nodes[node].connection;
    let started =
        |rsc: Option<RscId>| rsc.is_some_and(|r| model.states[r].current_role == Role::Started);
    match model.nodes[node].kind {
        NodeKind::Guest => started(connection) && started(model.launcher_of(node)),
        NodeKind::Remote => connection.is_some() && (locks || started(connection)),
        NodeKind::Cluster => {
            model.options.fencing_enabled || locks || status.node_is(node, NodeFlags::ONLINE)
        }
    }
}

fn finish_remote_nodes(status: &mut Status<'_, '_>) {
    for node in status.reader.model.node_order.clone() {
        if !status.reader.model.nodes[node].is_pacemaker_remote() {
            continue;
        }
        let connection = status.reader.model.nodes[node].connection;
        if let Some(connection) = connection.filter(|_| status.node_is(node, NodeFlags::SHUTDOWN)) {
            status.rsc(connection).next_role = Role::Stopped;
        }
        if !status.node_is(node, NodeFlags::HISTORY_READ) {
            remote_state::settle_online(status, node);
        }
    }
}
