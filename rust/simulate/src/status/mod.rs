//! The status of a cluster as text, section by section.
//!
//! The model is the data behind it: it is read once, never changes, and says about nodes and resources all that a
//! display shows.

mod attributes;
mod brief;
mod bundle;
mod clone;
mod constraints;
mod failures;
mod group;
mod nodes;
mod operations;
mod primitive;
mod resources;
mod section;
mod summary;
pub mod text;
pub mod xml;

pub use section::Section;

use pcmk_model::{Model, NodeId, RscFlags, RscId, Variant};
use std::collections::BTreeSet;

/// What to show, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusOptions<'a> {
    /// Resources that are not active as well.
    pub inactive: bool,
    /// Operations under way instead of the last known role.
    pub pending: bool,
    /// Resources below the nodes they run on.
    pub by_node: bool,
    /// Instances one by one, ids of nodes, resources that are only implied.
    pub detail: bool,
    /// Primitives without the node they are on.
    pub without_nodes: bool,
    /// Primitives counted by agent and node.
    pub brief: bool,
    /// What people wrote about resources.
    pub description: bool,
    /// Only these nodes and what is on them.
    pub nodes: Option<&'a BTreeSet<NodeId>>,
    /// Only these resources; see [`resources_named`].
    pub resources: Option<&'a ResourceFilter>,
}

/// Which resources are to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceFilter {
    /// Those that were named.
    named: BTreeSet<RscId>,
    /// Those, what is below them, and the collectives they are in.
    shown: BTreeSet<RscId>,
}

impl StatusOptions<'_> {
    /// All nodes and resources, in the usual form.
    pub const fn everything() -> Self {
        StatusOptions {
            inactive: true,
            pending: true,
            by_node: false,
            detail: false,
            without_nodes: false,
            brief: false,
            description: false,
            nodes: None,
            resources: None,
        }
    }

    /// Whether a node is to be shown.
    pub fn shows(&self, node: NodeId) -> bool {
        self.nodes.is_none_or(|nodes| nodes.contains(&node))
    }

    /// Whether a resource is to be shown.
    pub fn shows_resource(&self, rsc: RscId) -> bool {
        self.resources
            .is_none_or(|filter| filter.shown.contains(&rsc))
    }

    /// Whether a resource was asked for itself, not for what is in it or what it is in.
    fn names(&self, rsc: RscId) -> bool {
        self.resources
            .is_none_or(|filter| filter.named.contains(&rsc))
    }

    /// Whether the history of a resource is to be shown. What is shown of a clone or a bundle is shown on all nodes.
    fn shows_history(&self, model: &Model, rsc: RscId) -> bool {
        let in_group = matches!(
            model.resources[model.top_of(rsc)].variant,
            Variant::Group(_)
        );
        self.shows_resource(if in_group { rsc } else { model.outermost(rsc) })
    }
}

/// The resources of this name, with or without the number of an instance, or with this tag. Of instances that are told
/// apart a name without a number means the first.
pub fn resources_named(model: &Model, name: &str) -> ResourceFilter {
    let tagged = model.tags.get(name).into_iter().flatten();
    let names: Vec<&str> = std::iter::once(name)
        .chain(tagged.map(|text| &**text))
        .collect();
    let mut found = ResourceFilter::default();
    for (rsc, resource) in model.resources.iter() {
        let shares_name = || {
            names.contains(&&*resource.xml_id)
                && (!model.states[rsc].is(RscFlags::UNIQUE) || is_first(model, rsc))
        };
        if !names.contains(&&*resource.id) && !shares_name() {
            continue;
        }
        found.named.insert(rsc);
        found.shown.extend(model.subtree(rsc));
        let mut at = resource.parent;
        while let Some(parent) = at {
            found.shown.insert(parent);
            at = model.resources[parent].parent;
        }
    }
    found
}

/// Whether nothing that is configured by the same element comes before a resource.
fn is_first(model: &Model, rsc: RscId) -> bool {
    let of = &model.resources[rsc].xml_id;
    let first = model.resources.iter().find(|(_, r)| r.xml_id == *of);
    first.is_some_and(|(id, _)| id == rsc)
}

