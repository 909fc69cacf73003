//! Simulation, scheduling and status text.

use std::sync::Arc;
use std::time::Instant;

use pcmk_base::{Diagnostic, Entity, Level};
use pcmk_model::{Model, ReadOptions};
use pcmk_sched::output::dot::DotOptions;
use pcmk_simulate::inject::{Complaint, Injection, OpSpec};
use pcmk_simulate::report::{Report, Request};
use pcmk_simulate::status::{self, Section, StatusOptions};
use pcmk_simulate::tell::Form;
use pcmk_xml::Element;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::cib::Cib;

pub(crate) fn texts(found: &[Diagnostic], level: Level) -> Vec<String> {
    let of_level = found.iter().filter(|d| d.level == level);
    of_level.map(text).collect()
}

/// A diagnostic as one line: its code, what it is about, its details.
fn text(found: &Diagnostic) -> String {
    let fields: String = found
        .fields
        .iter()
        .map(|(name, value)| format!(" {name}={value}"))
        .collect();
    format!("{}: {}{fields}", found.code, subject(&found.entity))
}

/// What a diagnostic is about, in words.
fn subject(entity: &Entity) -> String {
    match entity {
        Entity::Cluster => "the cluster".to_owned(),
        Entity::Option(name) => format!("option {name}"),
        Entity::Node(name) => format!("node {name}"),
        Entity::Resource(id) => format!("resource {id}"),
        Entity::Constraint(id) => format!("constraint {id}"),
        Entity::Ticket(id) => format!("ticket {id}"),
        Entity::Action(key) => format!("action {key}"),
        Entity::Element { name, id } if id.is_empty() => format!("<{name}>"),
        Entity::Element { name, id } => format!("<{name} id=\"{id}\">"),
    }
}

/// What a simulation gave.
#[pyclass(frozen, module = "pcmk._core")]
pub(crate) struct Simulation {
    report: Report,
}

#[pymethods]
impl Simulation {
    #[getter]
    fn text(&self) -> &str {
        &self.report.told.text
    }

    #[getter]
    fn elements(&self) -> String {
        let elements = self.report.told.elements.iter();
        elements.map(pcmk_xml::write).collect()
    }

    #[getter]
    fn graph_xml(&self, py: Python<'_>) -> Option<String> {
        let graph = self.report.graph.as_ref()?;
        Some(py.detach(|| pcmk_xml::write_pretty(&pcmk_graph::write(graph))))
    }

    #[getter]
    fn dot(&self) -> Option<String> {
        let drawing = self.report.drawing.as_ref();
        drawing.map(|drawing| drawing.to_text())
    }

    #[getter]
    fn injected(&self) -> Cib {
        Cib(self.report.injected.clone())
    }

    #[getter]
    fn cib(&self) -> Cib {
        Cib(self.report.cib.clone())
    }

    #[getter]
    fn complaints(&self) -> Vec<String> {
        let all = self.report.complaints.iter();
        all.map(|complaint| match complaint {
            Complaint::UnknownResource(name) => format!("Invalid resource name: {name}"),
        })
        .collect()
    }

    #[getter]
    fn errors(&self) -> Vec<String> {
        texts(&self.report.diagnostics, Level::Error)
    }

    #[getter]
    fn warnings(&self) -> Vec<String> {
        texts(&self.report.diagnostics, Level::Warning)
    }

    #[getter]
    fn unsound(&self) -> bool {
        self.report.unsound
    }

    #[getter]
    fn timings(&self) -> Vec<(&'static str, u64)> {
        self.report.timings.clone()
    }
}

#[pyfunction]
#[pyo3(signature = (cib, *, now, wall_now, now_line=None, sanitized=false, injections=Vec::new(), fail=Vec::new(),
    schedule=false, execute=false, for_programs=false, scores=false, utilization=false, attributes=false, failures=false, quiet=false, drawing=false,
    all_actions=false, numbers=false, profile=false))]
#[allow(clippy::too_many_arguments, clippy::fn_params_excessive_bools)]
pub(crate) fn simulate(
    py: Python<'_>,
    cib: &Cib,
    now: i64,
    wall_now: i64,
    now_line: Option<String>,
    sanitized: bool,
    injections: Vec<(String, String)>,
    fail: Vec<String>,
    schedule: bool,
    execute: bool,
    for_programs: bool,
    scores: bool,
    utilization: bool,
    attributes: bool,
    failures: bool,
    quiet: bool,
    drawing: bool,
    all_actions: bool,
    numbers: bool,
    profile: bool,
) -> PyResult<Simulation> {
    let injections = injections
        .into_iter()
        .map(|(kind, value)| injection(&kind, value))
        .collect::<PyResult<Vec<_>>>()?;
    let fail = fail
        .iter()
        .map(|text| spec(text))
        .collect::<PyResult<Vec<_>>>()?;
    let request = Request {
        cib: cib.0.clone(),
        sanitized,
        now,
        now_line,
        wall_now,
        injections,
        fail,
        schedule,
        execute,
        form: if for_programs {
            Form::Elements
        } else {
            Form::Text
        },
        scores,
        utilization,
        attributes,
        failures,
        quiet,
        dot: drawing.then_some(DotOptions {
            all: all_actions,
            numbers,
        }),
        clock: profile.then_some(nanoseconds as fn() -> u64),
    };
    let report = py.detach(|| pcmk_simulate::report::simulate(&request));
    Ok(Simulation { report })
}

