//! Patterns, and what is left of them after an attribute or a child (Brzozowski's derivatives).

use rustc_hash::FxHashMap;

use super::datatype::Datatype;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct PatternId(u32);

/// An element pattern: a name and what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ElementId(u32);

/// A name of elements or attributes that the grammar has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct NameId(u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Pattern {
    NotAllowed,
    Empty,
    /// Any text, or anything at all as the content of an element.
    Anything,
    Data(u32),
    Attribute(NameId, PatternId),
    Element(ElementId),
    Choice(PatternId, PatternId),
    Group(PatternId, PatternId),
    Interleave(PatternId, PatternId),
    OneOrMore(PatternId),
}

pub(super) const NOT_ALLOWED: PatternId = PatternId(0);
pub(super) const EMPTY: PatternId = PatternId(1);
pub(super) const ANYTHING: PatternId = PatternId(2);

#[derive(Debug)]
struct Node {
    pattern: Pattern,
    is_nullable: bool,
    has_attributes: bool,
}

#[derive(Debug)]
pub(super) struct Patterns {
    nodes: Vec<Node>,
    known: FxHashMap<Pattern, PatternId>,
    data: Vec<Datatype>,
    names: FxHashMap<Box<str>, NameId>,
    texts: Vec<Box<str>>,
    elements: Vec<(NameId, PatternId)>,
    // What was worked out before.
    values: FxHashMap<(PatternId, NameId), Vec<PatternId>>,
    after_attribute: FxHashMap<(PatternId, NameId, u64), PatternId>,
    closed: FxHashMap<PatternId, PatternId>,
    after_child: FxHashMap<(PatternId, NameId), Option<(ElementId, PatternId)>>,
}

impl Patterns {
    pub fn new() -> Self {
        let mut made = Self {
            nodes: Vec::new(),
            known: FxHashMap::default(),
            data: Vec::new(),
            names: FxHashMap::default(),
            texts: Vec::new(),
            elements: Vec::new(),
            values: FxHashMap::default(),
            after_attribute: FxHashMap::default(),
            closed: FxHashMap::default(),
            after_child: FxHashMap::default(),
        };
        for first in [Pattern::NotAllowed, Pattern::Empty, Pattern::Anything] {
            made.intern(first);
        }
        made
    }

    // ---- making patterns ---------------------------------------------------------------------------

