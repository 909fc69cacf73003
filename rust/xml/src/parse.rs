//! Text to trees, with bounds on what input can cost.
//!
//! A document type declaration is skipped: agents name the DTD of their metadata in one. Nothing is read because of it,
//! and one that declares entities is refused, so there are none to expand.
//!
//! Refused, with the line and column: what is not well-formed, entities, duplicate attributes, nesting beyond [`MAX_DEPTH`], more than [`MAX_ATTRIBUTES`]
//! attributes on one element, more than [`MAX_BYTES`] of input, and encodings other than UTF-8.

use std::fmt;
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesStart, Event};

use crate::attributes::{Attributes, Gathered};
use crate::element::Element;
use crate::escape::{attribute_value, is_xml_char, plain_text, reference};
use crate::name::{Name, Names, shared};

/// Levels of elements that a document may have (libxml2's bound as well).
pub const MAX_DEPTH: usize = 256;
/// Attributes that one element may have.
pub const MAX_ATTRIBUTES: usize = 1024;
/// Bytes that a document may have.
pub const MAX_BYTES: usize = 256 << 20;

/// Why a document was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.reason
        )
    }
}

impl std::error::Error for ParseError {}

/// Reads a document in UTF-8.
///
/// # Errors
/// [`ParseError`] for everything the module refuses.
pub fn parse(bytes: &[u8]) -> Result<Arc<Element>, ParseError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse_str(text),
        Err(error) => {
            let valid = &bytes[..error.valid_up_to()];
            Err(at(
                &String::from_utf8_lossy(valid),
                valid.len(),
                "invalid UTF-8",
            ))
        }
    }
}

/// Reads a document from a string.
///
/// # Errors
/// [`ParseError`] for everything the module refuses.
pub fn parse_str(text: &str) -> Result<Arc<Element>, ParseError> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    if text.len() > MAX_BYTES {
        return Err(at("", 0, "the document is too large"));
    }
    Parser::default().run(text)
}

fn at(text: &str, offset: usize, reason: impl Into<String>) -> ParseError {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    ParseError {
        line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        reason: reason.into(),
    }
}

#[derive(Default)]
struct Parser {
    names: Names,
    open: Vec<Open>,
    /// Children so far of all open elements, those of outer ones first.
    children: Vec<Arc<Element>>,
    /// Text so far of all open elements, that of outer ones first.
    text: String,
    /// Comments so far of all open elements, likewise.
    comments: Vec<(usize, Arc<str>)>,
    /// Attributes of the tag that is being read.
    attrs: Gathered,
    root: Option<Arc<Element>>,
    /// Whether a document type declaration was met.
    doctype: bool,
}

/// An element whose end was not met yet.
struct Open {
    name: Name,
    attrs: Attributes,
    /// Where its children, its text and its comments begin in the parser's.
    children: usize,
    text: usize,
    comments: usize,
}

impl Parser {
    fn run(mut self, text: &str) -> Result<Arc<Element>, ParseError> {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = true;
        config.check_comments = true;
        config.allow_unmatched_ends = false;
        loop {
            let start = reader.buffer_position() as usize;
            let event = reader
                .read_event()
                .map_err(|error| at(text, reader.error_position() as usize, error.to_string()))?;
            let done = matches!(event, Event::Eof);
            self.take(event, start == 0)
                .map_err(|reason| at(text, start, reason))?;
            if done {
                return self
                    .root
                    .ok_or_else(|| at(text, text.len(), "there is no element"));
            }
        }
    }

