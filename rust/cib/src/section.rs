//! Sections: the parts of a CIB that requests name.

use std::sync::Arc;

use pcmk_xml::{Element, edit_at};

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

/// The CIB with nothing in it but a section, or `None` if the name is unknown. What is above the section keeps its
/// attributes; the section itself is shared.
pub fn only(cib: &Arc<Element>, section: &str) -> Option<Arc<Element>> {
    Some(narrowed(cib, way_to(section)?))
}

fn narrowed(element: &Arc<Element>, way: &[&str]) -> Arc<Element> {
    let Some((name, rest)) = way.split_first() else {
        return Arc::clone(element);
    };
    let mut narrow = Element::new(element.name());
    narrow.copy_attrs(element);
    if let Some(child) = element.child(name) {
        narrow.push_child(narrowed(child, rest));
    }
    Arc::new(narrow)
}

/// The CIB without the history of operations, which is most of a large one: its `node_state`s have no `lrm`.
pub fn without_history(cib: &Arc<Element>) -> Arc<Element> {
    let mut bare = Arc::clone(cib);
    if let Some(status) = find_section(cib, "status") {
        edit_at(&mut bare, &status, |status| {
            for state in status.children_mut() {
                Arc::make_mut(state).retain_children(|child| child.name() != "lrm");
            }
        });
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_alone_keeps_what_is_above_it_and_is_shared() {
        let text = r#"<cib epoch="3"><configuration><nodes><node id="1"/></nodes><resources/></configuration><status/></cib>"#;
        let cib = pcmk_xml::parse(text.as_bytes()).unwrap();
        let nodes = only(&cib, "nodes").unwrap();
        assert_eq!(
            pcmk_xml::write(&nodes),
            r#"<cib epoch="3"><configuration><nodes><node id="1"/></nodes></configuration></cib>"#
        );
        let inside = |cib: &Element| cib.children()[0].children()[0].clone();
        assert!(Arc::ptr_eq(&inside(&nodes), &inside(&cib)));
        assert_eq!(
            pcmk_xml::write(&only(&cib, "status").unwrap()),
            r#"<cib epoch="3"><status/></cib>"#
        );
        // It may not be there yet.
        assert_eq!(
            pcmk_xml::write(&only(&cib, "tags").unwrap()),
            r#"<cib epoch="3"><configuration/></cib>"#
        );
        assert!(Arc::ptr_eq(&only(&cib, "").unwrap(), &cib));
        assert!(only(&cib, "nothing").is_none());
    }

    #[test]
    fn without_history_the_rest_is_as_it_was() {
        let text = |lrm: &str| {
            format!(
                r#"<cib epoch="3"><configuration/><status><node_state id="1"><transient_attributes id="1"/>{lrm}</node_state></status></cib>"#
            )
        };
        let cib =
            pcmk_xml::parse(text(r#"<lrm id="1"><lrm_resources/></lrm>"#).as_bytes()).unwrap();
        let bare = without_history(&cib);
        assert_eq!(pcmk_xml::write(&bare), text(""));
        let configuration = |cib: &Element| Arc::as_ptr(&cib.children()[0]);
        assert_eq!(configuration(&bare), configuration(&cib));
    }
}
