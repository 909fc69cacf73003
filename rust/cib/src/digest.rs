//! Digests: MD5 sums of a tree as text, byte for byte those that Pacemaker computes.

use std::fmt::Write;

use md5::{Digest, Md5};
use pcmk_xml::{Element, write, write_without};

/// Attributes that say who wrote what last. They may differ between nodes and do not count.
pub(crate) const BOOKKEEPING: [&str; 5] = [
    "crm-debug-origin",
    "cib-last-written",
    "update-origin",
    "update-client",
    "update-user",
];

/// The digest that nodes compare and patchsets carry (version 2): everything but bookkeeping attributes.
pub fn of_tree(cib: &Element) -> String {
    md5_hex(&write_without(cib, |name| BOOKKEEPING.contains(&name)))
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
pub fn operation_parameters<'s, 'a>(
    attributes: &'s [(&'a str, &'a str)],
) -> impl Iterator<Item = (&'a str, &'a str)> + use<'s, 'a> {
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

fn md5_hex(text: &str) -> String {
    Md5::digest(text.as_bytes())
        .iter()
        .fold(String::with_capacity(32), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a string takes all writes");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_operations_are_those_that_clusters_record() {
        // In countless CIBs as the digest of an operation without parameters.
        assert_eq!(of_parameters([]), "f2317cad3d54cec5d7d7aa7d0bf35cf8");
        let attributes = [
            ("state", "/run/a"),
            ("CRM_meta_timeout", "20000"),
            ("CRM_meta_name", "monitor"),
            ("fake", "1"),
            ("on_node", "n1"),
        ];
        let mut recurring = attributes.to_vec();
        recurring.push(("CRM_meta_interval", "10000"));
        let digest = |attributes| of_parameters(operation_parameters(attributes));
        assert_eq!(
            digest(&attributes),
            of_parameters([("fake", "1"), ("state", "/run/a")])
        );
        assert_eq!(
            digest(&recurring),
            of_parameters([
                ("CRM_meta_timeout", "20000"),
                ("fake", "1"),
                ("state", "/run/a")
            ])
        );
    }

    #[test]
    fn bookkeeping_does_not_count_between_nodes() {
        let tree = |text| pcmk_xml::parse_str(text).unwrap();
        let plain = tree("<cib epoch='1'><status><node_state id='1'/></status></cib>");
        let signed = tree(
            "<cib cib-last-written='x' epoch='1' update-user='y'>\
             <status><node_state id='1' crm-debug-origin='z'/></status></cib>",
        );
        // md5sum of the document on one line, and of that between a blank and a line end.
        assert_eq!(of_tree(&plain), md5_hex(&write(&plain)));
        assert_eq!(of_tree(&plain), of_tree(&signed));
        assert_ne!(on_disk(&plain), on_disk(&signed));
        assert_eq!(on_disk(&plain), md5_hex(&format!(" {}\n", write(&plain))));
    }
}
