//! The condition of remote and guest nodes, which follows from that of their connections.

use super::node_state::{DISCOVERY, attribute, read_transient, shutdown_requested};
use super::status::Status;
use crate::{NodeFlags, NodeId, NodeKind, RscFlags};
use pcmk_base::{Role, parse_bool};
use pcmk_time::scan_integer;
use pcmk_xml::Element;

/// Notes whether a remote node was fenced since its connection was last up.
pub(super) fn note_fenced(status: &mut Status<'_, '_>, node: NodeId, element: &Element) {
    let fenced = is_nonzero(element, "node_fenced");
    let flags = &mut status.model().node_states[node].flags;
    flags.set(NodeFlags::REMOTE_FENCED, fenced);
}

/// Settles whether a remote or guest node is online, as far as is known by now.
pub(super) fn settle_online(status: &mut Status<'_, '_>, node: NodeId) {
    let model = &status.reader.model;
    let Some(connection) = model.nodes[node].connection else {
        status.clear_node(node, NodeFlags::ONLINE);
        return;
    };
    let launcher = model.resources[connection].launcher;
    let host = match model.activity[connection].active_on[..] {
        [host] if launcher.is_some() => Some(host),
        _ => None,
    };
    let role = model.states[connection].current_role;
    let stops = model.states[connection].next_role == Role::Stopped;
    let is_stopped = role == Role::Stopped
        || launcher.is_some_and(|l| model.states[l].current_role == Role::Stopped);
    let failed = status.rsc_is(connection, RscFlags::FAILED);
    let launcher_failed = launcher.is_some_and(|l| status.rsc_is(l, RscFlags::FAILED));
    let host_lost = host.is_some_and(|h| {
        !status.node_is(h, NodeFlags::ONLINE) && status.node_is(h, NodeFlags::UNCLEAN)
    });
    if role == Role::Started {
        status.set_node(node, NodeFlags::ONLINE);
        if stops {
            status.set_node(node, NodeFlags::SHUTDOWN);
        }
    }
    if launcher_failed {
        status.clear_node(node, NodeFlags::ONLINE);
        status.set_node(node, NodeFlags::REMOTE_RESET);
    } else if failed {
        status.clear_node(node, NodeFlags::ONLINE);
    } else if is_stopped {
        status.clear_node(node, NodeFlags::ONLINE | NodeFlags::REMOTE_RESET);
    } else if host_lost {
        status.clear_node(node, NodeFlags::ONLINE);
        status.set_node(node, NodeFlags::REMOTE_RESET);
    }
}

/// Reads the attributes of a remote or guest node.
pub(super) fn read_attributes(status: &mut Status<'_, '_>, node: NodeId, element: &Element) {
    let told = is_nonzero(element, "node_in_maintenance");
    let flags = &mut status.model().node_states[node].flags;
    flags.set(NodeFlags::REMOTE_MAINTENANCE, told);
    if !flags.contains(NodeFlags::REMOTE_RESET) {
        *flags -= NodeFlags::UNCLEAN;
        *flags |= NodeFlags::SEEN;
    }
    read_transient(status, node, element);
    let boolean = |status: &Status<'_, '_>, name: &str| {
        attribute(status, node, name).map(|v| parse_bool(&v) == Some(true))
    };
    if shutdown_requested(status, node) {
        status.set_node(node, NodeFlags::SHUTDOWN);
    }
    if boolean(status, "standby") == Some(true) {
        status.set_node(node, NodeFlags::STANDBY);
    }
    let connection = status.reader.model.nodes[node].connection;
    let unmanaged = connection.is_some_and(|c| !status.rsc_is(c, RscFlags::MANAGED));
    if boolean(status, "maintenance") == Some(true) || unmanaged {
        status.set_node(node, NodeFlags::MAINTENANCE);
    }
    if boolean(status, DISCOVERY) == Some(false) {
        let model = &status.reader.model;
        let is_remote = model.nodes[node].kind == NodeKind::Remote;
        // A remote node must be probed if it cannot be fenced.
        if !is_remote || model.options.fencing_enabled {
            status.clear_node(node, NodeFlags::PROBES_ALLOWED);
        }
    }
}

fn is_nonzero(element: &Element, name: &str) -> bool {
    element
        .attr(name)
        .is_some_and(|text| scan_integer(text).is_ok_and(|n| n > 0))
}
