//! Whole CIBs: read, and made empty.

use std::sync::Arc;

use pcmk_xml::Element;

use crate::digest::BOOKKEEPING;
use crate::error::{Error, Kind};
use crate::version::{FIELDS, Version};

/// Levels of elements that a CIB may have: less than a document may have, so that a patchset around any part
/// of a CIB can be read as well.
pub const MAX_DEPTH: usize = 200;

/// Reads a CIB. Text between elements means nothing in a CIB and is dropped.
///
/// # Errors
/// [`Kind::Corrupt`] for what is not well-formed (with line and column), for a root other than `cib`, and for
/// elements nested deeper than [`MAX_DEPTH`].
pub fn parse(bytes: &[u8]) -> Result<Arc<Element>, Error> {
    let root =
        pcmk_xml::parse(bytes).map_err(|error| Error::new(Kind::Corrupt, error.to_string()))?;
    if root.name() != "cib" {
        let found = format!("the root element is '{}', not 'cib'", root.name());
        return Err(Error::new(Kind::Corrupt, found));
    }
    if root.depth() > MAX_DEPTH {
        return Err(Error::new(Kind::Corrupt, "elements are nested too deep"));
    }
    Ok(without_text(&root))
}

/// A CIB with the usual sections and nothing in them, at version 0.0.0.
pub fn empty(schema: &str, feature_set: &str) -> Arc<Element> {
    let mut cib = Element::new("cib")
        .with_attr("crm_feature_set", feature_set)
        .with_attr("validate-with", schema);
    Version::default().write(&mut cib);
    Arc::new(cib.with_children(empty_sections()))
}

/// The children of an empty CIB.
pub(crate) fn empty_sections() -> [Element; 2] {
    let configuration = ["crm_config", "nodes", "resources", "constraints"]
        .into_iter()
        .map(Element::new);
    [
        Element::new("configuration").with_children(configuration),
        Element::new("status"),
    ]
}

/// Whether a schema says the same of two CIBs, as far as can be told without looking at it: they differ in nothing but
/// the status section, the version, what is noted of each change, and values of pairs, which are free text in all
/// schemas unless the pair is a cluster option. Costs what the difference costs, if one was made from the other.
pub fn alike_to_schema(one: &Element, other: &Element) -> bool {
    let attributes = |cib: &'_ Element| {
        let all = cib
            .attrs()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let noted = |name: &str| FIELDS.contains(&name) || BOOKKEEPING.contains(&name);
        let mut rest: Vec<_> = all.filter(|(name, _)| !noted(name)).collect();
        rest.sort_unstable();
        rest
    };
    let sections = |cib: &'_ Element| -> Vec<Arc<Element>> {
        let all = cib.children().iter();
        all.filter(|child| child.name() != "status")
            .cloned()
            .collect()
    };
    attributes(one) == attributes(other) && are_alike(&sections(one), &sections(other), "cib")
}

fn are_alike(some: &[Arc<Element>], others: &[Arc<Element>], parent: &str) -> bool {
    let alike = |(one, other): (&Arc<Element>, &Arc<Element>)| {
        Arc::ptr_eq(one, other)
            || (one.name() == other.name()
                && one.text() == other.text()
                && have_like_attributes(one, other, parent)
                && are_alike(one.children(), other.children(), one.name()))
    };
    some.len() == others.len() && some.iter().zip(others).all(alike)
}

fn have_like_attributes(one: &Element, other: &Element, parent: &str) -> bool {
    let is_free = one.name() == "nvpair" && parent != "cluster_property_set";
    let like = |((name, value), (other, other_value)): ((&str, &str), (&str, &str))| {
        name == other && (value == other_value || (is_free && name == "value"))
    };
    one.attrs().len() == other.attrs().len() && one.attrs().zip(other.attrs()).all(like)
}

/// The tree without any text. What has none is shared.
pub(crate) fn without_text(element: &Arc<Element>) -> Arc<Element> {
    let has_text = |element: &Element| !element.text().is_empty();
    if !has_text(element) && !element.descendants().any(|below| has_text(below)) {
        return Arc::clone(element);
    }
    let mut copy = Element::clone(element);
    copy.set_text("");
    for child in copy.children_mut() {
        *child = without_text(child);
    }
    Arc::new(copy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_schema_may_refuse_is_a_difference_to_it() {
        let cib = |more: &str, options: &str, pair: &str, status: &str| {
            let text = format!(
                "<cib epoch='1' {more}><configuration><crm_config><cluster_property_set id='o'>{options}
                 </cluster_property_set></crm_config><rsc_defaults><meta_attributes id='m'>{pair}</meta_attributes>
                 </rsc_defaults></configuration><status>{status}</status></cib>"
            );
            parse(text.as_bytes()).unwrap()
        };
        let pair = |value: &str| format!("<nvpair id='p' name='x' {value}/>");
        let option = pair("value='1'");
        let before = cib("update-user='a'", &option, &pair("value='1'"), "");
        let alike = |after: &Element| alike_to_schema(&before, after);
        assert!(alike(&cib(
            "update-user='b' num_updates='7'",
            &option,
            &pair("value='1'"),
            ""
        )));
        assert!(alike(&cib(
            "",
            &option,
            &pair("value='2'"),
            "<node_state/>"
        )));
        assert!(!alike(&cib("", &option, &pair(""), "")));
        assert!(!alike(&cib("", &option, &pair("value='1' y='2'"), "")));
        assert!(!alike(&cib("", &pair("value='2'"), &pair("value='1'"), "")));
        assert!(!alike(&cib(
            "validate-with='none'",
            &option,
            &pair("value='1'"),
            ""
        )));
        assert!(!alike(&cib("", "", &pair("value='1'"), "")));
    }
}
