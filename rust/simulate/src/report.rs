//! A whole simulation, with the text that `crm_simulate` prints.

use crate::inject::{self, Complaint, Injection, OpSpec};
use crate::run::{self, Line, RunOptions};
use crate::status::{self, StatusOptions};
use crate::{scores, summary};
use pcmk_base::Diagnostic;
use pcmk_graph::{DotGraph, TransitionGraph};
use pcmk_model::{Model, ReadOptions};
use pcmk_sched::output::dot::{self, DotOptions};
use pcmk_sched::output::summary::changes;
use pcmk_sched::{Options, Plan, Workspace, graph_of, schedule};
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
    /// Tell scores.
    pub scores: bool,
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
    /// The text.
    pub text: String,
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
    let mut text = Text::new(request);
    let (mut model, mut diagnostics) = read(request, &request.cib);
    text.date();
    text.notices(&model);
    let shown = display(request, &request.cib, &model);
    text.status(
        "Current cluster status",
        shown.as_ref().unwrap_or(&model),
        true,
    );

    let mut cib = request.cib.clone();
    let mut complaints = Vec::new();
    if !request.injections.is_empty() {
        let (changed, lines, found) =
            inject::apply(&cib, &model, &request.injections, request.wall_now);
        complaints = found;
        // Quorum alone was never worth a block of its own, nor a change.
        let only_quorum = request
            .injections
            .iter()
            .all(|injection| matches!(injection, Injection::Quorum(_)));
        if !only_quorum {
            cib = changed;
            text.block("Performing Requested Modifications", lines);
            (model, diagnostics) = read(request, &cib);
            text.date();
        }
    }
    let injected = cib.clone();
    let mut report = Report {
        text: String::new(),
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
        plan_and_run(request, &model, &mut text, &mut report);
    }
    report.text = text.out;
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

fn plan_and_run(request: &Request, model: &Model, text: &mut Text<'_>, report: &mut Report) {
    let options = Options {
        scores: request.scores,
        clock: request.clock,
    };
    let plan = schedule(model, &mut Workspace::default(), &options);
    if request.scores {
        text.scores(model, &plan);
    }
    let mut graph = graph_of(model, &plan);
    graph.set_transition_id(1);
    let graph = Arc::new(graph);
    report.graph = Some(graph.clone());
    report.drawing = request.dot.map(|show| dot::draw(model, &plan, show));
    let all = changes(model, &plan);
    text.block("Transition Summary", summary::lines(model, &plan, &all));
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
    text.executed(executed.lines);
    text.date();
    let after = match report.graph.as_ref().filter(|g| g.synapses.is_empty()) {
        Some(_) => display(request, &report.cib, model),
        None => Some(Model::read_status(&report.cib, &read_options(request)).0),
    };
    text.gap();
    text.status(
        "Revised Cluster Status",
        after.as_ref().unwrap_or(model),
        false,
    );
}

/// The text so far. Blocks are set apart from what was printed before them; dates do not count as that.
struct Text<'a> {
    request: &'a Request,
    out: String,
    printed: bool,
}

impl<'a> Text<'a> {
    fn new(request: &'a Request) -> Self {
        Text {
            request,
            out: String::new(),
            printed: false,
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn date(&mut self) {
        if let Some(line) = self
            .request
            .now_line
            .clone()
            .filter(|_| !self.request.quiet)
        {
            self.line(&line);
        }
    }

    fn gap(&mut self) {
        if self.printed && !self.request.quiet {
            self.out.push('\n');
        }
        self.printed = false;
    }

    fn notices(&mut self, model: &Model) {
        if self.request.quiet {
            return;
        }
        if model.options.maintenance_mode {
            self.line("");
            self.line("              *** Resource management is DISABLED ***");
            self.line("  The cluster will not attempt to start, stop or recover services");
            self.printed = true;
        }
        let (disabled, blocked, all) = status::instance_counts(model);
        if disabled > 0 || blocked > 0 {
            self.line(&format!(
                "{disabled} of {all} resource instances DISABLED and {blocked} BLOCKED from further action due to failure"
            ));
            self.printed = true;
        }
    }

    fn status(&mut self, title: &str, model: &Model, pending: bool) {
        if self.request.quiet {
            return;
        }
        self.gap();
        self.line(&format!("{title}:"));
        let options = StatusOptions {
            pending,
            ..StatusOptions::everything()
        };
        let mut sections = vec![Some(status::node_section(model, options))];
        sections.push(status::resource_section(model, options));
        if self.request.attributes {
            sections.push(Some(status::attribute_section(model, options)));
        }
        if self.request.failures {
            sections.push(status::fail_count_section(model, options));
            sections.push(status::failure_section(model, options, true));
        }
        for (position, section) in sections.into_iter().flatten().enumerate() {
            if position > 0 {
                self.line("");
            }
            for line in section.lines(1) {
                self.line(&line);
            }
        }
        self.printed = true;
    }

    fn block(&mut self, title: &str, items: Vec<String>) {
        if self.request.quiet {
            return;
        }
        self.gap();
        self.line(&format!("{title}:"));
        for item in items {
            self.line(&format!("  * {item}"));
        }
        self.printed = true;
    }

    fn executed(&mut self, lines: Vec<Line>) {
        if self.request.quiet {
            return;
        }
        self.gap();
        self.line("Executing Cluster Transition:");
        for line in lines {
            match line {
                Line::Item(text) => self.line(&format!("  * {text}")),
                Line::Remark(text) => self.line(&text),
            }
        }
        self.printed = true;
    }

    fn scores(&mut self, model: &Model, plan: &Plan) {
        let lines: Vec<String> = plan
            .score_log
            .iter()
            .map(|score| scores::line(model, score))
            .collect();
        if self.request.quiet {
            for line in lines {
                self.line(&line);
            }
        } else {
            self.block("Assignment Scores", lines);
        }
    }
}
