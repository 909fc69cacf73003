//! What status says about resources and nodes, for commands.

use std::collections::BTreeMap;
use std::sync::Arc;

use pcmk_base::Diagnostics;
use pcmk_model::{
    Attrs, HealthStrategy, Model, NodeFlags, NodeId, ReadOptions, RscFlags, RscId, Variant,
    VariantKind,
};
use pcmk_rules::IdIndex;
use pcmk_simulate::status;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;

use crate::cib::Cib;
use crate::digest::OperationDigests;

/// A resource as configured, and where it is.
#[pyclass(frozen, module = "pcmk._core")]
pub(crate) struct ResourceState {
    model: Arc<Model>,
    rsc: RscId,
}

/// A node and its condition.
#[pyclass(frozen, get_all, module = "pcmk._core")]
pub(crate) struct NodeState {
    id: String,
    name: String,
    kind: &'static str,
    online: bool,
    unclean: bool,
    pending: bool,
    standby: bool,
    maintenance: bool,
    is_dc: bool,
    unhealthy: bool,
    history_counts: bool,
    running: Vec<String>,
}

/// All resources, parents before their children, and all nodes in the order of displays.
#[pyfunction]
#[pyo3(signature = (cib, *, now))]
pub(crate) fn cluster_state(
    py: Python<'_>,
    cib: &Cib,
    now: i64,
) -> (Vec<ResourceState>, Vec<NodeState>) {
    let tree = cib.0.clone();
    py.detach(|| {
        let read = ReadOptions {
            now,
            sanitized: false,
        };
        let model = Arc::new(Model::read_status(&tree, &read).0);
        let tops = model.top.iter();
        let order = tops.flat_map(|&top| model.subtree(top));
        let resources = order.map(|rsc| ResourceState {
            model: model.clone(),
            rsc,
        });
        let nodes = model.node_order.iter().map(|&id| node(&model, id));
        (resources.collect(), nodes.collect())
    })
}

fn node(model: &Model, node: NodeId) -> NodeState {
    let (it, state) = (&model.nodes[node], &model.node_states[node]);
    let health = status::node_health(model, node);
    let running = state.running.iter();
    NodeState {
        id: it.id.to_string(),
        name: it.name.to_string(),
        kind: match it.kind {
            pcmk_model::NodeKind::Cluster => "cluster",
            pcmk_model::NodeKind::Remote => "remote",
            pcmk_model::NodeKind::Guest => "guest",
        },
        online: state.is(NodeFlags::ONLINE),
        unclean: state.is(NodeFlags::UNCLEAN),
        pending: state.is(NodeFlags::PENDING),
        standby: state.is(NodeFlags::STANDBY),
        maintenance: state.is(NodeFlags::MAINTENANCE),
        is_dc: state.is(NodeFlags::DC),
        unhealthy: match model.options.node_health_strategy {
            HealthStrategy::MigrateOnRed => health == "red",
            HealthStrategy::OnlyGreen => health != "green",
            HealthStrategy::None | HealthStrategy::Progressive | HealthStrategy::Custom => false,
        },
        history_counts: state.is(NodeFlags::ONLINE) || model.options.fencing_enabled,
        running: running
            .map(|&rsc| model.resources[rsc].id.to_string())
            .collect(),
    }
}

impl ResourceState {
    fn it(&self) -> &pcmk_model::Resource {
        &self.model.resources[self.rsc]
    }

    fn is(&self, flag: RscFlags) -> bool {
        self.model.states[self.rsc].is(flag)
    }

    fn node_name(&self, node: NodeId) -> String {
        self.model.nodes[node].name.to_string()
    }

    fn current(&self) -> Option<NodeId> {
        let model = &self.model;
        model.current_node(&model.node_states, &model.states, self.rsc)
    }
}

#[pymethods]
impl ResourceState {
    #[getter]
    fn id(&self) -> &str {
        &self.it().id
    }

    #[getter]
    fn xml_id(&self) -> &str {
        &self.it().xml_id
    }

    #[getter]
    fn history_id(&self) -> Option<&str> {
        self.model.history_id(self.rsc).map(|id| &**id)
    }

