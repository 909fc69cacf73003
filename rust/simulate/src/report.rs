//! A whole simulation, with what `crm_simulate` tells of it.

use crate::inject::{self, Complaint, Injection, OpSpec};
use crate::run::{self, RunOptions};
use crate::tell::{self, Form, Moment, Teller, Told};
use pcmk_base::Diagnostic;
use pcmk_graph::{DotGraph, TransitionGraph};
use pcmk_model::{Model, ReadOptions};
use pcmk_sched::output::dot::{self, DotOptions};
use pcmk_sched::output::summary::changes;
use pcmk_sched::{Options, Workspace, graph_of, schedule};
use pcmk_xml::Element;
use std::sync::Arc;

/// What to simulate and what to tell of it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The CIB to begin with.
    pub cib: Arc<Element>,
    /// Private parameters may have been removed from it.
    pub sanitized: bool,
    /// The effective time, epoch seconds, and the line that says where it comes from.
    pub now: i64,
    /// See `now`.
    pub now_line: Option<String>,
    /// The present for what is recorded, epoch seconds.
    pub wall_now: i64,
    /// What to inject first.
    pub injections: Vec<Injection>,
    /// Operations to fail.
    pub fail: Vec<OpSpec>,
    /// Make a plan.
    pub schedule: bool,
    /// Carry it out.
    pub execute: bool,
    /// For whom it is told.
    pub form: Form,
    /// Tell scores.
    pub scores: bool,
    /// Tell how nodes are used.
    pub utilization: bool,
    /// Tell node attributes.
    pub attributes: bool,
    /// Tell fail counts and failures.
    pub failures: bool,
    /// Tell nothing but scores.
    pub quiet: bool,
    /// What a drawing shows, if one is wanted.
    pub dot: Option<DotOptions>,
    /// A clock for the time that each pass takes.
    pub clock: Option<fn() -> u64>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Report {
    /// What is told.
    pub told: Told,
    /// The CIB after injections.
    pub injected: Arc<Element>,
    /// The CIB at the end.
    pub cib: Arc<Element>,
    /// The graph, if a plan was made.
    pub graph: Option<Arc<TransitionGraph>>,
    /// The plan as a drawing, if asked for.
    pub drawing: Option<DotGraph>,
    /// What could not be injected.
    pub complaints: Vec<Complaint>,
    /// Findings of the model and of scheduling.
    pub diagnostics: Vec<Diagnostic>,
    /// The graph had actions that can never be done.
    pub unsound: bool,
    /// Nanoseconds of each pass.
    pub timings: Vec<(&'static str, u64)>,
}

/// Simulates.
pub fn simulate(request: &Request) -> Report {
    let mut teller = tell::teller(request);
    let (mut model, mut diagnostics) = read(request, &request.cib);
    teller.date();
    teller.notices(&model);
    let shown = display(request, &request.cib, &model);
    teller.status(shown.as_ref().unwrap_or(&model), Moment::Before);

    let mut cib = request.cib.clone();
    let mut complaints = Vec::new();
    if !request.injections.is_empty() {
        let (changed, events, found) =
            inject::apply(&cib, &model, &request.injections, request.wall_now);
        complaints = found;
        // Quorum alone was never worth a block of its own, nor a change.
        let only_quorum = request
            .injections
            .iter()
            .all(|injection| matches!(injection, Injection::Quorum(_)));
        if !only_quorum {
            cib = changed;
            teller.modifications(&events);
            (model, diagnostics) = read(request, &cib);
            teller.date();
        }
    }
    let injected = cib.clone();
    let mut report = Report {
        told: Told::default(),
        injected,
        cib,
        graph: None,
        drawing: None,
        complaints,
        diagnostics,
        unsound: false,
        timings: Vec::new(),
    };
    if request.schedule {
        plan_and_run(request, &model, teller.as_mut(), &mut report);
    }
    report.told = teller.told();
    report
}

fn read(request: &Request, cib: &Arc<Element>) -> (Model, Vec<Diagnostic>) {
    Model::read(cib, &read_options(request))
}

/// What displays show, if it is not the same as the model of the whole CIB: they know nothing of constraints, but
/// only tickets change what they show.
fn display(request: &Request, cib: &Arc<Element>, model: &Model) -> Option<Model> {
    let differs = !model.ticket_dependencies.is_empty();
    differs.then(|| Model::read_status(cib, &read_options(request)).0)
}

fn read_options(request: &Request) -> ReadOptions {
    ReadOptions {
        now: request.now,
        sanitized: request.sanitized,
    }
}

fn plan_and_run(
    request: &Request,
    model: &Model,
    teller: &mut (dyn Teller + '_),
    report: &mut Report,
) {
    let options = Options {
        remember: false,
        scores: request.scores || request.utilization,
        clock: request.clock,
    };
    let mut workspace = Workspace::default();
    let plan = schedule(model, &mut workspace, &options);
    if options.scores {
        let free = |node| workspace.assign.room.left(node);
        let numbers = tell::numbers(request, model, &plan, free);
        teller.numbers(model, &plan, &numbers);
    }
    let mut graph = graph_of(model, &plan);
    graph.set_transition_id(1);
    let graph = Arc::new(graph);
    report.graph = Some(graph.clone());
    report.drawing = request.dot.map(|show| dot::draw(model, &plan, show));
    teller.summary(model, &plan, &changes(model, &plan));
    report
        .diagnostics
        .extend(plan.diagnostics.as_slice().iter().cloned());
    report.timings.clone_from(&plan.timings);
    if !request.execute {
        return;
    }
    let executed = run::run(
        &report.cib,
        model,
        graph,
        &RunOptions {
            fail: request.fail.clone(),
            now: request.wall_now,
            configures_nodes: request
                .injections
                .iter()
                .any(|i| matches!(i, Injection::NodeUp(_))),
        },
    );
    report.cib = executed.cib;
    report.unsound = executed.unsound;
    teller.transition(&executed.done);
    let after = match report.graph.as_ref().filter(|g| g.synapses.is_empty()) {
        Some(_) => display(request, &report.cib, model),
        None => Some(Model::read_status(&report.cib, &read_options(request)).0),
    };
    teller.status(after.as_ref().unwrap_or(model), Moment::After);
}
