//! Datatypes of attributes (XML Schema part 2), as far as the CIB's languages use them.

use std::collections::HashMap;

use regex_lite::Regex;

/// What a value has to be.
#[derive(Debug)]
pub(super) enum Datatype {
    /// This text, blanks at its ends not counted.
    Value(Box<str>),
    Boolean,
    /// An integer within limits.
    Integer {
        least: Option<i64>,
        most: Option<i64>,
    },
    Text {
        pattern: Option<Regex>,
        but: Vec<Box<str>>,
    },
    Id,
    IdRef,
}

/// Whether an attribute identifies an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// Its own, which nothing else may have.
    Own,
    /// That of another element, which must be there.
    Other,
}

/// Attributes that identify, by the names of element and attribute.
pub(super) type Identities = HashMap<(Box<str>, Box<str>), Identity>;

impl Datatype {
    pub fn accepts(&self, value: &str) -> bool {
        match self {
            Datatype::Value(text) => value == &**text || value.trim() == &**text,
            Datatype::Boolean => matches!(value.trim(), "true" | "false" | "1" | "0"),
            Datatype::Integer { least, most } => is_integer(value.trim(), *least, *most),
            Datatype::Text { pattern, but } => {
                pattern.as_ref().is_none_or(|p| p.is_match(value))
                    && but.iter().all(|excepted| **excepted != *value)
            }
            Datatype::Id | Datatype::IdRef => is_name(value.trim()),
        }
    }

    /// What it asks for, for people.
    pub fn wish(&self) -> String {
        match self {
            Datatype::Value(text) => format!("'{text}'"),
            Datatype::Boolean => "true or false".to_owned(),
            Datatype::Integer { least, most } => match (least, most) {
                (Some(least), Some(most)) => format!("a number from {least} to {most}"),
                (Some(least), None) => format!("a number, at least {least}"),
                (None, Some(most)) => format!("a number, at most {most}"),
                (None, None) => "a number".to_owned(),
            },
            Datatype::Text { pattern: None, but } => {
                let not: Vec<_> = but.iter().map(|text| format!("'{text}'")).collect();
                format!("anything but {}", not.join(", "))
            }
            Datatype::Text { .. } => "a text of another form".to_owned(),
            Datatype::Id | Datatype::IdRef => {
                "a name: letters, digits, '.', '-' and '_', the first a letter or '_'".to_owned()
            }
        }
    }
}

/// Numbers may have any number of digits.
fn is_integer(text: &str, least: Option<i64>, most: Option<i64>) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let clamped = text.parse().unwrap_or(match text.starts_with('-') {
        true => i64::MIN,
        false => i64::MAX,
    });
    least.is_none_or(|least| clamped >= least) && most.is_none_or(|most| clamped <= most)
}

/// A name without colon (Namespaces in XML, NCName).
fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    let begins = letters
        .next()
        .is_some_and(|c| c.is_alphabetic() || c == '_');
    begins
        && letters
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '\u{b7}') || is_mark(c))
}

/// Marks that combine with the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}