    fn intern(&mut self, pattern: Pattern) -> PatternId {
        if let Some(known) = self.known.get(&pattern) {
            return *known;
        }
        let of = |id: PatternId| &self.nodes[id.0 as usize];
        let (is_nullable, has_attributes) = match pattern {
            Pattern::NotAllowed | Pattern::Data(_) | Pattern::Element(_) => (false, false),
            Pattern::Empty | Pattern::Anything => (true, false),
            Pattern::Attribute(..) => (false, true),
            Pattern::Choice(a, b) => (
                of(a).is_nullable || of(b).is_nullable,
                of(a).has_attributes || of(b).has_attributes,
            ),
            Pattern::Group(a, b) | Pattern::Interleave(a, b) => (
                of(a).is_nullable && of(b).is_nullable,
                of(a).has_attributes || of(b).has_attributes,
            ),
            Pattern::OneOrMore(a) => (of(a).is_nullable, of(a).has_attributes),
        };
        let id = PatternId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node {
            pattern,
            is_nullable,
            has_attributes,
        });
        self.known.insert(pattern, id);
        id
    }

    pub fn name(&mut self, text: &str) -> NameId {
        if let Some(known) = self.names.get(text) {
            return *known;
        }
        let id = NameId(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(text.into());
        self.names.insert(text.into(), id);
        id
    }

    pub fn data(&mut self, datatype: Datatype) -> PatternId {
        self.data.push(datatype);
        self.intern(Pattern::Data(
            u32::try_from(self.data.len() - 1).unwrap_or(u32::MAX),
        ))
    }

    pub fn attribute(&mut self, name: NameId, value: PatternId) -> PatternId {
        self.intern(Pattern::Attribute(name, value))
    }

    /// A new element pattern; what is in it is said later, so that it may be in itself.
    pub fn new_element(&mut self, name: NameId) -> ElementId {
        self.elements.push((name, NOT_ALLOWED));
        ElementId(u32::try_from(self.elements.len() - 1).unwrap_or(u32::MAX))
    }

    pub fn set_content(&mut self, element: ElementId, content: PatternId) {
        self.elements[element.0 as usize].1 = content;
    }

    pub fn element(&mut self, element: ElementId) -> PatternId {
        self.intern(Pattern::Element(element))
    }

    pub fn choice(&mut self, a: PatternId, b: PatternId) -> PatternId {
        match (a, b) {
            (NOT_ALLOWED, other) | (other, NOT_ALLOWED) => other,
            (a, b) if a == b => a,
            (EMPTY, other) | (other, EMPTY) if self.is_nullable(other) => other,
            _ => self.intern(Pattern::Choice(a.min(b), a.max(b))),
        }
    }

    pub fn group(&mut self, a: PatternId, b: PatternId) -> PatternId {
        match (a, b) {
            (NOT_ALLOWED, _) | (_, NOT_ALLOWED) => NOT_ALLOWED,
            (EMPTY, other) | (other, EMPTY) => other,
            _ => self.intern(Pattern::Group(a, b)),
        }
    }

    pub fn interleave(&mut self, a: PatternId, b: PatternId) -> PatternId {
        match (a, b) {
            (NOT_ALLOWED, _) | (_, NOT_ALLOWED) => NOT_ALLOWED,
            (EMPTY, other) | (other, EMPTY) => other,
            _ => self.intern(Pattern::Interleave(a, b)),
        }
    }

    pub fn one_or_more(&mut self, a: PatternId) -> PatternId {
        match a {
            NOT_ALLOWED | EMPTY => a,
            _ => self.intern(Pattern::OneOrMore(a)),
        }
    }

    fn zero_or_more(&mut self, a: PatternId) -> PatternId {
        let some = self.one_or_more(a);
        self.choice(some, EMPTY)
    }

    // ---- looking at patterns -----------------------------------------------------------------------

    fn pattern(&self, id: PatternId) -> Pattern {
        self.nodes[id.0 as usize].pattern
    }

    pub fn is_nullable(&self, id: PatternId) -> bool {
        self.nodes[id.0 as usize].is_nullable
    }

    pub fn find_name(&self, text: &str) -> Option<NameId> {
        self.names.get(text).copied()
    }

    pub fn text(&self, name: NameId) -> &str {
        &self.texts[name.0 as usize]
    }

    pub fn element_name(&self, element: ElementId) -> NameId {
        self.elements[element.0 as usize].0
    }

    pub fn content(&self, element: ElementId) -> PatternId {
        self.elements[element.0 as usize].1
    }

    pub fn every_element(&self) -> impl Iterator<Item = ElementId> + use<> {
        (0..u32::try_from(self.elements.len()).unwrap_or(u32::MAX)).map(ElementId)
    }

    pub fn datatype(&self, id: PatternId) -> Option<&Datatype> {
        match self.pattern(id) {
            Pattern::Data(index) => self.data.get(index as usize),
            _ => None,
        }
    }

    fn accepts(&self, value: PatternId, text: &str) -> bool {
        match self.pattern(value) {
            Pattern::Anything => true,
            Pattern::Empty => text.trim().is_empty(),
            Pattern::Data(index) => self.data[index as usize].accepts(text),
            Pattern::Choice(a, b) => self.accepts(a, text) || self.accepts(b, text),
            _ => false,
        }
    }

    /// What the parts of a pattern are, each once; those in elements are not among them.
    pub fn parts(&self, id: PatternId) -> Vec<Pattern> {
        let (mut found, mut seen, mut open) = (Vec::new(), vec![id], vec![id]);
        while let Some(next) = open.pop() {
            let pattern = self.pattern(next);
            found.push(pattern);
            let inner = match pattern {
                Pattern::Choice(a, b) | Pattern::Group(a, b) | Pattern::Interleave(a, b) => {
                    vec![a, b]
                }
                Pattern::OneOrMore(a) => vec![a],
                _ => Vec::new(),
            };
            for part in inner {
                if !seen.contains(&part) {
                    seen.push(part);
                    open.push(part);
                }
            }
        }
        found
    }

    /// What an attribute's value may be, each alternative of the pattern once.
    pub fn values(&self, id: PatternId, name: NameId) -> Vec<PatternId> {
        let of_name = |part| match part {
            Pattern::Attribute(of, value) if of == name => Some(value),
            _ => None,
        };
        let mut found: Vec<_> = self.parts(id).into_iter().filter_map(of_name).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The datatypes that a value pattern consists of; `None` if it is any text.
    pub fn datatypes(&self, value: PatternId) -> Option<Vec<&Datatype>> {
        let parts = self.parts(value);
        if parts.contains(&Pattern::Anything) {
            return None;
        }
        let data = parts.into_iter().filter_map(|part| match part {
            Pattern::Data(index) => self.data.get(index as usize),
            _ => None,
        });
        Some(data.collect())
    }

    /// The attribute without which a pattern can't be met, or those of which it takes one; the first if it lacks several.
    pub fn required(&self, id: PatternId) -> Vec<NameId> {
        self.lacking(id, &|pattern| match pattern {
            Pattern::Attribute(name, _) => Some(name),
            _ => None,
        })
    }

    /// As `required`, of children.
    pub fn required_children(&self, id: PatternId) -> Vec<NameId> {
        self.lacking(id, &|pattern| match pattern {
            Pattern::Element(element) => Some(self.element_name(element)),
            _ => None,
        })
    }

    fn lacking(&self, id: PatternId, named: &impl Fn(Pattern) -> Option<NameId>) -> Vec<NameId> {
        let inner = |part| self.lacking(part, named);
        match self.pattern(id) {
            Pattern::Group(a, b) | Pattern::Interleave(a, b) => {
                let first = inner(a);
                if first.is_empty() { inner(b) } else { first }
            }
            Pattern::OneOrMore(a) => inner(a),
            Pattern::Choice(a, b) => {
                let (a, b) = (inner(a), inner(b));
                match a.is_empty() || b.is_empty() {
                    true => Vec::new(),
                    false => [a, b].concat(),
                }
            }
            pattern => named(pattern).into_iter().collect(),
        }
    }

    /// Names of elements that may come first.
    pub fn first(&self, id: PatternId) -> Vec<NameId> {
        match self.pattern(id) {
            Pattern::Element(element) => vec![self.element_name(element)],
            Pattern::Choice(a, b) | Pattern::Interleave(a, b) => {
                [self.first(a), self.first(b)].concat()
            }
            Pattern::Group(a, b) if self.is_nullable(a) => [self.first(a), self.first(b)].concat(),
            Pattern::Group(a, _) | Pattern::OneOrMore(a) => self.first(a),
            _ => Vec::new(),
        }
    }

    // ---- what is left ------------------------------------------------------------------------------

    /// What is left of a pattern after an attribute.
    pub fn after_attribute(&mut self, id: PatternId, name: NameId, text: &str) -> PatternId {
        if !self.values.contains_key(&(id, name)) {
            let values = self.values(id, name);
            self.values.insert((id, name), values);
        }
        let values = &self.values[&(id, name)];
        let fitting = values.iter().take(64).enumerate();
        let fitting = fitting.filter(|(_, value)| self.accepts(**value, text));
        let mask = fitting.fold(0, |mask, (at, _)| mask | (1 << at));
        if let Some(known) = self.after_attribute.get(&(id, name, mask)) {
            return *known;
        }
        let fitting: Vec<_> = (0..values.len().min(64))
            .filter(|at| mask & (1 << at) != 0)
            .map(|at| values[at])
            .collect();
        let left = self.attribute_taken(id, name, &fitting);
        self.after_attribute.insert((id, name, mask), left);
        left
    }

    fn attribute_taken(&mut self, id: PatternId, name: NameId, fitting: &[PatternId]) -> PatternId {
        if !self.nodes[id.0 as usize].has_attributes {
            return NOT_ALLOWED;
        }
        match self.pattern(id) {
            Pattern::Attribute(of, value) if of == name && fitting.contains(&value) => EMPTY,
            Pattern::Choice(a, b) => {
                let (a, b) = (
                    self.attribute_taken(a, name, fitting),
                    self.attribute_taken(b, name, fitting),
                );
                self.choice(a, b)
            }
            Pattern::Group(a, b) => {
                let (left, right) = (
                    self.attribute_taken(a, name, fitting),
                    self.attribute_taken(b, name, fitting),
                );
                let (left, right) = (self.group(left, b), self.group(a, right));
                self.choice(left, right)
            }
            Pattern::Interleave(a, b) => {
                let (left, right) = (
                    self.attribute_taken(a, name, fitting),
                    self.attribute_taken(b, name, fitting),
                );
                let (left, right) = (self.interleave(left, b), self.interleave(a, right));
                self.choice(left, right)
            }
            Pattern::OneOrMore(a) => {
                let (left, rest) = (self.attribute_taken(a, name, fitting), self.zero_or_more(a));
                self.group(left, rest)
            }
            _ => NOT_ALLOWED,
        }
    }

    /// What is left of a pattern when there are no more attributes.
    pub fn closed(&mut self, id: PatternId) -> PatternId {
        if let Some(known) = self.closed.get(&id) {
            return *known;
        }
        let left = self.with_attributes_as(id, NOT_ALLOWED);
        self.closed.insert(id, left);
        left
    }

    /// As `closed`, when it is known and told that attributes are missing.
    pub fn forgiven(&mut self, id: PatternId) -> PatternId {
        self.with_attributes_as(id, EMPTY)
    }

    fn with_attributes_as(&mut self, id: PatternId, instead: PatternId) -> PatternId {
        if !self.nodes[id.0 as usize].has_attributes {
            return id;
        }
        match self.pattern(id) {
            Pattern::Attribute(..) => instead,
            Pattern::Choice(a, b) => {
                let (a, b) = (
                    self.with_attributes_as(a, instead),
                    self.with_attributes_as(b, instead),
                );
                self.choice(a, b)
            }
            Pattern::Group(a, b) => {
                let (a, b) = (
                    self.with_attributes_as(a, instead),
                    self.with_attributes_as(b, instead),
                );
                self.group(a, b)
            }
            Pattern::Interleave(a, b) => {
                let (a, b) = (
                    self.with_attributes_as(a, instead),
                    self.with_attributes_as(b, instead),
                );
                self.interleave(a, b)
            }
            Pattern::OneOrMore(a) => {
                let a = self.with_attributes_as(a, instead);
                self.one_or_more(a)
            }
            _ => id,
        }
    }

    /// The element pattern that a child of that name is of, and what is left after it.
    pub fn after_child(&mut self, id: PatternId, name: NameId) -> Option<(ElementId, PatternId)> {
        if let Some(known) = self.after_child.get(&(id, name)) {
            return *known;
        }
        let of_name = |part| match part {
            Pattern::Element(element) if self.element_name(element) == name => Some(element),
            _ => None,
        };
        let element = self.parts(id).into_iter().find_map(of_name);
        let left = element.and_then(|element| {
            let left = self.child_taken(id, element);
            (left != NOT_ALLOWED).then_some((element, left))
        });
        self.after_child.insert((id, name), left);
        left
    }

    fn child_taken(&mut self, id: PatternId, element: ElementId) -> PatternId {
        match self.pattern(id) {
            Pattern::Element(of) if of == element => EMPTY,
            Pattern::Choice(a, b) => {
                let (a, b) = (self.child_taken(a, element), self.child_taken(b, element));
                self.choice(a, b)
            }
            Pattern::Group(a, b) => {
                let left = self.child_taken(a, element);
                let left = self.group(left, b);
                match self.is_nullable(a) {
                    true => {
                        let right = self.child_taken(b, element);
                        self.choice(left, right)
                    }
                    false => left,
                }
            }
            Pattern::Interleave(a, b) => {
                let (left, right) = (self.child_taken(a, element), self.child_taken(b, element));
                let (left, right) = (self.interleave(left, b), self.interleave(a, right));
                self.choice(left, right)
            }
            Pattern::OneOrMore(a) => {
                let (left, rest) = (self.child_taken(a, element), self.zero_or_more(a));
                self.group(left, rest)
            }
            _ => NOT_ALLOWED,
        }
    }
}
