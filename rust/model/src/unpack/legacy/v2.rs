//! From schema 2 to 3: names of options and meta-attributes, and settings that moved.

use super::rewrite::{self, Rewriting, pair, with_attr, with_children};
use pcmk_xml::Element;
use std::sync::Arc;

/// Options that have dashes now.
const OPTIONS: &[(&str, &str)] = &[
    ("cluster_recheck_interval", "cluster-recheck-interval"),
    ("dc_deadtime", "dc-deadtime"),
    ("election_timeout", "election-timeout"),
    ("no_quorum_policy", "no-quorum-policy"),
    ("remove_after_stop", "remove-after-stop"),
    ("shutdown_escalation", "shutdown-escalation"),
    ("startup_fencing", "startup-fencing"),
    ("stonith_action", "stonith-action"),
    ("stonith_enabled", "stonith-enabled"),
    ("stop_orphan_actions", "stop-orphan-actions"),
    ("stop_orphan_resources", "stop-orphan-resources"),
    ("symmetric_cluster", "symmetric-cluster"),
    ("transition_idle_timeout", "cluster-delay"),
];

/// Settings of an operation that were among its instance attributes.
const OPERATION_SETTINGS: &[&str] = &[
    "interval-origin",
    "start-delay",
    "enabled",
    "on-fail",
    "record-pending",
    "role",
    "timeout",
];

/// The document in the spelling of schema 3.
pub(super) fn rewritten(cib: &Arc<Element>) -> Arc<Element> {
    rewrite::configuration(cib, &mut Version2::default())
}

