//! What status says about resources and nodes, for commands.

use std::collections::BTreeMap;

use pcmk_base::Diagnostics;
use pcmk_model::{Model, NodeFlags, ReadOptions, RscFlags, RscId, VariantKind};
use pcmk_rules::IdIndex;
use pcmk_simulate::status;
use pyo3::prelude::*;

use crate::cib::Cib;

/// A resource as configured, and where it is.
#[pyclass(frozen, get_all, module = "pcmk._core")]
pub(crate) struct ResourceState {
    id: String,
    xml_id: String,
    kind: &'static str,
    agent: String,
    parent: Option<String>,
    children: Vec<String>,
    active_on: Vec<String>,
    current_node: Option<String>,
    active_count: usize,
    role: String,
    target_role: Option<String>,
    managed: bool,
    removed: bool,
    unique: bool,
    promotable: bool,
    internal: bool,
    failed: bool,
    blocked: bool,
    meta: BTreeMap<String, String>,
    parameters: BTreeMap<String, String>,
    line: String,
    xml: String,
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
        let (model, _) = Model::read(&tree, &read);
        let index = IdIndex::new(&model.cib);
        let mut order = Vec::new();
        for &top in &model.top {
            order.extend(model.subtree(top));
        }
        let resources = order.into_iter().map(|rsc| resource(&model, &index, rsc));
        let nodes = model.node_order.iter().map(|&node| {
            let (it, state) = (&model.nodes[node], &model.node_states[node]);
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
                running: running
                    .map(|&rsc| model.resources[rsc].id.to_string())
                    .collect(),
            }
        });
        (resources.collect(), nodes.collect())
    })
}

fn resource(model: &Model, index: &IdIndex<'_>, rsc: RscId) -> ResourceState {
    let (it, state) = (&model.resources[rsc], &model.states[rsc]);
    let id = |rsc: RscId| model.resources[rsc].id.to_string();
    let name = |node: pcmk_model::NodeId| model.nodes[node].name.to_string();
    let texts = |attrs: &pcmk_model::Attrs| {
        attrs
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect()
    };
    let node = model.current_node(&model.node_states, &model.states, rsc);
    let (parameters, _) = model.parameters(rsc, node, index, &mut Diagnostics::default());
    ResourceState {
        id: it.id.to_string(),
        xml_id: it.xml_id.to_string(),
        kind: match it.kind() {
            VariantKind::Primitive => "primitive",
            VariantKind::Group => "group",
            VariantKind::Clone => "clone",
            VariantKind::Bundle => "bundle",
        },
        agent: it
            .primitive()
            .map_or(String::new(), |p| p.agent.to_string()),
        parent: it.parent.map(id),
        children: it.children.iter().map(|&child| id(child)).collect(),
        active_on: model.active_nodes(rsc).into_iter().map(name).collect(),
        current_node: node.map(name),
        active_count: model.active_count(&model.node_states, rsc),
        role: state.current_role.to_string(),
        target_role: it.target_role.map(|role| role.to_string()),
        managed: state.is(RscFlags::MANAGED),
        removed: state.is(RscFlags::REMOVED),
        unique: state.is(RscFlags::UNIQUE),
        promotable: state.is(RscFlags::PROMOTABLE),
        internal: state.is(RscFlags::INTERNAL),
        failed: state.is(RscFlags::FAILED),
        blocked: state.is(RscFlags::BLOCKED),
        meta: texts(&it.meta),
        parameters: texts(&parameters),
        line: status::resource_line(model, rsc),
        xml: pcmk_xml::write_pretty(&it.xml),
    }
}