    fn take(&mut self, event: Event<'_>, first: bool) -> Result<(), String> {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::Empty(tag) => {
                self.start(&tag)?;
                self.end()
            }
            Event::End(_) => self.end(),
            Event::Text(raw) => {
                let raw = utf8(&raw)?;
                if raw.contains("]]>") {
                    return Err("']]>' in text".into());
                }
                self.text(&plain_text(raw)?)
            }
            Event::CData(raw) => self.text(&plain_text(utf8(&raw)?)?),
            Event::GeneralRef(name) => {
                let resolved = reference(utf8(&name)?)?;
                self.text(resolved.encode_utf8(&mut [0; 4]))
            }
            Event::Decl(declaration) if first => check_encoding(&declaration),
            Event::Decl(_) => Err("an XML declaration that is not at the start".into()),
            Event::DocType(raw) => self.doctype(utf8(&raw)?),
            Event::Eof => match self.open.last() {
                Some(open) => Err(format!("the element '{}' is not closed", open.name)),
                None => Ok(()),
            },
            Event::Comment(raw) => self.comment(utf8(&raw)?),
            Event::PI(_) => Ok(()),
        }
    }

    fn doctype(&mut self, declared: &str) -> Result<(), String> {
        if self.doctype || self.root.is_some() || !self.open.is_empty() {
            return Err(
                "a document type declaration that is not before the document's element".into(),
            );
        }
        // Entities of parameters ('%') could bring declarations of others in.
        if declared.contains("<!ENTITY") || declared.contains('%') {
            return Err("a declaration of entities (such DTDs are refused)".into());
        }
        self.doctype = true;
        Ok(())
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        if self.open.is_empty() && self.root.is_some() {
            return Err("an element after the end of the document's element".into());
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(format!(
                "elements are nested deeper than {MAX_DEPTH} levels"
            ));
        }
        let name = self.name(utf8(tag.name().as_ref())?)?;
        let mut attributes = tag.attributes();
        self.attrs.clear();
        for attribute in attributes.with_checks(false) {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let name = self.name(utf8(attribute.key.as_ref())?)?;
            if self
                .attrs
                .names()
                .iter()
                .any(|known| Arc::ptr_eq(known, &name))
            {
                return Err(format!("the attribute '{name}' is there twice"));
            }
            if self.attrs.names().len() >= MAX_ATTRIBUTES {
                return Err(format!("more than {MAX_ATTRIBUTES} attributes"));
            }
            let value = attribute_value(utf8(&attribute.value)?)?;
            self.attrs.push(name, &value);
        }
        self.open.push(Open {
            name,
            attrs: self.attrs.attributes(),
            children: self.children.len(),
            text: self.text.len(),
            comments: self.comments.len(),
        });
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        let open = self.open.pop().ok_or("an end tag without its start")?;
        let text = &self.text[open.text..];
        let text = if is_blank(text) { "" } else { text };
        let children = self.children.drain(open.children..).collect();
        let comments = self.comments.drain(open.comments..).collect();
        let element = Element::from_parts(open.name, open.attrs, children, text, comments);
        let element = Arc::new(element);
        self.text.truncate(open.text);
        if self.open.is_empty() {
            self.root = Some(element);
        } else {
            self.children.push(element);
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        if !self.open.is_empty() {
            self.text.push_str(text);
        } else if !is_blank(text) {
            return Err("text outside of the document's element".into());
        }
        Ok(())
    }

    /// Comments around the document's element are not part of it.
    fn comment(&mut self, text: &str) -> Result<(), String> {
        let text = plain_text(text)?;
        if let Some(open) = self.open.last() {
            let before = self.children.len() - open.children;
            self.comments.push((before, text.into()));
        }
        Ok(())
    }

    /// The name, shared with all its other uses in the document.
    fn name(&mut self, name: &str) -> Result<Name, String> {
        if let Some(known) = self.names.get(name) {
            return Ok(known);
        }
        if !is_name(name) {
            let shown: String = name.chars().take(40).collect();
            return Err(format!("'{shown}' is not a name"));
        }
        Ok(self.names.add(shared(name)))
    }
}

fn is_blank(text: &str) -> bool {
    text.trim_matches([' ', '\t', '\n', '\r']).is_empty()
}

fn utf8(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|_| "invalid UTF-8".into())
}

fn check_encoding(declaration: &BytesDecl<'_>) -> Result<(), String> {
    let Some(encoding) = declaration.encoding() else {
        return Ok(());
    };
    let encoding = encoding.map_err(|error| error.to_string())?;
    let encoding = utf8(&encoding)?;
    if ["utf-8", "utf8", "us-ascii", "ascii"].contains(&encoding.to_ascii_lowercase().as_str()) {
        return Ok(());
    }
    Err(format!("the encoding '{encoding}' (only UTF-8 is read)"))
}

/// Whether a string can name an element or an attribute (XML 1.0, 2.3; all non-ASCII characters are accepted).
pub fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    let start = |c: char| {
        c.is_ascii_alphabetic() || matches!(c, '_' | ':') || (!c.is_ascii() && is_xml_char(c))
    };
    chars.next().is_some_and(start)
        && chars.all(|c| start(c) || c.is_ascii_digit() || matches!(c, '-' | '.'))
}
