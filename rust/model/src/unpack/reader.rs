//! What the steps of reading share while the model grows.

use super::definition::Definitions;
use crate::memory::Memory;
use crate::model::{Model, ReadOptions};
use crate::{Attrs, HealthScores, NodeKind, TicketId, codes};
use pcmk_base::{AgentSpec, Budget, Code, Diagnostic, Diagnostics, Entity, Level, Score, Text};
use pcmk_rules::{Findings, IdIndex, RuleInput, merge_blocks};
use pcmk_time::DateTime;
use pcmk_xml::Element;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// A model under construction, with the document it is read from.
pub(crate) struct Reader<'a> {
    pub cib: &'a Element,
    pub model: Model,
    pub sink: Diagnostics,
    pub references: IdIndex<'a>,
    pub now: DateTime,
    /// `rsc_defaults`, if any.
    pub rsc_defaults: Option<Arc<Element>>,
    /// Shared with memory.
    pub definitions: Arc<Definitions>,
    /// Templates with the ids of their users. Never iterated.
    pub template_users: FxHashSet<(Text, Text)>,
    /// Tickets by id. Never iterated.
    pub ticket_ids: FxHashMap<Text, TicketId>,
    /// Extents of rules, by the address of an element of the document.
    rule_extents: FxHashMap<*const Element, RuleExtent>,
    pub budget: Budget,
    /// What is known from reading another CIB.
    pub memory: Option<&'a mut Memory>,
    /// Elements in blocks, by the address of a block that lives as long as the document or a definition.
    block_sizes: FxHashMap<*const Element, u64>,
}

/// Steps of reading: roughly, elements of blocks and rules looked at, each time one is.
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
            definitions: Arc::default(),
            template_users: FxHashSet::default(),
            ticket_ids: FxHashMap::default(),
            rule_extents: FxHashMap::default(),
            budget: Budget::new(MOST_WORK),
            memory: None,
            block_sizes: FxHashMap::default(),
        }
    }

    pub fn finish(mut self) -> (Model, Vec<Diagnostic>) {
        let nodes = self.model.nodes.iter();
        let named = nodes.filter(|(_, node)| node.attrs.contains_key("#uname"));
        self.model.named = named.map(|(id, _)| id).collect();
        self.model.every_node_is_itself = self
            .model
            .nodes
            .iter()
            .all(|(id, node)| node.kind != NodeKind::Guest && self.model.named.contains(id));
        if let Some(memory) = self.memory {
            memory.end();
        }
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

    /// Takes the work of merging blocks from the budget.
    fn afford(&mut self, parent: &Element, block: &str) -> bool {
        let mut work = 1 + parent.children().len() as u64 / 16;
        for child in parent.children_named(block) {
            if let Some(block) = self.references.resolve(child) {
                work += self.block_size(block);
            }
        }
        self.spend(work)
    }

    /// Elements to look at in a block; references can make its rule far larger than its text.
    fn block_size(&mut self, block: &Element) -> u64 {
        if let Some(&known) = self.block_sizes.get(&std::ptr::from_ref(block)) {
            return known;
        }
        let rule = block.child("rule").map(|rule| self.rule_extent(rule).size);
        let size = 1 + block.descendants().count() as u64 + rule.unwrap_or(0);
        self.block_sizes.insert(block, size);
        size
    }

    /// Takes steps from the budget of the whole run. Once there are too few, nothing more is given.
    pub fn spend(&mut self, work: u64) -> bool {
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

    /// What evaluating a rule of the document can take.
    pub fn rule_extent(&mut self, rule: &Element) -> RuleExtent {
        self.extent_within(rule, 0)
    }

    fn extent_within(&mut self, element: &Element, level: usize) -> RuleExtent {
        let most = RuleExtent {
            size: MOST_CONDITIONS,
            asks_for_parameters: true,
        };
        if level > MOST_LEVELS {
            return most;
        }
        let Some(element) = self.references.resolve(element) else {
            return RuleExtent {
                size: 1,
                asks_for_parameters: false,
            };
        };
        if let Some(&known) = self.rule_extents.get(&std::ptr::from_ref(element)) {
            return known;
        }
        // A rule that refers to itself meets this.
        self.rule_extents.insert(element, most);
        let source = element.attr("value-source").unwrap_or_default();
        let mut extent = RuleExtent {
            size: 1,
            asks_for_parameters: source.eq_ignore_ascii_case("param"),
        };
        for child in element.children() {
            let inner = self.extent_within(child, level + 1);
            extent.size = (extent.size + inner.size).min(MOST_CONDITIONS);
            extent.asks_for_parameters |= inner.asks_for_parameters;
        }
        self.rule_extents.insert(element, extent);
        extent
    }

    /// As many instances of a collective as are asked for, or as there may be. What is done for them grows with the
    /// square of their number, and more where several collectives depend on each other.
    pub fn as_many_instances(&mut self, id: &str, asked: u32, most: u32) -> u32 {
        if asked <= most {
            return asked;
        }
        let entity = Entity::Resource(id.to_owned());
        let (asked, used) = (asked.to_string(), most.to_string());
        let fields = [("value", &*asked), ("used", &*used)];
        self.report(Level::Error, codes::TOO_MANY_INSTANCES, entity, &fields);
        most
    }

    /// Whether the budget is used up.
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

    /// Reports an attribute, or a value, that is to be said in another way now.
    pub fn old_language(&mut self, entity: Entity, name: &str) {
        let code = codes::OLD_LANGUAGE;
        self.report(Level::Warning, code, entity, &[("name", name)]);
    }

    /// A score in a place where health words are allowed.
    pub fn score(&self, text: &str) -> Option<Score> {
        let health: &HealthScores = &self.model.options.health;
        health.parse(text)
    }
}

/// What evaluating a rule can take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuleExtent {
    /// Conditions, those of rules it refers to included.
    pub size: u64,
    /// Whether some condition compares with a parameter of the resource.
    pub asks_for_parameters: bool,
}

/// More conditions than are evaluated.
const MOST_CONDITIONS: u64 = 10_000;

/// Rules within rules that are followed.
const MOST_LEVELS: usize = 256;

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
