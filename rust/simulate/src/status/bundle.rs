//! A bundle: a line for each replica, or all of its parts.

use super::StatusOptions;
use super::primitive::line_as;
use super::resources::{description, is_elsewhere, show as show_part};
use super::section::Section;
use pcmk_model::{Bundle, Model, Replica, RscFlags, RscId};

pub(super) fn show(
    model: &Model,
    bundle: RscId,
    spec: &Bundle,
    options: StatusOptions,
    depth: usize,
    section: &mut Section,
) {
    let several = spec.replicas.len() > 1;
    section.push(depth, heading(model, bundle, spec, several, options));
    // Who asks for parts of it is shown those.
    let parts_alone = options.detail || !options.names(bundle);
    for replica in &spec.replicas {
        let parts = [
            replica.ip,
            replica.child,
            Some(replica.container),
            replica.connection,
        ];
        let parts = parts.into_iter().flatten();
        if is_elsewhere(model, replica.container, options)
            || !parts.clone().any(|part| options.shows_resource(part))
        {
            continue;
        }
        if parts_alone {
            let mut below = depth + 1;
            if several {
                section.push(below, format!("Replica[{}]", replica.number));
                below += 1;
            }
            let everything = StatusOptions {
                detail: true,
                ..options
            };
            parts.for_each(|part| show_part(model, part, everything, below, section));
        } else {
            section.push(depth + 1, replica_line(model, replica, options));
        }
    }
}

fn heading(
    model: &Model,
    bundle: RscId,
    spec: &Bundle,
    several: bool,
    options: StatusOptions,
) -> String {
    let state = &model.states[bundle];
    let set = if several { " set" } else { "" };
    let unique = if state.is(RscFlags::UNIQUE) {
        " (unique)"
    } else {
        ""
    };
    let managed = if state.is(RscFlags::MAINTENANCE) {
        " (maintenance)"
    } else if !state.is(RscFlags::MANAGED) {
        " (unmanaged)"
    } else {
        ""
    };
    let about = description(model, bundle, options.description);
    format!(
        "Container bundle{set}: {} [{}]{unique}{about}{managed}:",
        model.resources[bundle].id, spec.image
    )
}

fn replica_line(model: &Model, replica: &Replica, options: StatusOptions) -> String {
    let shown = replica.child.unwrap_or(replica.container);
    let id = replica.connection.unwrap_or(replica.container);
    let mut name = model.resources[id].id.to_string();
    if let Some(address) = &replica.address {
        name.push_str(&format!(" ({address})"));
    }
    let node = model.current_node(&model.node_states, &model.states, replica.container);
    line_as(model, shown, &name, node, options)
}
