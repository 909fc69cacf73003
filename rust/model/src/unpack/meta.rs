//! Meta-attributes of a resource: the table with all its sources, and what is read from it.

use super::reader::{Reader, whole_seconds};
use crate::{Attrs, Meta, MultipleActive, QuorumPolicy, RscFlags, RscId, codes};
use pcmk_base::{AgentSpec, Code, Entity, Level, Role, Score, Text, parse_bool};
use pcmk_time::parse_interval;
use pcmk_xml::Element;
use std::sync::Arc;

/// The table of a resource. The first source to set a name wins: instance number, attributes of the element,
/// own blocks, blocks of the ancestors from the nearest, `rsc_defaults`, and last the finished table of the
/// parent.
pub(super) fn table(
    reader: &mut Reader<'_>,
    xml: &Element,
    agent: &AgentSpec,
    parent: Option<RscId>,
    instance: Option<u32>,
) -> Meta {
    const BLOCK: &str = "meta_attributes";
    let mut meta = Meta::default();
    if let Some(number) = instance {
        meta.set("clone", number.to_string());
    }
    for (name, value) in xml.attrs() {
        if value.eq_ignore_ascii_case("#default") {
            let entity = Entity::Resource(xml.id().unwrap_or_default().to_owned());
            let fields = [("name", name), ("value", value)];
            reader.report(Level::Warning, codes::DEPRECATED_META, entity, &fields);
        } else if !value.is_empty() {
            meta.fill(name, value);
        }
    }
    let agent = Some(agent);
    reader.agent_blocks(xml, BLOCK, None, agent, meta.table());
    let mut inherited = Attrs::default();
    let mut above = parent;
    while let Some(ancestor) = above {
        let xml: Arc<Element> = reader.model.resources[ancestor].xml.clone();
        reader.agent_blocks(&xml, BLOCK, None, agent, &mut inherited);
        above = reader.model.resources[ancestor].parent;
    }
    for (name, value) in inherited {
        meta.fill(name, value);
    }
    if let Some(defaults) = reader.rsc_defaults.clone() {
        reader.agent_blocks(&defaults, BLOCK, None, agent, meta.table());
    }
    if let Some(parent) = parent {
        for (name, value) in reader.model.resources[parent].meta.iter() {
            meta.fill(name, value.clone());
        }
    }
    meta
}

/// Reads one table and reports what is wrong with it.
pub(super) struct MetaReader<'r, 'a> {
    pub reader: &'r mut Reader<'a>,
    pub id: &'r str,
    pub meta: &'r Meta,
}

impl MetaReader<'_, '_> {
    fn get(&self, name: &str) -> Option<Text> {
        self.meta.get(name).cloned()
    }

