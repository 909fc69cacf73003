//! What should be: from a frozen model to a plan, and from the plan to a transition graph.
//!
//! [`schedule`] runs the passes of [`pipeline`] in order. Bad configuration is never an error here: there is
//! always a plan, with diagnostics. See the README of this crate for where to find what.

pub mod action;
pub mod actions;
pub mod assign;
pub mod codes;
pub mod compat;
pub mod edges;
pub mod explain;
pub mod fencing;
mod nested;
pub mod order;
pub mod output;
mod passes;
pub mod pipeline;
pub mod plan;
pub mod relation;
pub mod run;
pub mod trace;
pub mod verify;

use pcmk_graph::TransitionGraph;
use pcmk_model::Model;

pub use action::{
    Action, ActionFlags, ActionId, Actions, Key, Needs, NotifyPhase, Reason, Told, Word,
};
pub use edges::{Edge, Edges};
pub use plan::{PlacementLine, Plan, ScoreLine, ScoreStep};
pub use relation::{End, Relation};
pub use run::{Options, Pass, Run, Workspace};
pub use trace::{Fact, Trace, Why};

/// Makes a plan for a model. A workspace that was lent to the run before saves work, but changes nothing.
pub fn schedule(model: &Model, workspace: &mut Workspace, options: &Options) -> Plan {
    pipeline::run(model, workspace, options)
}

/// The transition graph of a plan.
pub fn graph_of(model: &Model, plan: &Plan) -> TransitionGraph {
    output::graph::graph_of(model, plan, &mut None)
}

/// As [`graph_of`]. A workspace that was lent to the graph before saves work, but changes nothing; nothing is left in it
/// unless the options say so.
pub fn graph_again(
    model: &Model,
    plan: &Plan,
    workspace: &mut Workspace,
    options: &Options,
) -> TransitionGraph {
    if !options.remember {
        return graph_of(model, plan);
    }
    let past = &mut workspace.graph;
    *past = output::past::Past::of(past.take(), model, plan);
    output::graph::graph_of(model, plan, past)
}