fn injection(kind: &str, value: String) -> PyResult<Injection> {
    Ok(match kind {
        "quorum" => Injection::Quorum(value),
        "watchdog" => Injection::Watchdog(value),
        "node-up" => Injection::NodeUp(value),
        "node-down" => Injection::NodeDown(value),
        "node-fail" => Injection::NodeFail(value),
        "ticket-grant" => Injection::TicketGrant(value),
        "ticket-revoke" => Injection::TicketRevoke(value),
        "ticket-standby" => Injection::TicketStandby(value),
        "ticket-activate" => Injection::TicketActivate(value),
        "operation" => Injection::Operation(spec(&value)?),
        other => return Err(PyValueError::new_err(format!("no injection {other:?}"))),
    })
}

fn spec(text: &str) -> PyResult<OpSpec> {
    OpSpec::parse(text).map_err(|error| PyValueError::new_err(format!("{text}: {error}")))
}

/// Nanoseconds since the first call.
fn nanoseconds() -> u64 {
    static BEGAN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let began = BEGAN.get_or_init(Instant::now);
    u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// The text of a status display, sections in the order given.
#[pyfunction]
#[pyo3(signature = (cib, *, now, now_text, sections, inactive=false, by_node=false, detail=false, without_nodes=false,
    timing=false, brief=false, description=false, ban_prefix="", node=None, resource=None))]
#[allow(clippy::too_many_arguments, clippy::fn_params_excessive_bools)]
pub(crate) fn status_text(
    py: Python<'_>,
    cib: &Cib,
    now: i64,
    now_text: &str,
    sections: Vec<String>,
    inactive: bool,
    by_node: bool,
    detail: bool,
    without_nodes: bool,
    timing: bool,
    brief: bool,
    description: bool,
    ban_prefix: &str,
    node: Option<String>,
    resource: Option<String>,
) -> PyResult<String> {
    let tree = cib.0.clone();
    let options = StatusOptions {
        inactive,
        pending: true,
        by_node,
        detail,
        without_nodes,
        brief,
        description,
        nodes: None,
        resources: None,
    };
    let found = py.detach(|| -> Result<Vec<String>, String> {
        let model = shown(&tree, now, &sections);
        let nodes = node.map(|name| status::nodes_named(&model, &name));
        let resources = resource.map(|name| status::resources_named(&model, &name));
        let options = StatusOptions {
            nodes: nodes.as_ref(),
            resources: resources.as_ref(),
            ..options
        };
        let mut blocks = Vec::new();
        let (summary, others): (Vec<&str>, Vec<&str>) = sections
            .iter()
            .map(String::as_str)
            .partition(|name| SUMMARY.contains(name));
        let head = status::summary_section(&model, now_text, &summary, detail);
        if !head.items.is_empty() {
            blocks.push(block(&head));
        }
        let notice = status::maintenance_notice(&model);
        if summary.contains(&"maint-mode") && !notice.is_empty() {
            blocks.push(notice.join("\n") + "\n");
        }
        for name in others {
            let found = match name {
                "operations" => status::operation_section(&model, options, timing),
                "tickets" => status::ticket_section(&model),
                "bans" => status::ban_section(&model, options, ban_prefix),
                name => section(&model, name, options)?,
            };
            blocks.extend(found.as_ref().map(block));
        }
        Ok(blocks)
    });
    Ok(found.map_err(PyValueError::new_err)?.join("\n"))
}

/// The status as XML elements, one after the other.
#[pyfunction]
#[pyo3(signature = (cib, *, now, now_text, origin, sections, by_node=false, description=false, ban_prefix="",
    node=None, resource=None))]
#[allow(clippy::too_many_arguments)]
pub(crate) fn status_xml(
    py: Python<'_>,
    cib: &Cib,
    now: i64,
    now_text: &str,
    origin: &str,
    sections: Vec<String>,
    by_node: bool,
    description: bool,
    ban_prefix: &str,
    node: Option<String>,
    resource: Option<String>,
) -> String {
    let tree = cib.0.clone();
    py.detach(|| {
        let model = shown(&tree, now, &sections);
        let nodes = node.map(|name| status::nodes_named(&model, &name));
        let resources = resource.map(|name| status::resources_named(&model, &name));
        let options = StatusOptions {
            by_node,
            description,
            nodes: nodes.as_ref(),
            resources: resources.as_ref(),
            ..StatusOptions::everything()
        };
        let sections: Vec<&str> = sections.iter().map(String::as_str).collect();
        let document = status::xml::Document {
            sections: &sections,
            now: now_text,
            origin,
            ban_prefix,
        };
        let elements = status::xml::elements(&model, document, options);
        elements.iter().map(pcmk_xml::write).collect()
    })
}

/// What is shown of a CIB. Constraints are read for what tells of them; then tickets that were lost have their effect too.
fn shown(tree: &Arc<Element>, now: i64, sections: &[String]) -> Model {
    let options = ReadOptions {
        now,
        sanitized: false,
    };
    let tells = |name: &String| matches!(name.as_str(), "bans" | "tickets");
    if sections.iter().any(tells) {
        Model::read(tree, &options).0
    } else {
        Model::read_status(tree, &options).0
    }
}

const SUMMARY: [&str; 7] = [
    "stack",
    "dc",
    "no-dc",
    "times",
    "counts",
    "options",
    "maint-mode",
];

fn block(section: &Section) -> String {
    section.lines(0).join("\n") + "\n"
}

fn section(model: &Model, name: &str, options: StatusOptions) -> Result<Option<Section>, String> {
    Ok(match name {
        "nodes" => status::node_section(model, options),
        "resources" => status::resource_section(model, options),
        "attributes" => status::attribute_section(model, options),
        "failcounts" => status::fail_count_section(model, options),
        "failures" => status::failure_section(model, options, options.detail),
        other => return Err(format!("no section {other:?}")),
    })
}
