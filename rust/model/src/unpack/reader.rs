//! What the steps of reading share while the model grows.

use super::definition::Definitions;
use crate::model::{Model, ReadOptions};
use crate::{Attrs, HealthScores, codes};
use pcmk_base::{AgentSpec, Budget, Code, Diagnostic, Diagnostics, Entity, Level, Score};
use pcmk_rules::{Findings, IdIndex, RuleInput, merge_blocks};
use pcmk_time::DateTime;
use pcmk_xml::Element;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A model under construction, with the document it is read from.
pub(crate) struct Reader<'a> {
    pub cib: &'a Element,
    pub model: Model,
    pub sink: Diagnostics,
    pub references: IdIndex<'a>,
    pub now: DateTime,
    /// `rsc_defaults`, if any.
    pub rsc_defaults: Option<&'a Element>,
    pub definitions: Definitions,
    budget: Budget,
    /// Elements in blocks, by the address of a block that lives as long as the document or a definition.
    block_sizes: FxHashMap<*const Element, u64>,
}

/// Elements of blocks that may be looked at, counted for each resource that does.
const MOST_WORK: u64 = 100_000_000;

impl<'a> Reader<'a> {
    pub fn new(cib: &'a Arc<Element>, read: &ReadOptions) -> Reader<'a> {
        Reader {
            cib,
            model: Model::empty(cib, read),
            sink: Diagnostics::default(),
            references: IdIndex::new(cib),
            now: DateTime::from_epoch(read.now, 0),
            rsc_defaults: None,
            definitions: Definitions::default(),
            budget: Budget::new(MOST_WORK),
            block_sizes: FxHashMap::default(),
        }
    }

    pub fn finish(mut self) -> (Model, Vec<Diagnostic>) {
        let found = self.sink.take();
        (self.model, found)
    }

    /// A section of the configuration; several of the same name count as none.
    pub fn configuration(&self, section: &str) -> Option<&'a Arc<Element>> {
        only(self.cib.child("configuration")?, section)
    }

    /// Adds what the blocks below an element set and the table does not have, with rules that know the time
    /// only. When a rule will change counts for the recheck time.
    pub fn blocks(&mut self, parent: &Element, block: &str, first: Option<&str>, into: &mut Attrs) {
        self.agent_blocks(parent, block, first, None, into);
    }

    /// As [`Reader::blocks`], with rules that know the agent of a resource too.
    pub fn agent_blocks(
        &mut self,
        parent: &Element,
        block: &str,
        first: Option<&str>,
        agent: Option<&AgentSpec>,
        into: &mut Attrs,
    ) {
        if !self.afford(parent, block) {
            return;
        }
        let mut findings = Findings::new(&mut self.sink);
        let mut input = RuleInput::new(self.now, &self.references);
        input.agent = agent;
        merge_blocks(parent, block, first, &input, into, &mut findings);
        if let Some(at) = findings.next_change {
            self.model.propose_recheck(at.epoch());
        }
    }

    /// Takes the work of merging blocks from the budget. When it is used up, nothing is read any more, and
    /// there is a diagnostic.
    fn afford(&mut self, parent: &Element, block: &str) -> bool {
        let mut work = 1 + parent.children().len() as u64 / 16;
        for child in parent.children_named(block) {
            if let Some(block) = self.references.resolve(child) {
                let size = || 1 + block.descendants().count() as u64;
                work += *self.block_sizes.entry(block).or_insert_with(size);
            }
        }
        let had = self.budget.left() > 0;
        if self.budget.spend(work).is_ok() {
            return true;
        }
        if had {
            self.sink.error(codes::TOO_MUCH_WORK, Entity::Cluster);
            self.budget = Budget::new(0);
        }
        false
    }

    /// Whether the budget for blocks is used up.
    pub fn is_exhausted(&self) -> bool {
        self.budget.left() == 0
    }

    /// Reports a finding with details.
    pub fn report(
        &mut self,
        level: Level,
        code: Code,
        entity: Entity,
        fields: &[(&'static str, &str)],
    ) {
        let found = Diagnostic::new(level, code, entity);
        let add =
            |found: Diagnostic, &(name, value): &(&'static str, &str)| found.with(name, value);
        self.sink.push(fields.iter().fold(found, add));
    }

    /// A score in a place where health words are allowed.
    pub fn score(&self, text: &str) -> Option<Score> {
        let health: &HealthScores = &self.model.options.health;
        health.parse(text)
    }
}

/// The entity of an element.
pub(crate) fn element_entity(element: &Element) -> Entity {
    Entity::Element {
        name: element.name().to_owned(),
        id: element.id().unwrap_or_default().to_owned(),
    }
}

/// The child of this name, if there is exactly one.
pub(crate) fn only<'a>(parent: &'a Element, name: &str) -> Option<&'a Arc<Element>> {
    let mut named = parent
        .children()
        .iter()
        .filter(|child| child.name() == name);
    named.next().filter(|_| named.next().is_none())
}

/// Milliseconds as whole seconds: never zero unless they are, otherwise rounded.
pub(crate) fn whole_seconds(ms: u32) -> u32 {
    match ms {
        0 => 0,
        1..=999 => 1,
        _ => ms / 1000 + u32::from(ms % 1000 >= 500),
    }
}
