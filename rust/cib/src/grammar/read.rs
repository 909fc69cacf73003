//! A grammar from its XML form.

use std::collections::HashMap;
use std::fmt;

use pcmk_xml::Element;
use regex_lite::Regex;

use super::Grammar;
use super::datatype::{Datatype, Identities, Identity};
use super::pattern::{ANYTHING, EMPTY, ElementId, NOT_ALLOWED, Pattern, PatternId, Patterns};

/// Why a grammar can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed(pub String);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Malformed {}

type Result<T> = std::result::Result<T, Malformed>;

fn malformed<T>(text: impl Into<String>) -> Result<T> {
    Err(Malformed(text.into()))
}

pub(super) fn grammar(text: &str) -> Result<Grammar> {
    let root = pcmk_xml::parse_str(text).map_err(|error| Malformed(error.to_string()))?;
    let definitions = root.children_named("define");
    let mut reader = Reader {
        patterns: Patterns::new(),
        definitions: definitions
            .filter_map(|define| Some((define.attr("name")?, &**define)))
            .collect(),
        elements: HashMap::new(),
        open: Vec::new(),
    };
    let Some(start) = root.child("start") else {
        return malformed("there is no start");
    };
    let start = reader.all(start)?;
    let patterns = reader.patterns;
    let [Pattern::Element(root)] = patterns.parts(start)[..] else {
        return malformed("the start is no element");
    };
    let identities = identities(&patterns)?;
    for element in patterns.every_element() {
        check_children(&patterns, element)?;
    }
    Ok(Grammar {
        patterns,
        root,
        identities,
        last: None,
    })
}

/// Attributes of type ID and IDREF. An element's name tells which of its attributes are.
fn identities(patterns: &Patterns) -> Result<Identities> {
    let mut found = Identities::new();
    for element in patterns.every_element() {
        for part in patterns.parts(patterns.content(element)) {
            let Pattern::Attribute(name, value) = part else {
                continue;
            };
            let identity = match patterns.datatype(value) {
                Some(Datatype::Id) => Identity::Own,
                Some(Datatype::IdRef) => Identity::Other,
                _ => continue,
            };
            let of = patterns.text(patterns.element_name(element));
            let key = (of.into(), patterns.text(name).into());
            if found
                .insert(key, identity)
                .is_some_and(|other| other != identity)
            {
                return malformed(format!("attributes of {of} are of different types"));
            }
        }
    }
    Ok(found)
}

/// A child's name tells which pattern it is of.
fn check_children(patterns: &Patterns, element: ElementId) -> Result<()> {
    let mut seen = Vec::new();
    for part in patterns.parts(patterns.content(element)) {
        if let Pattern::Element(child) = part {
            let name = patterns.element_name(child);
            if seen.contains(&name) {
                let of = patterns.text(patterns.element_name(element));
                let name = patterns.text(name);
                return malformed(format!("{of} has several patterns for {name}"));
            }
            seen.push(name);
        }
    }
    Ok(())
}

struct Reader<'a> {
    patterns: Patterns,
    definitions: HashMap<&'a str, &'a Element>,
    /// Element patterns by where they are written, which may be referred to from several places.
    elements: HashMap<*const Element, ElementId>,
    open: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    /// What all children of an element make together.
    fn all(&mut self, of: &'a Element) -> Result<PatternId> {
        self.combined(of, EMPTY, Patterns::group)
    }

    fn combined(
        &mut self,
        of: &'a Element,
        none: PatternId,
        combine: fn(&mut Patterns, PatternId, PatternId) -> PatternId,
    ) -> Result<PatternId> {
        let mut whole = None;
        for child in of.children() {
            let part = self.pattern(child)?;
            whole = Some(match whole {
                Some(whole) => combine(&mut self.patterns, whole, part),
                None => part,
            });
        }
        Ok(whole.unwrap_or(none))
    }

    fn pattern(&mut self, written: &'a Element) -> Result<PatternId> {
        let name = written.attr("name").unwrap_or_default();
        Ok(match written.name() {
            "empty" => EMPTY,
            "text" => ANYTHING,
            "group" => self.all(written)?,
            "choice" => self.combined(written, NOT_ALLOWED, Patterns::choice)?,
            "interleave" => self.combined(written, EMPTY, Patterns::interleave)?,
            "optional" => {
                let inner = self.all(written)?;
                self.patterns.choice(inner, EMPTY)
            }
            "oneOrMore" => {
                let inner = self.all(written)?;
                self.patterns.one_or_more(inner)
            }
            "zeroOrMore" => {
                let inner = self.all(written)?;
                let some = self.patterns.one_or_more(inner);
                self.patterns.choice(some, EMPTY)
            }
            "attribute" => {
                let value = match written.children() {
                    [] => ANYTHING,
                    _ => self.all(written)?,
                };
                let name = self.patterns.name(name);
                self.patterns.attribute(name, value)
            }
            "value" => self
                .patterns
                .data(Datatype::Value(written.text().trim().into())),
            "data" => self.data(written)?,
            "element" => self.element(written, name)?,
            "ref" => self.reference(name)?,
            other => return malformed(format!("{other} is not supported")),
        })
    }

    fn element(&mut self, written: &'a Element, name: &str) -> Result<PatternId> {
        let key: *const Element = written;
        let id = match self.elements.get(&key) {
            Some(id) => *id,
            None => {
                let name = self.patterns.name(name);
                let id = self.patterns.new_element(name);
                self.elements.insert(key, id);
                let outside = std::mem::take(&mut self.open);
                let content = self.all(written)?;
                self.open = outside;
                self.patterns.set_content(id, content);
                id
            }
        };
        Ok(self.patterns.element(id))
    }

    fn reference(&mut self, name: &str) -> Result<PatternId> {
        let Some((name, definition)) = self.definitions.get_key_value(name) else {
            return malformed(format!("there is no definition of {name}"));
        };
        let (name, definition) = (*name, *definition);
        if definition.descendants().any(|e| e.name() == "anyName") {
            return Ok(ANYTHING);
        }
        if self.open.contains(&name) {
            return malformed(format!("{name} consists of itself"));
        }
        self.open.push(name);
        let pattern = self.all(definition);
        self.open.pop();
        pattern
    }

    fn data(&mut self, written: &Element) -> Result<PatternId> {
        let parameter = |name: &str| {
            let mut all = written.children_named("param");
            all.find(|param| param.attr("name") == Some(name))
                .map(|param| param.text())
        };
        let most = parameter("maxInclusive").and_then(|text| text.parse().ok());
        let integer = |least| Datatype::Integer { least, most };
        let datatype = match written.attr("type").unwrap_or_default() {
            "boolean" => Datatype::Boolean,
            "integer" => integer(None),
            "nonNegativeInteger" => integer(Some(0)),
            "positiveInteger" => integer(Some(1)),
            "ID" => Datatype::Id,
            "IDREF" => Datatype::IdRef,
            "string" => {
                let pattern = parameter("pattern").map(|text| Regex::new(&format!("^(?:{text})$")));
                let pattern = pattern
                    .transpose()
                    .map_err(|error| Malformed(error.to_string()))?;
                let except = written.children_named("except");
                let but = except
                    .flat_map(|e| e.descendants())
                    .filter(|e| e.name() == "value");
                Datatype::Text {
                    pattern,
                    but: but.map(|value| value.text().into()).collect(),
                }
            }
            other => return malformed(format!("the datatype {other} is not supported")),
        };
        Ok(self.patterns.data(datatype))
    }
}
