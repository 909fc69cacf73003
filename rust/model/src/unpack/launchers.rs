//! Links between resources and what launches them, and between connections and nodes.

use super::nodes;
use super::reader::Reader;
use crate::{NodeFlags, RscFlags, RscId, Variant, codes};
use pcmk_base::{Entity, Level};

/// Connects every resource that names a launcher with it, and top-level connections with their nodes.
pub(super) fn connect(reader: &mut Reader<'_>) {
    for rsc in reader.model.top.clone() {
        for leaf in reader.model.subtree(rsc) {
            connect_launcher(reader, leaf);
        }
        connect_node(reader, rsc);
    }
}

fn connect_launcher(reader: &mut Reader<'_>, rsc: RscId) {
    let resource = &reader.model.resources[rsc];
    let Some(name) = resource.meta("container") else {
        return;
    };
    if !resource.children.is_empty() || *resource.id == *name {
        return;
    }
    match reader.model.resource_with_id(name) {
        Some(launcher) => {
            reader.model.resource_mut(launcher).launched.push(rsc);
            reader.model.resource_mut(rsc).launcher = Some(launcher);
        }
        None => {
            let entity = Entity::Resource(resource.id.to_string());
            let name = name.to_owned();
            let fields = [("container", &*name)];
            reader.report(Level::Error, codes::UNKNOWN_LAUNCHER, entity, &fields);
        }
    }
}

/// Makes a remote connection that of the node of its name. A remote node is unclean until seen, if startup
/// fencing is on; one with a launcher is a guest.
pub(super) fn connect_node(reader: &mut Reader<'_>, rsc: RscId) {
    let model = &mut reader.model;
    if !model.states[rsc].is(RscFlags::REMOTE_CONNECTION) {
        return;
    }
    let Some(node) = model.node_named(&model.resources[rsc].id) else {
        return;
    };
    model.nodes[node].connection = Some(rsc);
    if let Variant::Primitive(primitive) = &mut model.resource_mut(rsc).variant {
        primitive.connection_of = Some(node);
    }
    if model.resources[rsc].launcher.is_some() {
        nodes::make_guest(&mut model.nodes[node]);
    } else {
        let unclean = model.options.startup_fencing;
        let flags = &mut model.node_states[node].flags;
        flags.set(NodeFlags::UNCLEAN, unclean);
    }
}