#[derive(Default)]
struct Version2 {
    /// Pairs that move from the options to `rsc_defaults` and `op_defaults`.
    rsc_defaults: Vec<(&'static str, String)>,
    op_defaults: Vec<(&'static str, String)>,
}

impl Rewriting for Version2 {
    fn edit(&mut self, element: Arc<Element>, above: &[&str]) -> Vec<Arc<Element>> {
        let edited = match element.name() {
            "configuration" => self.with_defaults(&element),
            "node" if element.attr("type") == Some("normal") => {
                with_attr(&element, "type", "member")
            }
            "nvpair" => match self.pair(&element, above) {
                Some(edited) => edited,
                None => return Vec::new(),
            },
            "op" => operation(&element),
            "primitive" | "template" => with_requires(&element),
            _ => element,
        };
        vec![edited]
    }
}

impl Version2 {
    /// The pair as it is now; `None` if it is none of what is read any more, or moved away.
    fn pair(&mut self, element: &Arc<Element>, above: &[&str]) -> Option<Arc<Element>> {
        let (Some(name), Some(value)) = (element.attr("name"), element.attr("value")) else {
            return Some(element.clone());
        };
        let rename = |to: &str| Some(with_attr(element, "name", to));
        let to_threshold = |value: &str| {
            let pair = Element::clone(element).with_attr("name", "migration-threshold");
            (value == "-INFINITY").then(|| Arc::new(pair.with_attr("value", "1")))
        };
        match above {
            [.., "cluster_property_set"] => self.option(element, name, value),
            [.., "op", "meta_attributes" | "instance_attributes"] => Some(element.clone()),
            [.., "rsc_defaults", "meta_attributes"] => Some(element.clone()),
            [_, "resources", .., "meta_attributes"] => match name {
                "isolation" | "isolation-host" | "isolation-instance" | "isolation-wrapper" => {
                    let pair = Element::clone(element).with_attr("name", "target-role");
                    Some(Arc::new(pair.with_attr("value", "Stopped")))
                }
                "resource-failure-stickiness" | "resource_failure_stickiness" => {
                    to_threshold(value)
                }
                _ => Some(element.clone()),
            },
            [_, "resources", .., "instance_attributes"] => match name {
                "pcmk_arg_map" => {
                    let port = value.strip_prefix("port:")?;
                    let pair = Element::clone(element).with_attr("name", "pcmk_host_argument");
                    Some(Arc::new(pair.with_attr("value", port)))
                }
                "pcmk_list_cmd" => rename("pcmk_list_action"),
                "pcmk_monitor_cmd" => rename("pcmk_monitor_action"),
                "pcmk_off_cmd" => rename("pcmk_off_action"),
                "pcmk_on_cmd" => rename("pcmk_on_action"),
                "pcmk_reboot_cmd" => rename("pcmk_reboot_action"),
                "pcmk_status_cmd" => rename("pcmk_status_action"),
                _ => Some(element.clone()),
            },
            _ => Some(element.clone()),
        }
    }

    fn option(&mut self, element: &Arc<Element>, name: &str, value: &str) -> Option<Arc<Element>> {
        const OLD_LAYERS: [&str; 5] = [
            "heartbeat",
            "openais",
            "classic openais",
            "classic openais (with plugin)",
            "cman",
        ];
        if let Some((_, now)) = OPTIONS.iter().find(|(old, _)| *old == name) {
            return Some(with_attr(element, "name", now));
        }
        match name.replace('_', "-").as_str() {
            "default-action-timeout" => self.op_defaults.push(("timeout", value.to_owned())),
            "default-resource-stickiness" => {
                let moved = ("resource-stickiness", value.to_owned());
                self.rsc_defaults.push(moved);
            }
            "is-managed-default" => self.rsc_defaults.push(("is-managed", value.to_owned())),
            "default-resource-failure-stickiness" if value == "-INFINITY" => {
                let moved = ("migration-threshold", "1".to_owned());
                self.rsc_defaults.push(moved);
            }
            "default-resource-failure-stickiness" | "default-migration-threshold" => {}
            "expected-quorum-votes" | "notification-agent" | "notification-recipient" => {}
            "cluster-infrastructure" if OLD_LAYERS.contains(&value) => {}
            _ => return Some(element.clone()),
        }
        None
    }

    /// The configuration with what moved to the defaults, where it is not defined already.
    fn with_defaults(&self, configuration: &Arc<Element>) -> Arc<Element> {
        let moved = [
            ("rsc_defaults", &self.rsc_defaults),
            ("op_defaults", &self.op_defaults),
        ];
        let mut edited = configuration.clone();
        for (section, pairs) in moved {
            if !pairs.is_empty() {
                edited = with_default_pairs(&edited, section, pairs);
            }
        }
        edited
    }
}

fn with_default_pairs(
    configuration: &Arc<Element>,
    section: &str,
    pairs: &[(&'static str, String)],
) -> Arc<Element> {
    let mut children = configuration.children().to_vec();
    let at = children.iter().position(|child| child.name() == section);
    let at = at.unwrap_or_else(|| {
        children.push(Arc::new(Element::new(section)));
        children.len() - 1
    });
    let id = format!("{section}-from-options");
    let mut block = Element::new("meta_attributes").with_attr("id", &*id);
    for (name, value) in pairs {
        if !defines(&children[at], name) {
            block.push_child(pair(&format!("{id}-{name}"), name, value));
        }
    }
    let mut edited = Element::clone(&children[at]);
    // The first of equal blocks is the least important.
    edited.insert_child(0, block);
    children[at] = Arc::new(edited);
    with_children(configuration, children)
}

/// Whether a block of meta-attributes below the element has a pair of this name.
fn defines(element: &Element, name: &str) -> bool {
    element
        .children_named("meta_attributes")
        .flat_map(|block| block.children().iter())
        .any(|pair| pair.attr("name") == Some(name))
}

/// An operation with those of its instance attributes that are settings among its meta-attributes.
fn operation(op: &Arc<Element>) -> Arc<Element> {
    let mut moved = Vec::new();
    let mut children = Vec::new();
    for child in op.children() {
        if child.name() != "instance_attributes" {
            children.push(child.clone());
            continue;
        }
        let is_setting = |pair: &&Arc<Element>| {
            let name = pair.attr("name").unwrap_or_default();
            OPERATION_SETTINGS.contains(&name)
        };
        let (settings, rest): (Vec<_>, Vec<_>) = child.children().iter().partition(is_setting);
        if settings.is_empty() {
            children.push(child.clone());
            continue;
        }
        let mut block = Element::new("meta_attributes");
        block.copy_attrs(child);
        block.set_attr("id", format!("{}-meta", child.id().unwrap_or_default()));
        let rule = rest.iter().filter(|part| part.name() == "rule");
        block
            .children_mut()
            .extend(rule.map(|part| (*part).clone()));
        let new = settings
            .into_iter()
            .filter(|pair| !defines(op, pair.attr("name").unwrap_or_default()));
        block.children_mut().extend(new.cloned());
        moved.push(Arc::new(block));
        children.push(with_children(child, rest.into_iter().cloned().collect()));
    }
    children.extend(moved);
    with_children(op, children)
}

/// A resource with what its start or promote operation requires as a meta-attribute of its own, unless it has
/// that already. On other operations it means nothing.
fn with_requires(resource: &Arc<Element>) -> Arc<Element> {
    let mut required = None;
    let mut children = Vec::new();
    for child in resource.children() {
        if child.name() != "operations" {
            children.push(child.clone());
            continue;
        }
        let ops = child.children().iter().map(|op| {
            let value =
                requires(op).filter(|_| matches!(op.attr("name"), Some("start" | "promote")));
            required = required.take().or(value.map(str::to_owned));
            without_requires(op)
        });
        children.push(with_children(child, ops.collect()));
    }
    if let Some(value) = required.filter(|_| !defines(resource, "requires")) {
        let id = format!("{}-requires", resource.id().unwrap_or_default());
        let pair = pair(&format!("{id}-pair"), "requires", &value);
        let block = Element::new("meta_attributes")
            .with_attr("id", &*id)
            .with_child(pair);
        children.insert(0, Arc::new(block));
    }
    with_children(resource, children)
}

fn requires(op: &Element) -> Option<&str> {
    let blocks = op.children_named("instance_attributes");
    let mut pairs = blocks.flat_map(|block| block.children().iter());
    let pair = pairs.find(|pair| pair.attr("name") == Some("requires"));
    op.attr("requires")
        .or_else(|| pair.and_then(|pair| pair.attr("value")))
}

fn without_requires(op: &Arc<Element>) -> Arc<Element> {
    let blocks = op.children().iter().map(|block| {
        let stays = |pair: &&Arc<Element>| pair.attr("name") != Some("requires");
        match block.name() {
            "instance_attributes" => {
                let pairs = block.children().iter().filter(stays);
                with_children(block, pairs.cloned().collect())
            }
            _ => block.clone(),
        }
    });
    let stripped = with_children(op, blocks.collect());
    if stripped.attr("requires").is_none() {
        return stripped;
    }
    let mut edited = Element::clone(&stripped);
    edited.remove_attr("requires");
    Arc::new(edited)
}
