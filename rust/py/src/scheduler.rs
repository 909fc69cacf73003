//! Scheduling a CIB, and asking why the plan is what it is.

use pcmk_base::Level;
use pcmk_graph::TransitionGraph;
use pcmk_model::{Model, ReadOptions, RscFlags};
use pcmk_sched::explain::Explained;
use pcmk_sched::{Options, Workspace, graph_of, schedule as make_plan};
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
    placements: Vec<Placement>,
    explained: Option<Explained>,
}

/// A primitive, and what becomes of it.
struct Placement {
    id: String,
    xml_id: String,
    role: String,
    nodes: Vec<String>,
    next_role: String,
    next_node: Option<String>,
    managed: bool,
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
        for it in &self.placements {
            let dict = PyDict::new(py);
            dict.set_item("resource", &it.id)?;
            dict.set_item("configured_as", &it.xml_id)?;
            dict.set_item("role", &it.role)?;
            dict.set_item("nodes", &it.nodes)?;
            dict.set_item("next_role", &it.next_role)?;
            dict.set_item("next_node", &it.next_node)?;
            dict.set_item("managed", it.managed)?;
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
        let explained = self.explained.as_ref();
        explained.ok_or_else(|| PyValueError::new_err("the plan was made without a trace"))
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
        let (model, mut found) = if trace {
            Model::read_traced(&tree, &options)
        } else {
            Model::read(&tree, &options)
        };
        let plan = make_plan(&model, &mut Workspace::default(), &Options::default());
        let mut graph = graph_of(&model, &plan);
        graph.set_transition_id(transition_id);
        found.extend(plan.diagnostics.as_slice().iter().cloned());
        let primitives = model.resources.iter().filter(|(_, r)| r.is_primitive());
        let name = |node: pcmk_model::NodeId| model.nodes[node].name.to_string();
        let placements = primitives.map(|(rsc, it)| Placement {
            id: it.id.to_string(),
            xml_id: it.xml_id.to_string(),
            role: model.states[rsc].current_role.to_string(),
            nodes: model.active_nodes(rsc).into_iter().map(name).collect(),
            next_role: plan.rscs[rsc].next_role.to_string(),
            next_node: plan.assigned[rsc].map(name),
            managed: plan.rscs[rsc].is(RscFlags::MANAGED),
        });
        SchedulerResult {
            placements: placements.collect(),
            recheck_by: plan.recheck_at,
            errors: texts(&found, Level::Error),
            warnings: texts(&found, Level::Warning),
            graph,
            explained: trace.then(|| Explained::new(model, plan)).flatten(),
        }
    })
}
