//! A clone: instances that are as they should be collected by role, the others one by one.

use super::StatusOptions;
use super::primitive::failed_probe;
use super::resources::{
    Extent, any_below, collective_words, description, is_active, is_removed, show as show_instance,
};
use super::section::Section;
use super::text::{bracketed, exit_text, in_parentheses};
use pcmk_base::Role;
use pcmk_model::{CloneSpec, Model, NodeFlags as F, NodeId, RscFlags, RscId};
use std::collections::BTreeMap;

pub(super) fn show(
    model: &Model,
    clone: RscId,
    spec: &CloneSpec,
    options: StatusOptions,
    depth: usize,
    section: &mut Section,
) {
    section.push(depth, heading(model, clone, options));
    let unique = model.states[clone].is(RscFlags::UNIQUE);
    let promotable = model.states[clone].is(RscFlags::PROMOTABLE);
    let mut promoted: Vec<NodeId> = Vec::new();
    let mut started: Vec<NodeId> = Vec::new();
    let mut collected = 0;
    let instances = model.resources[clone].children.iter().copied();
    for instance in instances.filter(|&rsc| options.shows_resource(rsc)) {
        if is_shown_alone(model, instance, unique, options) {
            show_instance(model, instance, options, depth + 1, section);
        } else if let Some(node) = place_of_active(model, instance) {
            collected += 1;
            if highest_role(model, instance) > Role::Unpromoted {
                promoted.push(node);
            } else {
                started.push(node);
            }
        }
    }
    if options.detail {
        return;
    }
    let listed = |nodes: &[NodeId]| {
        let order = model.node_order.iter().filter(|node| options.shows(**node));
        // As often as there are instances on it.
        let each = order.flat_map(|node| nodes.iter().filter(move |at| *at == node));
        bracketed(each.map(|&node| &*model.nodes[node].name))
    };
    let any = |nodes: &[NodeId]| nodes.iter().any(|&node| options.shows(node));
    if any(&promoted) {
        section.push(depth + 1, format!("Promoted: {}", listed(&promoted)));
    }
    if any(&started) {
        let title = match (promotable, wanted_role(model, clone)) {
            (true, Some(Role::Unpromoted)) => "Unpromoted (target-role)",
            (true, _) => "Unpromoted",
            (false, _) => "Started",
        };
        section.push(depth + 1, format!("{title}: {}", listed(&started)));
    }
    if options.inactive && !unique && spec.max as usize > collected {
        let stopped = stopped_on(model, clone).into_iter();
        for (title, nodes) in stopped.filter(|(_, nodes)| any(nodes)) {
            section.push(depth + 1, format!("{title}: {}", listed(&nodes)));
        }
    }
}

fn heading(model: &Model, clone: RscId, options: StatusOptions) -> String {
    let resource = &model.resources[clone];
    let state = &model.states[clone];
    let child = resource.children.first();
    let child = child.map_or("", |&child| &*model.resources[child].xml_id);
    let mut words: Vec<String> = Vec::new();
    if state.is(RscFlags::PROMOTABLE) {
        words.push("promotable".to_owned());
    }
    if state.is(RscFlags::UNIQUE) {
        words.push("unique".to_owned());
    }
    words.extend(collective_words(model, clone));
    format!(
        "Clone Set: {} [{child}]{}{}:",
        resource.id,
        in_parentheses(&words),
        description(model, clone, options.description)
    )
}

/// Whether an instance has something to say of its own.
fn is_shown_alone(model: &Model, instance: RscId, unique: bool, options: StatusOptions) -> bool {
    let any_active = is_active(model, instance, Extent::Any);
    if options.detail {
        return true;
    }
    if unique {
        // Only what is left of a whole clone is kept out.
        return any_active || !is_removed(model, model.top_of(instance));
    }
    if is_pending(model, instance, options) {
        return true;
    }
    if !any_active {
        return false;
    }
    let troubled = |rsc: RscId| {
        let state = &model.states[rsc];
        !state.is(RscFlags::MANAGED) || state.is(RscFlags::FAILED)
    };
    let Some(node) = only_node(model, instance) else {
        return true;
    };
    let state = &model.node_states[node];
    let lost = !state.is(F::ONLINE) && state.is(F::UNCLEAN);
    is_removed(model, instance)
        || any_below(model, instance, &troubled)
        || lost
        || !is_active(model, instance, Extent::All)
}

/// Something is under way at the instance itself, so not at a member of a group; probes are not remembered as that.
fn is_pending(model: &Model, instance: RscId, options: StatusOptions) -> bool {
    options.pending && model.activity[instance].pending.is_some()
}

/// The one node that an instance is active on, if it really is.
fn place_of_active(model: &Model, instance: RscId) -> Option<NodeId> {
    only_node(model, instance).filter(|_| is_active(model, instance, Extent::Any))
}

/// The one node that an instance was seen on.
fn only_node(model: &Model, instance: RscId) -> Option<NodeId> {
    let mut found = None;
    for primitive in model.primitives(instance) {
        for &node in &model.activity[primitive].active_on {
            match found {
                None => found = Some(node),
                Some(known) if known != node => return None,
                Some(_) => {}
            }
        }
    }
    found
}

fn highest_role(model: &Model, instance: RscId) -> Role {
    let primitives = model.primitives(instance).into_iter();
    primitives
        .map(|rsc| model.states[rsc].current_role)
        .max()
        .unwrap_or(Role::Unknown)
}

/// Nodes on which a clone could run and does not, by why.
fn stopped_on(model: &Model, clone: RscId) -> BTreeMap<String, Vec<NodeId>> {
    let mut active: Vec<NodeId> = Vec::new();
    for primitive in model.primitives(clone) {
        active.extend(&model.activity[primitive].active_on);
    }
    let allowed: Vec<NodeId> = model.scores.nodes(clone).map(|(node, _)| node).collect();
    // Nobody knows yet where it is allowed: then wherever it was looked for.
    let candidates = if allowed.is_empty() {
        model.activity[clone].known_on.clone()
    } else {
        allowed
    };
    let mut by_text: BTreeMap<String, Vec<NodeId>> = BTreeMap::new();
    for node in candidates {
        if active.contains(&node) {
            continue;
        }
        by_text
            .entry(stopped_text(model, clone, node))
            .or_default()
            .push(node);
    }
    by_text
}

fn stopped_text(model: &Model, clone: RscId, node: NodeId) -> String {
    if let Some(failed) = failed_probe(model, clone, Some(node)) {
        return format!("Stopped ({})", exit_text(i64::from(failed.record.rc)));
    }
    let disabled = wanted_role(model, clone) == Some(Role::Stopped);
    if disabled {
        "Stopped (disabled)"
    } else {
        "Stopped"
    }
    .to_owned()
}

/// The role configured for a clone, or else for what is cloned.
fn wanted_role(model: &Model, clone: RscId) -> Option<Role> {
    let of = |rsc: RscId| model.resources[rsc].meta("target-role");
    let instance = model.resources[clone].children.first();
    let text = of(clone).or_else(|| instance.and_then(|&rsc| of(rsc)));
    text.and_then(Role::parse)
}