    /// Whether the value is a true boolean.
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name).as_deref().and_then(parse_bool) == Some(true)
    }

    fn report(&mut self, level: Level, code: Code, name: &str, value: &str) {
        let entity = Entity::Resource(self.id.to_owned());
        let fields = [("name", name), ("value", value)];
        self.reader.report(level, code, entity, &fields);
    }

    /// A score; `default` and invalid values give the default.
    fn score(&mut self, name: &str, default: Score, lowest: Score, word: bool) -> Score {
        let Some(text) = self.get(name) else {
            return default;
        };
        if word && text.eq_ignore_ascii_case("default") {
            self.report(Level::Warning, codes::DEPRECATED_META, name, &text);
            return default;
        }
        match self.reader.score(&text) {
            Some(score) if score >= lowest => score,
            _ => {
                self.report(Level::Warning, codes::INVALID_META, name, &text);
                default
            }
        }
    }

    pub fn priority(&mut self) -> Score {
        self.score("priority", Score::ZERO, Score::MINUS_INFINITY, false)
    }

    pub fn stickiness(&mut self) -> Score {
        let lowest = Score::MINUS_INFINITY;
        self.score("resource-stickiness", Score::ZERO, lowest, true)
    }

    pub fn threshold(&mut self) -> Score {
        self.score("migration-threshold", Score::INFINITY, Score::ZERO, true)
    }

    /// Seconds.
    pub fn failure_timeout(&self) -> u32 {
        let text = self.get("failure-timeout");
        whole_seconds(text.map_or(0, |t| parse_interval(&t).unwrap_or_else(|bad| bad.used)))
    }

    pub fn multiple_active(&mut self) -> MultipleActive {
        const WORDS: [(&str, MultipleActive); 4] = [
            ("stop_start", MultipleActive::StopStart),
            ("stop_only", MultipleActive::StopOnly),
            ("block", MultipleActive::Block),
            ("stop_unexpected", MultipleActive::StopUnexpected),
        ];
        let Some(text) = self.get("multiple-active") else {
            return MultipleActive::StopStart;
        };
        let known = WORDS.iter().find(|(w, _)| w.eq_ignore_ascii_case(&text));
        known.map_or_else(
            || {
                self.report(
                    Level::Warning,
                    codes::INVALID_META,
                    "multiple-active",
                    &text,
                );
                MultipleActive::StopStart
            },
            |(_, value)| *value,
        )
    }

    /// Managed or in maintenance.
    pub fn managed(&mut self) -> RscFlags {
        let in_maintenance =
            self.reader.model.options.maintenance_mode || self.is_true("maintenance");
        let managed = match self.get("is-managed") {
            None => true,
            Some(text) if text.eq_ignore_ascii_case("default") => {
                self.report(Level::Warning, codes::DEPRECATED_META, "is-managed", &text);
                true
            }
            Some(text) => parse_bool(&text) == Some(true),
        };
        match (in_maintenance, managed) {
            (true, _) => RscFlags::MAINTENANCE,
            (false, true) => RscFlags::MANAGED,
            (false, false) => RscFlags::empty(),
        }
    }

    /// What start and promote wait for. `to_remote` is set for the connection of a Pacemaker Remote node.
    pub fn requires(&mut self, is_fence_device: bool, to_remote: bool) -> RscFlags {
        let options = &self.reader.model.options;
        let fencing = options.fencing_enabled;
        let ignore_quorum = options.no_quorum_policy == QuorumPolicy::Ignore;
        let given = self.get("requires");
        let known = |text: &str| {
            let words = ["nothing", "quorum", "fencing", "unfencing"];
            words.into_iter().find(|w| w.eq_ignore_ascii_case(text))
        };
        let explicit = given.as_deref().and_then(known);
        let word = explicit.unwrap_or(if is_fence_device || to_remote {
            "quorum"
        } else if self.reader.model.unfencing {
            "unfencing"
        } else if fencing {
            "fencing"
        } else if ignore_quorum {
            "nothing"
        } else {
            "quorum"
        });
        if let Some(text) = given.filter(|_| explicit.is_none()) {
            self.report(Level::Error, codes::INVALID_META, "requires", &text);
        }
        match word {
            "nothing" => RscFlags::empty(),
            "quorum" => RscFlags::NEEDS_QUORUM,
            "fencing" => {
                if !fencing {
                    self.report(Level::Warning, codes::REQUIRES_FENCING, "requires", word);
                }
                RscFlags::NEEDS_FENCING
            }
            _ if is_fence_device || !fencing => {
                self.report(Level::Warning, codes::REQUIRES_FENCING, "requires", word);
                RscFlags::NEEDS_QUORUM
            }
            _ => RscFlags::NEEDS_FENCING | RscFlags::NEEDS_UNFENCING,
        }
    }

    /// The role that `target-role` asks for, if it changes anything.
    pub fn target_role(&mut self, promotable: bool) -> Option<Role> {
        const NAME: &str = "target-role";
        let text = self.get(NAME)?;
        if text.eq_ignore_ascii_case("default") {
            self.report(Level::Warning, codes::DEPRECATED_META, NAME, &text);
            return None;
        }
        if Role::is_old_name(&text) {
            self.report(Level::Warning, codes::DEPRECATED_META, NAME, &text);
        }
        match Role::parse(&text) {
            Some(Role::Started) => None,
            Some(Role::Promoted) if promotable => None,
            Some(Role::Unpromoted) if promotable => Some(Role::Unpromoted),
            Some(Role::Stopped) => Some(Role::Stopped),
            _ => {
                self.report(Level::Error, codes::INVALID_META, NAME, &text);
                None
            }
        }
    }

    /// Whether instances of a clone are told apart: `globally-unique`, else `clone-node-max` above one.
    pub fn unique(&self) -> bool {
        match self.get("globally-unique") {
            Some(text) => parse_bool(&text) == Some(true),
            None => self.count("clone-node-max", 1) > 1,
        }
    }

    /// A number of instances: a default if absent; zero if below zero or not a number.
    pub fn count(&self, name: &str, default: u32) -> u32 {
        self.meta.get(name).map_or(default, |t| at_least(t, 0))
    }
}

/// An integer, or the least that is accepted if it is lower or none; 31 bits at most.
pub(super) fn at_least(text: &str, least: u32) -> u32 {
    let value = match pcmk_time::scan_integer(text) {
        Ok(value) | Err(pcmk_time::IntegerError::OutOfRange(value)) => value,
        Err(pcmk_time::IntegerError::NoDigits) => return least,
    };
    let most = i64::from(i32::MAX);
    u32::try_from(value.clamp(i64::from(least), most)).unwrap_or(least)
}
