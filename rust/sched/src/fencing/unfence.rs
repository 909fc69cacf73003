//! Unfencing: giving a node access back, before what needs it there.

use super::fence_action;
use crate::actions::request::Need;
use crate::{ActionId, Run, Why};
use pcmk_base::Text;
use pcmk_model::{FenceOp, FenceReason, Model, NodeFlags, NodeId, OrderKinds, RscFlags, RscId};
use pcmk_rules::IdIndex;

/// Orders an action after the unfencing of its node, if its resource depends on that. A node that was never
/// unfenced now is; for others unfencing stays optional, since it would restart what runs there.
pub fn order_after(
    run: &mut Run<'_>,
    rsc: RscId,
    node: NodeId,
    action: ActionId,
    kinds: OrderKinds,
) {
    let flags = run.plan.rscs[rsc].flags;
    let device = flags.contains(RscFlags::FENCE_DEVICE) && run.model.unfencing;
    if !device && !flags.contains(RscFlags::NEEDS_UNFENCING) {
        return;
    }
    let on = Some(FenceOp::On);
    let unfence = fence_action(run, node, on, Need::Optional, None, false);
    run.plan.edges.add(unfence, action, kinds);
    if !is_unfenced(run.model, node) {
        let reason = FenceReason::RequiredBy(rsc, run.plan.actions[action].task);
        trigger(run, None, Some(node), reason);
    }
}

/// Has a node unfenced because of a change; if it is in no state for that, every node that the device may run on.
/// Without unfencing, or for a resource that is not a fence device, this is nothing.
pub fn trigger(run: &mut Run<'_>, rsc: Option<RscId>, node: Option<NodeId>, reason: FenceReason) {
    let is_device = |rsc: RscId| run.plan.rscs[rsc].is(RscFlags::FENCE_DEVICE);
    if !run.model.unfencing || !rsc.is_none_or(is_device) {
        return;
    }
    let on = Some(FenceOp::On);
    let need = Need::Required(Why::Fence(reason));
    if let Some(node) = node.filter(|&node| is_suitable(run, node)) {
        fence_action(run, node, on, need, Some(reason), false);
        return;
    }
    let Some(rsc) = rsc else { return };
    for &node in &run.model.node_order {
        if run.plan.scores.has(rsc, node) && is_suitable(run, node) {
            fence_action(run, node, on, need, Some(reason), false);
        }
    }
}

fn is_suitable(run: &Run<'_>, node: NodeId) -> bool {
    let state = &run.plan.nodes[node];
    state.is_clean_online() && !state.is(NodeFlags::SHUTDOWN)
}

/// Whether a node is recorded as unfenced.
pub fn is_unfenced(model: &Model, node: NodeId) -> bool {
    let recorded = model.nodes[node].attrs.get("#node-unfenced");
    recorded.is_some_and(|since| &**since != "0")
}

/// What a node's fencing action carries about the devices that unfence it.
pub(super) struct DeviceDigests {
    /// `DEVICE:AGENT:DIGEST,` of each, of all parameters.
    pub all: Text,
    /// The same without private parameters.
    pub secure: Text,
    /// Some device changed since the node was unfenced.
    pub changed: bool,
}

/// Compares the devices that unfence a node with what is recorded of its unfencing.
pub(super) fn device_digests(run: &Run<'_>, node: NodeId) -> DeviceDigests {
    let references = IdIndex::new(&run.model.cib);
    let recorded = |name: &str| run.model.nodes[node].attrs.get(name).map(|v| &**v);
    let (mut all, mut secure, mut changed) = (String::new(), String::new(), false);
    for device in devices(run) {
        let resource = &run.model.resources[device];
        let agent = resource.primitive().map_or("", |p| &*p.agent.kind);
        let digests = run.model.unfencing_digests(&references, device, node);
        let entry = |digest: &str| format!("{}:{agent}:{digest}", resource.id);
        let of_all = entry(&digests.all);
        let of_secure = entry(digests.secure.as_deref().unwrap_or_default());
        let same = recorded("#digests-all").is_none_or(|known| known.contains(&of_all))
            || recorded("#digests-secure").is_some_and(|known| known.contains(&of_secure));
        changed |= !same;
        all.push_str(&of_all);
        all.push(',');
        secure.push_str(&of_secure);
        secure.push(',');
    }
    DeviceDigests {
        all: all.into(),
        secure: secure.into(),
        changed,
    }
}

/// Fence devices that unfence, or need unfencing themselves, last first.
fn devices(run: &Run<'_>) -> Vec<RscId> {
    let mut found = Vec::new();
    for &top in &run.plan.top {
        for rsc in crate::actions::collective::primitives(run, top) {
            let flags = run.plan.rscs[rsc].flags;
            let provides = run.model.resources[rsc].meta("provides");
            let unfences = flags.contains(RscFlags::NEEDS_UNFENCING)
                || provides.is_some_and(|p| p.eq_ignore_ascii_case("unfencing"));
            if flags.contains(RscFlags::FENCE_DEVICE) && unfences {
                found.push(rsc);
            }
        }
    }
    found.reverse();
    found
}
