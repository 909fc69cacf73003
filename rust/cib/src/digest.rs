//! Digests: MD5 sums of a tree as text, byte for byte those that Pacemaker computes.

use std::fmt::Write;

use md5::{Digest, Md5};
use pcmk_xml::{Element, write};

/// Attributes that say who wrote what last. They may differ between nodes and do not count.
const BOOKKEEPING: [&str; 5] = [
    "crm-debug-origin",
    "cib-last-written",
    "update-origin",
    "update-client",
    "update-user",
];

/// The digest that nodes compare and patchsets carry (version 2): everything but bookkeeping attributes.
pub fn of_tree(cib: &Element) -> String {
    let mut text = String::new();
    write_filtered(&mut text, cib);
    md5_hex(&text)
}

/// The digest in the signature file beside a CIB on disk (version 1): everything.
pub fn on_disk(cib: &Element) -> String {
    md5_hex(&format!(" {}\n", write(cib)))
}

/// The digest of the parameters of an operation, whatever their order (version 1, sorted by name).
///
/// All parameters that are given count; see [`operation_parameters`] for those that should be.
pub fn of_parameters<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut sorted: Vec<_> = parameters.into_iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    let element = sorted
        .into_iter()
        .fold(Element::new("parameters"), |element, (name, value)| {
            element.with_attr(name, value)
        });
    on_disk(&element)
}

/// Of the attributes of an operation, those whose change means that the resource is defined differently.
///
/// Meta-attributes and what says where and as what the operation runs are left out, except the timeout of
/// a recurring operation.
pub fn operation_parameters<'a>(
    attributes: &'a [(&'a str, &'a str)],
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let recurring = attributes.iter().any(|(name, value)| {
        *name == "CRM_meta_interval" && value.parse::<u64>().is_ok_and(|ms| ms != 0)
    });
    attributes
        .iter()
        .copied()
        .filter(move |(name, _)| match *name {
            "CRM_meta_timeout" => recurring,
            "id" | "crm_feature_set" | "op-digest" | "on_node" | "on_node_uuid"
            | "pcmk_external_ip" => false,
            other => !other.starts_with("CRM_meta_"),
        })
}

fn write_filtered(out: &mut String, element: &Element) {
    let tag = element
        .attrs()
        .filter(|(name, _)| !BOOKKEEPING.contains(name))
        .fold(Element::new(element.name()), |tag, (name, value)| {
            tag.with_attr(name, value)
        });
    let tag = write(&tag);
    if element.children().is_empty() {
        out.push_str(&tag);
        return;
    }
    out.push_str(tag.trim_end_matches("/>"));
    out.push('>');
    for child in element.children() {
        write_filtered(out, child);
    }
    out.push_str("</");
    out.push_str(element.name());
    out.push('>');
}

fn md5_hex(text: &str) -> String {
    Md5::digest(text.as_bytes())
        .iter()
        .fold(String::with_capacity(32), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a string takes all writes");
            hex
        })
}
