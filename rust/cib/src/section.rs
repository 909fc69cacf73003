//! Sections: the parts of a CIB that requests name.

use pcmk_xml::Element;

/// Every section and the way to it from the root.
pub const SECTIONS: [(&str, &[&str]); 13] = [
    ("cib", &[]),
    ("status", &["status"]),
    ("configuration", &["configuration"]),
    ("crm_config", &["configuration", "crm_config"]),
    ("nodes", &["configuration", "nodes"]),
    ("resources", &["configuration", "resources"]),
    ("constraints", &["configuration", "constraints"]),
    ("op_defaults", &["configuration", "op_defaults"]),
    ("rsc_defaults", &["configuration", "rsc_defaults"]),
    ("acls", &["configuration", "acls"]),
    ("fencing-topology", &["configuration", "fencing-topology"]),
    ("tags", &["configuration", "tags"]),
    ("alerts", &["configuration", "alerts"]),
];

/// The way from the root to a section, or `None` for an unknown name. `all` and the empty name are the
/// whole CIB.
pub(crate) fn way_to(section: &str) -> Option<&'static [&'static str]> {
    if section.is_empty() || section.eq_ignore_ascii_case("all") {
        return Some(&[]);
    }
    SECTIONS
        .iter()
        .find(|(name, _)| *name == section)
        .map(|(_, way)| *way)
}

/// The path of a section, or `None` if the name is unknown or the CIB has no such section.
pub fn find_section(cib: &Element, section: &str) -> Option<Vec<usize>> {
    let mut element = cib;
    let mut path = Vec::new();
    for name in way_to(section)? {
        let index = element
            .children()
            .iter()
            .position(|child| child.name() == *name)?;
        path.push(index);
        element = &element.children()[index];
    }
    Some(path)
}
