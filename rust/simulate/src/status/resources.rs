//! The list of resources.

use super::section::Section;
use super::{StatusOptions, brief, bundle, clone, group, primitive};
use pcmk_model::{Model, NodeFlags as F, NodeId, RscFlags, RscId, Variant};
use std::collections::BTreeSet;

pub(super) fn section(model: &Model, options: StatusOptions) -> Option<Section> {
    if options.by_node && !options.inactive {
        return None;
    }
    let title = if options.by_node {
        "Inactive Resources"
    } else if options.inactive {
        "Full List of Resources"
    } else {
        "Active Resources"
    };
    let mut section = Section::new(title);
    let counted = options.brief && !options.by_node;
    if counted {
        // What is only implied, or not configured any more, is counted as well.
        let tops = model.top.iter().copied();
        let primitives: Vec<RscId> = tops
            .filter(|&rsc| model.resources[rsc].is_primitive())
            .collect();
        brief::show(
            model,
            &primitives,
            options,
            options.inactive,
            1,
            &mut section,
        );
    }
    for &rsc in &model.top {
        if counted && model.resources[rsc].is_primitive() {
            continue;
        }
        let active = is_active(model, rsc, Extent::All);
        if (is_removed(model, rsc) && !active) || (options.by_node && active) {
            continue;
        }
        if !options.shows_resource(rsc) {
            continue;
        }
        if is_elsewhere(model, rsc, options) {
            continue;
        }
        if options.inactive || is_active(model, rsc, Extent::Any) {
            show(model, rsc, options, 1, &mut section);
        }
    }
    if section.items.is_empty() {
        let nothing = match (options.by_node, options.inactive) {
            (true, _) => "No inactive resources",
            (false, true) => "No resources",
            (false, false) => "No active resources",
        };
        section.push(1, nothing);
    }
    Some(section)
}

/// Whether any part of a resource is on a node that is to be shown.
pub(super) fn on_shown_node(model: &Model, rsc: RscId, options: StatusOptions) -> bool {
    any_below(model, rsc, &|part| {
        let mut nodes = model.activity[part].active_on.iter();
        nodes.any(|&node| options.shows(node))
    })
}

/// Whether a resource is active, and on none of the nodes that are to be shown.
pub(super) fn is_elsewhere(model: &Model, rsc: RscId, options: StatusOptions) -> bool {
    is_active(model, rsc, Extent::Any) && !on_shown_node(model, rsc, options)
}

/// Shows a resource with what is below it.
pub(super) fn show(
    model: &Model,
    rsc: RscId,
    options: StatusOptions,
    depth: usize,
    section: &mut Section,
) {
    if !options.shows_resource(rsc) {
        return;
    }
    match &model.resources[rsc].variant {
        Variant::Primitive(_) => {
            if options.detail || !model.states[rsc].is(RscFlags::INTERNAL) {
                section.push(depth, primitive::line(model, rsc, options));
            }
        }
        Variant::Group(_) => group::show(model, rsc, options, depth, section),
        Variant::Clone(spec) => clone::show(model, rsc, spec, options, depth, section),
        Variant::Bundle(spec) => bundle::show(model, rsc, spec, options, depth, section),
    }
}

/// Primitives that run on a node, below its line.
pub(super) fn on_node(model: &Model, node: NodeId, options: StatusOptions, section: &mut Section) {
    if options.brief {
        let here = StatusOptions {
            nodes: Some(&BTreeSet::from([node])),
            ..options
        };
        let running = &model.node_states[node].running;
        return brief::show(model, running, here, false, 3, section);
    }
    for &rsc in &model.node_states[node].running {
        if options.detail || !model.states[rsc].is(RscFlags::INTERNAL) {
            section.push(3, primitive::line_without_node(model, rsc, options));
        }
    }
}

/// Whether all of a resource has to be active, or any part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    All,
    Any,
}

/// Whether a resource runs as far as is known: a node that is lost in good order counts for nothing.
pub(super) fn is_active(model: &Model, rsc: RscId, extent: Extent) -> bool {
    match &model.resources[rsc].variant {
        Variant::Primitive(_) => is_primitive_active(model, rsc),
        Variant::Group(_) | Variant::Clone(_) => {
            let mut children = model.resources[rsc].children.iter();
            let active = |&child: &RscId| is_active(model, child, extent);
            match extent {
                Extent::All => children.all(active),
                Extent::Any => children.any(active),
            }
        }
        Variant::Bundle(spec) => {
            let parts = spec.replicas.iter().flat_map(|replica| {
                let parts = [
                    replica.ip,
                    replica.child,
                    Some(replica.container),
                    replica.connection,
                ];
                parts.into_iter().flatten()
            });
            let wanted = extent == Extent::Any;
            let mut found = parts.map(|part| is_active(model, part, extent));
            if found.any(|active| active == wanted) {
                wanted
            } else {
                !wanted
            }
        }
    }
}

fn is_primitive_active(model: &Model, rsc: RscId) -> bool {
    let managed = model.states[rsc].is(RscFlags::MANAGED);
    model.activity[rsc].active_on.iter().any(|&node| {
        let state = &model.node_states[node];
        state.flags.intersects(F::ONLINE | F::UNCLEAN) || !managed
    })
}

pub(super) fn is_removed(model: &Model, rsc: RscId) -> bool {
    model.states[rsc].is(RscFlags::REMOVED)
}

/// Whether a resource or anything below it has one of these flags.
pub(super) fn any_below(model: &Model, rsc: RscId, test: &dyn Fn(RscId) -> bool) -> bool {
    model.subtree(rsc).into_iter().any(test)
}

/// `disabled`, `maintenance`, `unmanaged` as far as they hold for a collective.
pub(super) fn collective_words(model: &Model, rsc: RscId) -> Vec<String> {
    let mut words = Vec::new();
    if is_disabled(model, rsc) {
        words.push("disabled".to_owned());
    }
    let state = &model.states[rsc];
    if state.is(RscFlags::MAINTENANCE) {
        words.push("maintenance".to_owned());
    } else if !state.is(RscFlags::MANAGED) {
        words.push("unmanaged".to_owned());
    }
    words
}

/// Whether a resource is wanted stopped, or unpromoted where it could be promoted.
pub(super) fn is_disabled(model: &Model, rsc: RscId) -> bool {
    use pcmk_base::Role;
    let role = model.resources[rsc]
        .meta("target-role")
        .and_then(Role::parse);
    match role {
        Some(Role::Stopped) => true,
        Some(Role::Unpromoted) => model.states[model.top_of(rsc)].is(RscFlags::PROMOTABLE),
        _ => false,
    }
}

/// ` (TEXT)` from the description, if there is one and it is to be shown.
pub(super) fn description(model: &Model, rsc: RscId, shown: bool) -> String {
    let text = model.resources[rsc].xml.attr("description");
    text.filter(|_| shown)
        .map_or(String::new(), |text| format!(" ({text})"))
}
