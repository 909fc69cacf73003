//! Asking for the fencing of a node while reading.

use super::reader::Reader;
use crate::{FenceReason, NodeFlags, NodeId, NodeKind, Request, RscFlags, RscId};

/// Marks a node for fencing: the only way in which reading makes a node unclean, apart from nodes that were
/// never seen. The first reason stays. A guest is fenced by recovering its launcher.
pub(super) fn fence_node(
    reader: &mut Reader<'_>,
    node: NodeId,
    reason: FenceReason,
    priority_delay: bool,
) {
    let model = &mut reader.model;
    let connection = model.nodes[node].connection;
    match model.nodes[node].kind {
        NodeKind::Guest => {
            let launcher = connection.and_then(|c| model.resources[c].launcher);
            if let Some(launcher) = launcher {
                recover_guest(reader, node, launcher);
            }
        }
        NodeKind::Remote => {
            let state = connection.map(|c| model.states[c].flags);
            let left_over = state.is_some_and(|f| f.contains(RscFlags::REMOVED_LAUNCHED));
            if let (Some(connection), true) = (connection, left_over) {
                model.states[connection].flags |= RscFlags::FAILED | RscFlags::STOP_IF_FAILED;
                return;
            }
            let flags = &mut model.node_states[node].flags;
            if state.is_none_or(|f| f.contains(RscFlags::MANAGED)) {
                *flags |= NodeFlags::REMOTE_RESET;
            }
            *flags |= NodeFlags::UNCLEAN;
            request(reader, node, reason, false);
        }
        NodeKind::Cluster => {
            if !model.node_states[node].is(NodeFlags::UNCLEAN) {
                model.node_states[node].flags |= NodeFlags::UNCLEAN;
                request(reader, node, reason, priority_delay);
            }
        }
    }
}

fn recover_guest(reader: &mut Reader<'_>, node: NodeId, launcher: RscId) {
    let model = &mut reader.model;
    let flags = &mut model.states[launcher].flags;
    if flags.contains(RscFlags::MANAGED) && !flags.contains(RscFlags::FAILED) {
        *flags |= RscFlags::FAILED | RscFlags::STOP_IF_FAILED;
        model.node_states[node].flags |= NodeFlags::REMOTE_RESET;
    }
}

fn request(reader: &mut Reader<'_>, node: NodeId, reason: FenceReason, priority_delay: bool) {
    reader.model.requests.push(Request::Fence {
        node,
        reason,
        priority_delay,
    });
}
