//! A document held against a grammar.

use std::sync::Arc;

use pcmk_xml::Element;
use rustc_hash::FxHashMap;

use super::datatype::{Identities, Identity};
use super::pattern::{ANYTHING, ElementId, NOT_ALLOWED, NameId, PatternId};
use super::{Grammar, Patterns};

/// What is not of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which element it is, counted in document order; the root is 0.
    pub at: usize,
    /// The element's name, and its id if it has one.
    pub element: String,
    /// What is wrong.
    pub reason: String,
}

type Found = Vec<(*const Element, String)>;

pub(super) fn problems(
    grammar: &mut Grammar,
    document: &Arc<Element>,
    before: Option<&Arc<Element>>,
) -> Vec<Problem> {
    let mut check = Check {
        patterns: &mut grammar.patterns,
        found: Vec::new(),
    };
    if check.patterns.find_name(document.name()) == Some(check.patterns.element_name(grammar.root))
    {
        check.element(document, grammar.root, before);
    } else {
        check.report(document, "it is not the root of a CIB".to_owned());
    }
    let mut found = check.found;
    check_ids(document, &grammar.identities, &mut found);
    in_order(document, &found)
}

/// Findings with where they are, which is looked up only if there are any.
fn in_order(document: &Arc<Element>, found: &Found) -> Vec<Problem> {
    if found.is_empty() {
        return Vec::new();
    }
    let mut of: FxHashMap<*const Element, Vec<&str>> = FxHashMap::default();
    for (element, reason) in found {
        of.entry(*element).or_default().push(reason);
    }
    let every = std::iter::once(document).chain(document.descendants());
    let mut all = Vec::new();
    for (at, element) in every.enumerate() {
        for reason in of.remove(&Arc::as_ptr(element)).unwrap_or_default() {
            let id = element.id().map(|id| format!(" {id}")).unwrap_or_default();
            all.push(Problem {
                at,
                element: format!("{}{id}", element.name()),
                reason: reason.to_owned(),
            });
        }
    }
    all
}

struct Check<'g> {
    patterns: &'g mut Patterns,
    found: Found,
}

impl Check<'_> {
    fn report(&mut self, element: &Arc<Element>, reason: String) {
        self.found.push((Arc::as_ptr(element), reason));
    }

    /// An element of a pattern. What is the same as in `before`, where it is of the same pattern, is right.
    fn element(&mut self, element: &Arc<Element>, of: ElementId, before: Option<&Arc<Element>>) {
        let content = self.patterns.content(of);
        if content == ANYTHING || before.is_some_and(|before| Arc::ptr_eq(before, element)) {
            return;
        }
        let (mut left, mut mistaken) = (content, Vec::new());
        for (name, value) in element.attrs() {
            let known = self.patterns.find_name(name);
            let after = known.map(|known| self.patterns.after_attribute(left, known, value));
            match after.filter(|after| *after != NOT_ALLOWED) {
                Some(after) => left = after,
                None => {
                    let reason = self.wrong_attribute(left, content, known, name, value);
                    self.report(element, reason);
                    mistaken.extend(known);
                }
            }
        }
        let mut rest = self.patterns.closed(left);
        if rest == NOT_ALLOWED {
            let missing = self.patterns.required(left);
            if missing.iter().all(|name| !mistaken.contains(name)) {
                let missing = self.listed(missing);
                self.report(element, format!("it lacks the attribute {missing}"));
            }
            rest = self.patterns.forgiven(left);
        }
        self.children(element, rest, before);
    }

    fn children(
        &mut self,
        element: &Arc<Element>,
        mut rest: PatternId,
        before: Option<&Arc<Element>>,
    ) {
        let old = before.map_or(&[][..], |before| before.children());
        let mut known: Option<FxHashMap<_, &Arc<Element>>> = None;
        for (at, child) in element.children().iter().enumerate() {
            let name = self.patterns.find_name(child.name());
            let Some((of, after)) = name.and_then(|name| self.patterns.after_child(rest, name))
            else {
                let reason = match self.patterns.first(rest) {
                    expected if expected.is_empty() => "nothing more may be here".to_owned(),
                    expected => format!("it may not be here, but {}", self.listed(expected)),
                };
                self.report(child, reason);
                continue;
            };
            rest = after;
            if old.get(at).is_some_and(|old| Arc::ptr_eq(old, child)) {
                continue;
            }
            let known = known.get_or_insert_with(|| {
                old.iter()
                    .map(|old| ((old.name(), old.id()), old))
                    .collect()
            });
            self.element(child, of, known.get(&(child.name(), child.id())).copied());
        }
        if !self.patterns.is_nullable(rest) {
            let expected = self.listed(self.patterns.required_children(rest));
            self.report(element, format!("it lacks {expected}"));
        }
    }

    fn wrong_attribute(
        &self,
        left: PatternId,
        content: PatternId,
        known: Option<NameId>,
        name: &str,
        value: &str,
    ) -> String {
        let values = |of| known.map_or_else(Vec::new, |name| self.patterns.values(of, name));
        let possible = values(left);
        if possible.is_empty() {
            return match values(content).is_empty() {
                true => format!("it has no attribute {name}"),
                false => format!("it can't have the attribute {name} beside the others"),
            };
        }
        let types = possible
            .iter()
            .filter_map(|value| self.patterns.datatypes(*value));
        let mut wishes: Vec<String> = types.flatten().map(|datatype| datatype.wish()).collect();
        wishes.sort();
        wishes.dedup();
        format!("{name} is '{value}', not {}", wishes.join(" or "))
    }

    /// Names, each once, as in "a, b or c".
    fn listed(&self, names: Vec<NameId>) -> String {
        let mut texts: Vec<&str> = names
            .into_iter()
            .map(|name| self.patterns.text(name))
            .collect();
        texts.sort_unstable();
        texts.dedup();
        match texts.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => "something".to_owned(),
        }
    }
}

/// Ids in use twice, and references to what is not there.
fn check_ids(document: &Arc<Element>, identities: &Identities, found: &mut Found) {
    let mut of_name: FxHashMap<&str, Vec<(&str, Identity)>> = FxHashMap::default();
    for ((element, attribute), identity) in identities {
        of_name
            .entry(element)
            .or_default()
            .push((attribute, *identity));
    }
    let mut owners: FxHashMap<&str, &Element> = FxHashMap::default();
    let mut references = Vec::new();
    let sections = document
        .children()
        .iter()
        .filter(|child| child.name() != "status");
    let every = sections.flat_map(|section| std::iter::once(section).chain(section.descendants()));
    for element in every {
        let Some(attributes) = of_name.get(element.name()) else {
            continue;
        };
        for (attribute, identity) in attributes {
            let Some(value) = element.attr(attribute).map(str::trim) else {
                continue;
            };
            match identity {
                Identity::Other => references.push((element, *attribute, value)),
                Identity::Own => {
                    if let Some(other) = owners.insert(value, element) {
                        let reason =
                            format!("the id is that of another element, a {}", other.name());
                        found.push((Arc::as_ptr(element), reason));
                    }
                }
            }
        }
    }
    for (element, attribute, value) in references {
        if !owners.contains_key(value) {
            let reason = format!("{attribute}: there is no {value}");
            found.push((Arc::as_ptr(element), reason));
        }
    }
}
