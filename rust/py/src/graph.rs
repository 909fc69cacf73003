//! Transition graphs and their runner.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pcmk_graph::{ActionId, ActionKind, Completion, Limits, Outcome, Runner, TransitionGraph};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::element::Document;

/// An action of a graph.
#[pyclass(frozen, module = "pcmk._core")]
pub(crate) struct GraphAction {
    graph: Arc<TransitionGraph>,
    synapse: usize,
    position: usize,
}

impl GraphAction {
    fn inner(&self) -> &pcmk_graph::GraphAction {
        &self.graph.synapses[self.synapse].actions[self.position]
    }

    fn resource(&self) -> Option<&pcmk_graph::GraphResource> {
        self.inner().resource.as_deref()
    }
}

#[pymethods]
impl GraphAction {
    #[getter]
    fn id(&self) -> ActionId {
        self.inner().id.id
    }

    #[getter]
    fn kind(&self) -> &'static str {
        match self.inner().id.kind {
            ActionKind::Resource => "resource",
            ActionKind::Cluster => "cluster",
            ActionKind::ClusterCib => "cluster_cib",
            ActionKind::Pseudo => "pseudo",
        }
    }

    #[getter]
    fn operation(&self) -> &str {
        &self.inner().id.operation
    }

    #[getter]
    fn key(&self) -> &str {
        &self.inner().id.key
    }

    #[getter]
    fn on_node(&self) -> &str {
        self.inner()
            .id
            .on_node
            .as_ref()
            .map_or("", |(name, _)| name)
    }

    #[getter]
    fn on_node_id(&self) -> &str {
        self.inner().id.on_node.as_ref().map_or("", |(_, id)| id)
    }

    #[getter]
    fn router_node(&self) -> &str {
        self.inner().id.router_node.as_deref().unwrap_or("")
    }

    #[getter]
    fn priority(&self) -> i32 {
        self.graph.synapses[self.synapse].priority
    }

    #[getter]
    fn shutdown_lock(&self) -> Option<i64> {
        self.inner().shutdown_lock
    }

    #[getter]
    fn resource_id(&self) -> &str {
        self.resource().map_or("", |r| &r.id)
    }

    #[getter]
    fn resource_class(&self) -> &str {
        self.resource()
            .and_then(|r| r.class.as_deref())
            .unwrap_or("")
    }

    #[getter]
    fn resource_provider(&self) -> &str {
        self.resource()
            .and_then(|r| r.provider.as_deref())
            .unwrap_or("")
    }

    #[getter]
    fn resource_type(&self) -> &str {
        self.resource()
            .and_then(|r| r.kind.as_deref())
            .unwrap_or("")
    }

    #[getter]
    fn attributes(&self) -> BTreeMap<String, String> {
        let action = self.inner();
        let attributes = action.attributes.iter();
        attributes
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .chain(action.params.iter().cloned())
            .collect()
    }

    fn meta(&self, name: &str) -> Option<&str> {
        self.inner().meta(name)
    }

    #[getter]
    fn downed(&self) -> Vec<String> {
        self.inner().downed.clone()
    }

    #[getter]
    fn maintenance(&self) -> Vec<(String, bool)> {
        self.inner().maintenance.clone()
    }
}

/// A graph being carried out.
#[pyclass(frozen, module = "pcmk._core")]
pub(crate) struct GraphRunner {
    graph: Arc<TransitionGraph>,
    place: BTreeMap<ActionId, (usize, usize)>,
    runner: Mutex<Runner>,
}

impl GraphRunner {
    fn runner(&self) -> MutexGuard<'_, Runner> {
        self.runner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn made(&self, id: ActionId) -> Option<GraphAction> {
        let (synapse, position) = *self.place.get(&id)?;
        Some(GraphAction {
            graph: self.graph.clone(),
            synapse,
            position,
        })
    }
}

#[pymethods]
impl GraphRunner {
    #[new]
    fn new(py: Python<'_>, graph_xml: Document) -> PyResult<GraphRunner> {
        let bytes = graph_xml.bytes();
        let read = py.detach(|| {
            let root = pcmk_xml::parse(bytes).map_err(|error| error.to_string())?;
            pcmk_graph::read(&root).map_err(|error| error.to_string())
        });
        let graph = Arc::new(read.map_err(PyValueError::new_err)?);
        let mut place = BTreeMap::new();
        for (s, synapse) in graph.synapses.iter().enumerate() {
            for (a, action) in synapse.actions.iter().enumerate() {
                place.insert(action.id.id, (s, a));
            }
        }
        Ok(GraphRunner {
            runner: Mutex::new(Runner::new(graph.clone())),
            place,
            graph,
        })
    }

    fn attr(&self, name: &str) -> Option<&str> {
        self.graph.attr(name)
    }

    #[getter]
    fn size(&self) -> usize {
        self.place.len()
    }

    #[getter]
    fn actions(&self) -> Vec<GraphAction> {
        let ids = self.graph.synapses.iter().flat_map(|s| &s.actions);
        ids.filter_map(|action| self.made(action.id.id)).collect()
    }

    fn action(&self, id: ActionId) -> Option<GraphAction> {
        self.made(id)
    }

    fn is_in_flight(&self, id: ActionId) -> bool {
        self.runner().is_in_flight(id)
    }

    fn is_confirmed(&self, id: ActionId) -> bool {
        self.runner().is_confirmed(id)
    }

    fn in_flight(&self) -> Vec<GraphAction> {
        let ids = self.runner().in_flight();
        ids.into_iter().filter_map(|id| self.made(id)).collect()
    }

    #[getter]
    fn completion(&self) -> (&'static str, Option<String>) {
        let runner = self.runner();
        let (completion, text) = runner.completion();
        let name = match completion {
            Completion::Done => "done",
            Completion::Wait => "wait",
            Completion::Restart => "restart",
            Completion::Shutdown => "shutdown",
        };
        (name, text.map(str::to_owned))
    }

    fn abort(&self, priority: i64, completion: &str, text: &str) -> PyResult<()> {
        let completion = match completion {
            "done" => Completion::Done,
            "wait" => Completion::Wait,
            "restart" => Completion::Restart,
            "shutdown" => Completion::Shutdown,
            other => return Err(PyValueError::new_err(format!("no completion {other:?}"))),
        };
        self.runner().abort(priority, completion, text);
        Ok(())
    }

    fn begin_pass(&self) {
        self.runner().begin_pass();
    }

    #[pyo3(signature = (*, batch=0, node_jobs=BTreeMap::new(), migrations=0))]
    fn next_actions(
        &self,
        batch: u32,
        node_jobs: BTreeMap<String, u32>,
        migrations: u32,
    ) -> Option<Vec<GraphAction>> {
        let limits = Limits {
            batch,
            node_jobs,
            migrations,
        };
        let ids = self.runner().next_synapse(&limits)?;
        Some(ids.into_iter().filter_map(|id| self.made(id)).collect())
    }

    fn end_pass(&self) -> &'static str {
        match self.runner().end_pass() {
            Outcome::Running => "running",
            Outcome::Complete => "complete",
            Outcome::Stopped => "stopped",
            Outcome::Terminated => "terminated",
        }
    }

    #[pyo3(signature = (id, *, failed=false))]
    fn confirm(&self, id: ActionId, failed: bool) -> bool {
        self.runner().confirm(id, failed)
    }
}