/// The node of this name, or the nodes with this tag; tags name nodes by their ids.
pub fn nodes_named(model: &Model, name: &str) -> BTreeSet<NodeId> {
    let mut found: BTreeSet<NodeId> = model.node_named(name).into_iter().collect();
    if let Some(members) = model.tags.get(name) {
        let nodes = model.nodes.iter();
        let tagged = nodes.filter(|(_, node)| members.contains(&node.id));
        found.extend(tagged.map(|(id, _)| id));
    }
    found
}

/// The list of nodes; `None` if there are none to be shown. Of guests that are not online there is nothing to say.
pub fn node_section(model: &Model, options: StatusOptions) -> Option<Section> {
    let any = model.node_order.iter().any(|&node| options.shows(node));
    any.then(|| nodes::section(model, options))
}

/// The list of resources; `None` if there is nothing to list and nothing to say about that.
pub fn resource_section(model: &Model, options: StatusOptions) -> Option<Section> {
    resources::section(model, options)
}

/// What is shown of a resource, a primitive in one line, without headings.
pub fn resource_lines(model: &Model, rsc: RscId) -> Vec<String> {
    let options = StatusOptions {
        inactive: false,
        ..StatusOptions::everything()
    };
    let mut found = Section::default();
    resources::show(model, rsc, options, 1, &mut found);
    let lines = found.items.into_iter().map(|(_, line)| line);
    lines.filter(|line| !line.ends_with(':')).collect()
}

/// Node attributes that users set; `None` if there are none.
pub fn attribute_section(model: &Model, options: StatusOptions) -> Option<Section> {
    let found = attributes::section(model, options);
    (!found.items.is_empty()).then_some(found)
}

/// Operations that failed, in technical style or for people.
pub fn failure_section(model: &Model, options: StatusOptions, technical: bool) -> Option<Section> {
    failures::section(model, options, technical)
}

/// Fail counts on nodes that are online.
pub fn fail_count_section(model: &Model, options: StatusOptions) -> Option<Section> {
    failures::counts(model, options)
}

/// The history of operations, with times and results if wanted; `None` while no node is online.
pub fn operation_section(model: &Model, options: StatusOptions, timing: bool) -> Option<Section> {
    operations::section(model, options, timing)
}

/// Tickets, if any are known.
pub fn ticket_section(model: &Model) -> Option<Section> {
    constraints::tickets(model)
}

/// Location constraints with negative scores whose ids begin with the prefix.
pub fn ban_section(model: &Model, options: StatusOptions, prefix: &str) -> Option<Section> {
    constraints::bans(model, options, prefix)
}

/// Those of `stack`, `dc`, `times`, `counts` and `options` that are wanted; `now_text` is the present as displays
/// write it.
pub fn summary_section(model: &Model, now_text: &str, parts: &[&str], detail: bool) -> Section {
    summary::section(model, now_text, parts, detail)
}

/// A warning that nothing is managed, as lines; empty if all is as usual.
pub fn maintenance_notice(model: &Model) -> &'static [&'static str] {
    summary::notice(model)
}

/// How many resource instances are disabled, blocked, and there at all.
pub fn instance_counts(model: &Model) -> (usize, usize, usize) {
    summary::instance_counts(model)
}

/// The health of a node as its attributes say: `green`, `yellow` or `red`. Green if the cluster does not care.
pub fn node_health(model: &Model, node: NodeId) -> &'static str {
    nodes::health(model, node)
}

/// The line of a primitive as commands show it, with the nodes it is on if wanted; empty for other resources.
pub fn resource_line(model: &Model, rsc: RscId, with_nodes: bool) -> String {
    let options = StatusOptions {
        without_nodes: !with_nodes,
        ..StatusOptions::everything()
    };
    if model.resources[rsc].is_primitive() {
        primitive::line(model, rsc, options)
    } else {
        String::new()
    }
}
