//! Elements that stand for others by `id-ref`.

use pcmk_xml::Element;
use rustc_hash::{FxHashMap, FxHashSet};

/// The elements of a document that others refer to, by name and id.
#[derive(Clone, Debug, Default)]
pub struct IdIndex<'a> {
    table: FxHashMap<(&'a str, &'a str), &'a Element>,
}

impl<'a> IdIndex<'a> {
    /// The index of a document, or of any part within which references are to be found. Reads the whole
    /// document once, and once more if there are any references.
    pub fn new(root: &'a Element) -> Self {
        let wanted: FxHashSet<(&str, &str)> = all(root)
            .filter_map(|e| e.attr("id-ref").map(|id| (e.name(), id)))
            .collect();
        let mut table = FxHashMap::default();
        if wanted.is_empty() {
            return Self { table };
        }
        for element in all(root) {
            let key = element.id().map(|id| (element.name(), id));
            if let Some(key) = key.filter(|key| wanted.contains(key)) {
                table.entry(key).or_insert(element);
            }
        }
        Self { table }
    }

    /// The element itself, or the first one in document order with the same name and the id that its
    /// `id-ref` tells; `None` if there is none. A reference of that other element is not followed.
    ///
    /// Only references that are in the document of the index can be resolved.
    pub fn resolve<'e>(&self, element: &'e Element) -> Option<&'e Element>
    where
        'a: 'e,
    {
        match element.attr("id-ref") {
            None => Some(element),
            Some(id) => self.table.get(&(element.name(), id)).copied(),
        }
    }
}

fn all(root: &Element) -> impl Iterator<Item = &Element> {
    std::iter::once(root).chain(root.descendants().map(AsRef::as_ref))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_to_elements_of_the_same_name() {
        let root = pcmk_xml::parse_str(
            r#"<cib><a id="x"/><b id="x" n="1"/><b id="x" n="2"/><b id-ref="x"/><c id-ref="x"/></cib>"#,
        )
        .unwrap();
        let index = IdIndex::new(&root);
        let children = root.children();
        assert_eq!(index.resolve(&children[0]).and_then(|e| e.id()), Some("x"));
        assert_eq!(
            index.resolve(&children[3]).and_then(|e| e.attr("n")),
            Some("1")
        );
        assert_eq!(index.resolve(&children[4]), None);
    }
}
