//! The plan: all that a run decides. Only passes change it.

use crate::{Actions, Edges, Fact, Relation};
use pcmk_base::{Diagnostics, IdSet, IdVec, Score};
use pcmk_model::{Colocations, Model, NodeId, NodeState, RscId, RscState, ScoreTable};

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
    /// Facts behind decisions, if the run was asked to trace.
    pub facts: Vec<Fact>,
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
            facts: Vec::new(),
            diagnostics: Diagnostics::default(),
            timings: Vec::new(),
        }
    }

    /// Keeps a time for [`Plan::recheck_at`] if it is in the future and the earliest so far.
    pub fn propose_recheck(&mut self, model: &Model, at: i64) {
        if at > model.now && self.recheck_at.is_none_or(|known| at < known) {
            self.recheck_at = Some(at);
        }
    }
}
