//! The plan: all that a run decides. Only passes change it.

use crate::{ActionFlags, ActionId, Actions, Edges, Fact, Relation, Trace, Why, Word};
use pcmk_base::{Diagnostics, IdSet, IdVec, Score};
use pcmk_model::{
    Change, Colocations, Model, NodeId, NodeState, RscId, RscState, ScoreTable, Scored, Source,
};

/// The tables of a plan, each keyed by id.
///
/// `nodes`, `rscs`, `children`, `scores`, `colocations` and `top` start as copies of the model's and are what
/// passes read from then on; the model keeps what was read from the CIB.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Condition of nodes: fencing, connections and locks change it.
    pub nodes: IdVec<NodeId, NodeState>,
    /// State of resources: roles, flags, priorities.
    pub rscs: IdVec<RscId, RscState>,
    /// Top-level resources in list order; sorted anew for utilization.
    pub top: Vec<RscId>,
    /// Children in their current order: instances are sorted by assignment, probing and promotion.
    pub children: IdVec<RscId, Vec<RscId>>,
    /// Allowed nodes with scores.
    pub scores: ScoreTable,
    /// Colocations, those that the structure implies included.
    pub colocations: Colocations,

    /// Node chosen for a primitive.
    pub assigned: IdVec<RscId, Option<NodeId>>,
    /// Resources that nothing was decided about yet.
    pub unassigned: IdSet<RscId>,
    /// How many primitives are assigned to each node.
    pub load: IdVec<NodeId, u32>,
    /// By what instances of promotable clones are sorted for promotion.
    pub promotion: IdVec<RscId, Score>,

    /// Actions.
    pub actions: Actions,
    /// Orderings between actions that may not exist yet, in order of creation.
    pub relations: Vec<Relation>,
    /// Orderings between actions.
    pub edges: Edges,

    /// Earliest later time at which the plan could change by itself, epoch seconds.
    pub recheck_at: Option<i64>,
    /// Scores in the order they were settled, if the run was asked to keep them.
    pub score_log: Vec<ScoreLine>,
    /// Nodes in the order they were chosen, if the run was asked to keep scores.
    pub placement_log: Vec<PlacementLine>,
    /// Facts behind actions, if the model was read to trace.
    pub trace: Option<Box<Trace>>,
    /// Findings of passes.
    pub diagnostics: Diagnostics,
    /// Nanoseconds each pass took, if the run was given a clock.
    pub timings: Vec<(&'static str, u64)>,
}

/// Which step settled a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ScoreStep {
    Primitive,
    Group,
    Clone,
    Bundle,
    Promotion,
}

/// A settled score. A promotion score may be without a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScoreLine {
    /// The step.
    pub step: ScoreStep,
    /// The resource.
    pub rsc: RscId,
    /// The node.
    pub node: Option<NodeId>,
    /// The score.
    pub score: Score,
    /// When, by the count of the table's log; zero if it keeps none.
    pub moment: u32,
}

/// A node that was chosen for a primitive, for good or until another choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacementLine {
    /// The primitive.
    pub rsc: RscId,
    /// The node.
    pub node: NodeId,
    /// How many scores had been settled before.
    pub after: usize,
}

impl Plan {
    /// A plan in which nothing is decided yet.
    pub fn new(model: &Model) -> Plan {
        let resources = model.resources.len();
        Plan {
            nodes: model.node_states.clone(),
            rscs: model.states.clone(),
            top: model.top.clone(),
            children: model
                .resources
                .values()
                .map(|r| r.children.clone())
                .collect(),
            scores: model.scores.clone(),
            colocations: model.colocations.clone(),
            assigned: IdVec::filled(None, resources),
            unassigned: model.resources.ids().collect(),
            load: IdVec::filled(0, model.nodes.len()),
            promotion: IdVec::filled(Score::ZERO, resources),
            actions: Actions::new(resources),
            relations: Vec::new(),
            edges: Edges::default(),
            recheck_at: model.recheck_at,
            score_log: Vec::new(),
            placement_log: Vec::new(),
            trace: model.scores.log().is_some().then(Box::default),
            diagnostics: Diagnostics::default(),
            timings: Vec::new(),
        }
    }

    /// Makes an action required.
    pub fn require(&mut self, id: ActionId, why: Why) {
        self.actions.take(id, ActionFlags::OPTIONAL);
        self.note(id, Word::Required, why);
    }

    /// Makes an action one that cannot run.
    pub fn block(&mut self, id: ActionId, why: Why) {
        self.actions.take(id, ActionFlags::RUNNABLE);
        self.note(id, Word::Unrunnable, why);
    }

    /// Keeps why an action became what it is, if that is asked for.
    pub fn note(&mut self, action: ActionId, word: Word, why: Why) {
        if let Some(trace) = &mut self.trace {
            trace.facts.push(Fact { action, word, why });
        }
    }

    /// Changes the priority by which an instance competes for promotion.
    pub fn add_priority(&mut self, rsc: RscId, score: Score, source: Source) {
        self.rscs[rsc].priority += score;
        self.note_priority(rsc, source, Change::Adds(score));
    }

    /// Keeps what a priority for promotion comes from, if that is asked for.
    pub fn note_priority(&mut self, rsc: RscId, source: Source, change: Change) {
        if let Some(log) = self.scores.log_mut() {
            log.push(Scored { rsc, node: None }, source, change);
        }
    }

    /// Keeps a time for [`Plan::recheck_at`] if it is in the future and the earliest so far.
    pub fn propose_recheck(&mut self, model: &Model, at: i64) {
        if at > model.now && self.recheck_at.is_none_or(|known| at < known) {
            self.recheck_at = Some(at);
        }
    }
}
