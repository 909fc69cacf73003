//! Scheduling a CIB, and asking why the plan is what it is.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pcmk_base::{Diagnostic, Level};
use pcmk_graph::TransitionGraph;
use pcmk_model::{Memory, Model, NodeId, ReadOptions, RscFlags};
use pcmk_sched::explain::Explained;
use pcmk_sched::{Options, Plan, Workspace, graph_again, schedule as make_plan};
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::cib::Cib;
use crate::explain::Words;
use crate::simulate::texts;

/// What scheduling a CIB gave.
#[pyclass(frozen, module = "pcmk._core")]
pub(crate) struct SchedulerResult {
    graph: TransitionGraph,
    #[pyo3(get)]
    errors: Vec<String>,
    #[pyo3(get)]
    warnings: Vec<String>,
    #[pyo3(get)]
    recheck_by: Option<i64>,
    made: Made,
}

/// A plan with what it was made from.
enum Made {
    /// Nothing was kept besides.
    Plain(Box<(Model, Plan)>),
    /// It can be asked about.
    Traced(Box<Explained>),
}

impl Made {
    fn of(model: Model, plan: Plan) -> Made {
        match Explained::new(model, plan) {
            Ok(explained) => Made::Traced(Box::new(explained)),
            Err(plain) => Made::Plain(plain),
        }
    }

    fn parts(&self) -> (&Model, &Plan) {
        match self {
            Made::Plain(made) => (&made.0, &made.1),
            Made::Traced(explained) => (&explained.model, &explained.plan),
        }
    }
}

#[pymethods]
impl SchedulerResult {
    #[getter]
    fn graph_xml(&self, py: Python<'_>) -> String {
        py.detach(|| pcmk_xml::write(&pcmk_graph::write(&self.graph)))
    }

    #[getter]
    fn action_count(&self) -> usize {
        self.graph.synapses.len()
    }

    /// Primitives and what becomes of them.
    fn placements<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let found = PyList::empty(py);
        let (model, plan) = self.made.parts();
        let name = |node: NodeId| &*model.nodes[node].name;
        for (rsc, it) in model.resources.iter().filter(|(_, r)| r.is_primitive()) {
            let nodes: Vec<&str> = model.active_nodes(rsc).into_iter().map(name).collect();
            let dict = PyDict::new(py);
            dict.set_item("resource", &*it.id)?;
            dict.set_item("configured_as", &*it.xml_id)?;
            dict.set_item("role", model.states[rsc].current_role.name())?;
            dict.set_item("nodes", nodes)?;
            dict.set_item("next_role", plan.rscs[rsc].next_role.name())?;
            dict.set_item("next_node", plan.assigned[rsc].map(name))?;
            dict.set_item("managed", plan.rscs[rsc].is(RscFlags::MANAGED))?;
            found.append(dict)?;
        }
        Ok(found)
    }

    /// Lines of the score table with what each score is made of.
    fn scores<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.words(py)?.scores()
    }

    /// All resources: id, and id in the configuration.
    fn resource_names(&self) -> PyResult<Vec<(String, String)>> {
        let resources = self.explained()?.model.resources.values();
        Ok(resources
            .map(|r| (r.id.to_string(), r.xml_id.to_string()))
            .collect())
    }

    /// All nodes, in the order of displays.
    fn node_names(&self) -> PyResult<Vec<String>> {
        let model = &self.explained()?.model;
        let nodes = model.node_order.iter();
        Ok(nodes.map(|&n| model.nodes[n].name.to_string()).collect())
    }

    /// A resource, or a resource on a node, with all that speaks for and against.
    #[pyo3(signature = (resource, node=None))]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        resource: &str,
        node: Option<&str>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let model = &self.explained()?.model;
        let rsc = model.resource_with_id(resource);
        let rsc = rsc.ok_or_else(|| PyKeyError::new_err(resource.to_owned()))?;
        let node = match node {
            None => None,
            Some(name) => {
                let found = model.node_named(name);
                Some(found.ok_or_else(|| PyKeyError::new_err(name.to_owned()))?)
            }
        };
        self.words(py)?.resource(rsc, node)
    }

    /// Actions that are needed, with their reasons.
    fn actions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.words(py)?.actions()
    }

    /// Nodes that are fenced or should be, with the reasons.
    fn fencing<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.words(py)?.fencing()
    }

    /// Primitives that should run and will not, with all that speaks for and against.
    fn idle<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let words = self.words(py)?;
        let found = PyList::empty(py);
        for rsc in self.explained()?.idle() {
            found.append(words.resource(rsc, None)?)?;
        }
        Ok(found)
    }
}

impl SchedulerResult {
    fn explained(&self) -> PyResult<&Explained> {
        match &self.made {
            Made::Traced(explained) => Ok(explained),
            Made::Plain(_) => Err(PyValueError::new_err("the plan was made without a trace")),
        }
    }

    fn words<'a, 'py>(&'a self, py: Python<'py>) -> PyResult<Words<'a, 'py>> {
        let explained = self.explained()?;
        Ok(Words { py, explained })
    }
}

#[pyfunction]
#[pyo3(signature = (cib, now, transition_id, *, sanitized=false, trace=false))]
pub(crate) fn schedule(
    py: Python<'_>,
    cib: &Cib,
    now: i64,
    transition_id: u64,
    sanitized: bool,
    trace: bool,
) -> SchedulerResult {
    let tree = cib.0.clone();
    py.detach(|| {
        let options = ReadOptions { now, sanitized };
        let read = if trace {
            Model::read_traced(&tree, &options)
        } else {
            Model::read(&tree, &options)
        };
        let (mut workspace, options) = (Workspace::default(), Options::default());
        planned(read, &mut workspace, &options, transition_id)
    })
}

fn planned(
    (model, mut found): (Model, Vec<Diagnostic>),
    workspace: &mut Workspace,
    options: &Options,
    transition_id: u64,
) -> SchedulerResult {
    let plan = make_plan(&model, workspace, options);
    let mut graph = graph_again(&model, &plan, workspace, options);
    graph.set_transition_id(transition_id);
    found.extend(plan.diagnostics.as_slice().iter().cloned());
    SchedulerResult {
        recheck_by: plan.recheck_at,
        errors: texts(&found, Level::Error),
        warnings: texts(&found, Level::Warning),
        graph,
        made: Made::of(model, plan),
    }
}

/// Schedules one CIB after another.
#[pyclass(frozen, module = "pcmk._core")]
#[derive(Default)]
pub(crate) struct Scheduler {
    memory: Mutex<(Memory, Workspace)>,
}

#[pymethods]
impl Scheduler {
    #[new]
    fn new() -> Scheduler {
        Scheduler::default()
    }

    fn schedule(&self, py: Python<'_>, cib: &Cib, now: i64, transition_id: u64) -> SchedulerResult {
        let tree = cib.0.clone();
        py.detach(|| {
            let options = ReadOptions {
                now,
                sanitized: false,
            };
            // A run that panics leaves an empty memory; one beside it begins with one.
            let (mut memory, mut workspace) = std::mem::take(&mut *self.lock());
            let read = Model::read_again(&tree, &options, &mut memory);
            let options = Options {
                remember: true,
                ..Options::default()
            };
            let result = planned(read, &mut workspace, &options, transition_id);
            *self.lock() = (memory, workspace);
            result
        })
    }
}

impl Scheduler {
    fn lock(&self) -> MutexGuard<'_, (Memory, Workspace)> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
