//! Cluster options: names have dashes, and defaults of resources and operations have sections of their own.

use std::sync::Arc;

use pcmk_xml::Element;

use super::super::dropped;
use super::super::rewrite::{with_attr, with_children};
use super::{PREFIX, defines, is_plain, with_pairs};

const RENAMED: &[(&str, &str)] = &[
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

const OLD_LAYERS: [&str; 5] = [
    "heartbeat",
    "openais",
    "classic openais",
    "classic openais (with plugin)",
    "cman",
];

/// A section of defaults, with the name that its first block gets if it has none.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Operations,
    Resources,
}

impl Section {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Section::Operations => ("op_defaults", "-op-defaults"),
            Section::Resources => ("rsc_defaults", "-rsc-defaults"),
        }
    }
}

/// What became of an option.
enum Fate {
    Stays,
    Renamed(&'static str),
    Moves(Section, &'static str),
    /// Moves with another value.
    Turns(Section, &'static str, &'static str),
    Lost(&'static str),
}

fn fate(name: &str, value: &str) -> Fate {
    if let Some((_, now)) = RENAMED.iter().find(|(old, _)| *old == name) {
        return Fate::Renamed(now);
    }
    match name {
        "default-action-timeout" | "default_action_timeout" => {
            Fate::Moves(Section::Operations, "timeout")
        }
        "default-resource-stickiness" | "default_resource_stickiness" => {
            Fate::Moves(Section::Resources, "resource-stickiness")
        }
        "is-managed-default" | "is_managed_default" => {
            Fate::Moves(Section::Resources, "is-managed")
        }
        "default-resource-failure-stickiness" | "default_resource_failure_stickiness"
            if value == "-INFINITY" =>
        {
            Fate::Turns(Section::Resources, "migration-threshold", "1")
        }
        "default-resource-failure-stickiness"
        | "default_resource_failure_stickiness"
        | "default-migration-threshold"
        | "default_migration_threshold" => {
            Fate::Lost("migration-threshold is among the defaults of resources now")
        }
        "expected-quorum-votes" => Fate::Lost("the membership layer knows it"),
        "notification-agent" | "notification-recipient" => Fate::Lost("there are alerts instead"),
        "cluster-infrastructure" if OLD_LAYERS.contains(&value) => {
            Fate::Lost("this membership layer is not supported any more")
        }
        _ => Fate::Stays,
    }
}

/// Pairs on their way from the options to the defaults.
#[derive(Default)]
pub(super) struct Moved {
    plain: Vec<(Section, Arc<Element>)>,
    /// Blocks with the rule of the options they come from.
    ruled: Vec<(Section, Element)>,
}

impl Moved {
    /// A block of options without what has moved; `None` if nothing is left of it.
    pub fn take(&mut self, block: Arc<Element>, notes: &mut Vec<String>) -> Option<Arc<Element>> {
        let mut taken: Vec<(Section, Arc<Element>)> = Vec::new();
        let rest = with_pairs(&block, |pair, name, value| match fate(name, value) {
            // The one option that has to have a value.
            Fate::Stays if name == "cluster-infrastructure" && pair.attr("value").is_none() => None,
            Fate::Stays => Some(pair.clone()),
            Fate::Renamed(now) => Some(with_attr(pair, "name", now)),
            Fate::Moves(section, now) => {
                taken.push((section, with_attr(pair, "name", now)));
                None
            }
            Fate::Turns(section, now, value) => {
                let turned = Element::clone(pair).with_attr("name", now);
                taken.push((section, Arc::new(turned.with_attr("value", value))));
                None
            }
            Fate::Lost(why) => {
                notes.push(dropped(name, pair.id(), why));
                None
            }
        });
        if is_plain(&block) {
            self.plain.append(&mut taken);
        }
        let mut rule = block.child("rule").cloned();
        for section in [Section::Operations, Section::Resources] {
            let pairs: Vec<_> = of_section(&taken, section).cloned().collect();
            let Some(of_block) = rule.clone().filter(|_| !pairs.is_empty()) else {
                continue;
            };
            let (name, _) = section.names();
            let id = block.id().unwrap_or_default();
            let first = self
                .ruled
                .iter()
                .all(|(_, e)| e.id() != Some(&format!("{PREFIX}{id}")));
            let id = match first {
                true => format!("{PREFIX}{id}"),
                false => format!("{PREFIX}{id}-{name}"),
            };
            let made = Element::new("meta_attributes").with_attr("id", id);
            // The rule itself is where it was, if anything is left there.
            let own = match rest.is_some() {
                true => reference(&of_block),
                false => of_block.clone(),
            };
            rule = Some(reference(&of_block));
            self.ruled
                .push((section, made.with_child(own).with_children(pairs)));
        }
        rest
    }

    /// The configuration with what moved to the defaults, where it is not defined already.
    pub fn with_defaults(&self, configuration: &Arc<Element>) -> Option<Arc<Element>> {
        let edited = [Section::Operations, Section::Resources].into_iter().fold(
            Arc::clone(configuration),
            |configuration, section| {
                let ruled = self.ruled.iter().filter(|(s, _)| *s == section);
                let ruled: Vec<_> = ruled.map(|(_, block)| Arc::new(block.clone())).collect();
                let plain: Vec<_> = of_section(&self.plain, section).cloned().collect();
                match plain.is_empty() && ruled.is_empty() {
                    true => configuration,
                    false => with_section(&configuration, section, plain, ruled),
                }
            },
        );
        Some(edited)
    }
}

fn of_section(
    pairs: &[(Section, Arc<Element>)],
    section: Section,
) -> impl Iterator<Item = &Arc<Element>> {
    let here = pairs.iter().filter(move |(s, _)| *s == section);
    here.map(|(_, pair)| pair)
}

fn reference(rule: &Element) -> Arc<Element> {
    let id = rule.attr("id-ref").or(rule.id()).unwrap_or_default();
    Arc::new(Element::new("rule").with_attr("id-ref", id))
}

fn with_section(
    configuration: &Arc<Element>,
    section: Section,
    mut plain: Vec<Arc<Element>>,
    ruled: Vec<Arc<Element>>,
) -> Arc<Element> {
    let (name, suffix) = section.names();
    let mut sections = configuration.children().to_vec();
    let at = sections.iter().position(|child| child.name() == name);
    let at = at.unwrap_or_else(|| {
        sections.push(Arc::new(Element::new(name)));
        sections.len() - 1
    });
    let mut blocks = sections[at].children().to_vec();
    let is_target = |b: &Arc<Element>| b.name() == "meta_attributes" && is_plain(b);
    plain.retain(|pair| {
        let name = pair.attr("name").unwrap_or_default();
        !blocks.iter().any(|b| is_target(b) && defines(b, name))
    });
    if !plain.is_empty() {
        match blocks.iter().position(is_target) {
            Some(first) => {
                let block = Element::clone(&blocks[first]).with_children(plain);
                blocks[first] = Arc::new(block);
            }
            None => {
                let block =
                    Element::new("meta_attributes").with_attr("id", format!("{PREFIX}{suffix}"));
                blocks.push(Arc::new(block.with_children(plain)));
            }
        }
    }
    blocks.extend(ruled);
    sections[at] = with_children(&sections[at], blocks);
    with_children(configuration, sections)
}
