//! The query, and how scopes are found.

use std::sync::Arc;

use pcmk_xml::xpath::XPath;
use pcmk_xml::{Element, get_at};

use super::Scope;
use crate::address::push_step;
use crate::error::{Error, Kind};
use crate::section::find_section;

/// The elements in a scope, in document order. Without their children if so wanted.
///
/// # Errors
/// [`Kind::NotFound`] if there are none, or the expression is no XPath.
pub fn query(
    cib: &Arc<Element>,
    scope: &Scope,
    no_children: bool,
) -> Result<Vec<Arc<Element>>, Error> {
    let paths = match scope {
        Scope::Section(section) => {
            vec![find_section(cib, section).ok_or_else(|| no_section(section))?]
        }
        Scope::XPath(xpath) => select(cib, xpath)?,
    };
    let found: Vec<_> = paths
        .iter()
        .filter_map(|path| get_at(cib, path))
        .map(|element| match no_children {
            true => Arc::new(childless(element)),
            false => Arc::clone(element),
        })
        .collect();
    match (found.is_empty(), scope) {
        (true, Scope::XPath(xpath)) => Err(nothing_at(xpath)),
        _ => Ok(found),
    }
}

/// The addresses of the elements that an XPath selects, in document order: each from the root on by name and,
/// where there is one, id, as in patchsets.
///
/// # Errors
/// [`Kind::NotFound`] as for [`query`].
pub fn addresses(cib: &Arc<Element>, xpath: &str) -> Result<Vec<String>, Error> {
    let addresses: Vec<_> = select(cib, xpath)?
        .iter()
        .map(|path| address(cib, path))
        .collect();
    match addresses.is_empty() {
        true => Err(nothing_at(xpath)),
        false => Ok(addresses),
    }
}

fn address(cib: &Arc<Element>, path: &[usize]) -> String {
    let mut address = String::new();
    for depth in 0..=path.len() {
        if let Some(element) = get_at(cib, &path[..depth]) {
            push_step(&mut address, element);
        }
    }
    address
}

/// The paths of what an XPath selects, in document order.
pub(super) fn select(cib: &Arc<Element>, xpath: &str) -> Result<Vec<Vec<usize>>, Error> {
    XPath::parse(xpath)
        .and_then(|parsed| parsed.select(cib))
        .map_err(|error| Error::new(Kind::NotFound, format!("XPath '{xpath}': {error}")))
}

pub(super) fn nothing_at(xpath: &str) -> Error {
    Error::new(
        Kind::NotFound,
        format!("nothing matches the XPath '{xpath}'"),
    )
}

fn no_section(section: &str) -> Error {
    Error::new(Kind::NotFound, format!("there is no section '{section}'"))
}

fn childless(element: &Element) -> Element {
    let mut copy = Element::new(element.name());
    copy.copy_attrs(element);
    copy
}