    #[getter]
    fn kind(&self) -> &'static str {
        match self.it().kind() {
            VariantKind::Primitive => "primitive",
            VariantKind::Group => "group",
            VariantKind::Clone => "clone",
            VariantKind::Bundle => "bundle",
        }
    }

    #[getter]
    fn agent(&self) -> String {
        let primitive = self.it().primitive();
        primitive.map_or(String::new(), |primitive| primitive.agent.to_string())
    }

    #[getter]
    fn parent(&self) -> Option<&str> {
        let parent = self.it().parent;
        parent.map(|parent| &*self.model.resources[parent].id)
    }

    #[getter]
    fn children(&self) -> Vec<&str> {
        let children = self.it().children.iter();
        children
            .map(|&child| &*self.model.resources[child].id)
            .collect()
    }

    #[getter]
    fn active_on(&self) -> Vec<String> {
        let nodes = self.model.active_nodes(self.rsc).into_iter();
        nodes.map(|node| self.node_name(node)).collect()
    }

    #[getter]
    fn current_node(&self) -> Option<String> {
        self.current().map(|node| self.node_name(node))
    }

    #[getter]
    fn lock_node(&self) -> Option<String> {
        let lock = self.model.states[self.rsc].lock;
        lock.map(|(node, _)| self.node_name(node))
    }

    #[getter]
    fn active_count(&self) -> usize {
        self.model.active_count(&self.model.node_states, self.rsc)
    }

    #[getter]
    fn role(&self) -> &'static str {
        self.model.states[self.rsc].current_role.name()
    }

    #[getter]
    fn target_role(&self) -> Option<&'static str> {
        self.it().target_role.map(|role| role.name())
    }

    #[getter]
    fn managed(&self) -> bool {
        self.is(RscFlags::MANAGED)
    }

    #[getter]
    fn removed(&self) -> bool {
        self.is(RscFlags::REMOVED)
    }

    #[getter]
    fn unique(&self) -> bool {
        self.is(RscFlags::UNIQUE)
    }

    #[getter]
    fn promotable(&self) -> bool {
        self.is(RscFlags::PROMOTABLE)
    }

    #[getter]
    fn internal(&self) -> bool {
        self.is(RscFlags::INTERNAL)
    }

    #[getter]
    fn failed(&self) -> bool {
        self.is(RscFlags::FAILED)
    }

    #[getter]
    fn blocked(&self) -> bool {
        self.is(RscFlags::BLOCKED)
    }

    #[getter]
    fn flags(&self) -> Vec<&'static str> {
        let flags = self.model.states[self.rsc].flags;
        flags.iter_names().map(|(name, _)| name).collect()
    }

    #[getter]
    fn meta(&self) -> BTreeMap<&str, &str> {
        let meta = self.it().meta.iter();
        meta.map(|(name, value)| (name, &**value)).collect()
    }

    #[getter]
    fn parameters(&self) -> BTreeMap<String, String> {
        let index = IdIndex::new(&self.model.cib);
        let mut unheard = Diagnostics::default();
        let node = self.current();
        let (found, _) = self.model.parameters(self.rsc, node, &index, &mut unheard);
        let found = found.iter();
        found
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect()
    }

    #[getter]
    fn line(&self) -> String {
        status::resource_line(&self.model, self.rsc, true)
    }

    /// What status shows, without headings.
    #[getter]
    fn lines(&self) -> Vec<String> {
        status::resource_lines(&self.model, self.rsc)
    }

    #[getter]
    fn line_without_node(&self) -> String {
        status::resource_line(&self.model, self.rsc, false)
    }

    #[getter]
    fn item(&self) -> String {
        pcmk_xml::write(&status::xml::one_resource(&self.model, self.rsc))
    }

    #[getter]
    fn xml(&self) -> String {
        let mut xml = self.it().xml.as_ref().clone();
        if let Some(number) = self.it().instance {
            xml.set_attr("clone", number.to_string());
        }
        let first = self.it().children.first();
        let member = first.filter(|_| matches!(self.it().variant, Variant::Group(_)));
        if let Some(number) = member.and_then(|&rsc| self.model.resources[rsc].instance) {
            for member in xml.children_mut().iter_mut().map(Arc::make_mut) {
                if member.name() == "primitive" {
                    member.set_attr("clone", number.to_string());
                }
            }
        }
        pcmk_xml::write_pretty(&xml)
    }

    #[pyo3(signature = (node, given=Vec::new()))]
    fn digests(
        &self,
        py: Python<'_>,
        node: &str,
        given: Vec<(String, String)>,
    ) -> PyResult<OperationDigests> {
        let place = self.model.node_named(node);
        let place = place.ok_or_else(|| PyKeyError::new_err(node.to_owned()))?;
        py.detach(|| {
            let index = IdIndex::new(&self.model.cib);
            let given: Attrs = given
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect();
            let found = self
                .model
                .operation_digests(&index, self.rsc, place, &given);
            Ok(OperationDigests::new(&self.model, found))
        })
    }
}
