//! Elements that stand for others by `id-ref`.

use std::cell::OnceCell;

use pcmk_xml::Element;
use rustc_hash::{FxHashMap, FxHashSet};

/// The elements of a document that others refer to, by name and id.
///
/// Making one costs nothing: the document is read when the first reference is met.
#[derive(Clone, Debug)]
pub struct IdIndex<'a> {
    root: &'a Element,
    table: OnceCell<Table>,
}

/// Ids that are referred to, each with the names of elements that have it and where these are: the child index
/// at each level below the root.
type Table = FxHashMap<Box<str>, Vec<(Box<str>, Box<[usize]>)>>;

impl<'a> IdIndex<'a> {
    /// The index of a document, or of any part within which references are to be found.
    pub fn new(root: &'a Element) -> Self {
        Self {
            root,
            table: OnceCell::new(),
        }
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
            Some(id) => self.find(element.name(), id),
        }
    }

    fn find(&self, name: &str, id: &str) -> Option<&'a Element> {
        let table = self.table.get_or_init(|| referred(self.root));
        let mut known = table.get(id)?.iter();
        let (_, path) = known.find(|(known, _)| **known == *name)?;
        let step = |at: &'a Element, &index: &usize| at.children().get(index).map(|e| &**e);
        path.iter().try_fold(self.root, step)
    }
}

/// What the references of a document refer to.
fn referred(root: &Element) -> Table {
    let wanted: FxHashSet<(&str, &str)> = std::iter::once(root)
        .chain(root.descendants().map(AsRef::as_ref))
        .filter_map(|e| e.attr("id-ref").map(|id| (e.name(), id)))
        .collect();
    let mut table = Table::default();
    let mut note = |element: &Element, path: &[usize]| {
        let Some(id) = element
            .id()
            .filter(|id| wanted.contains(&(element.name(), id)))
        else {
            return;
        };
        let known = table.entry(id.into()).or_default();
        if !known.iter().any(|(name, _)| **name == *element.name()) {
            known.push((element.name().into(), path.into()));
        }
    };
    note(root, &[]);
    let (mut open, mut path) = (vec![root], vec![0]);
    while let (Some(parent), Some(&index)) = (open.last(), path.last()) {
        if let Some(child) = parent.children().get(index) {
            note(child, &path);
            open.push(child);
            path.push(0);
        } else {
            open.pop();
            path.pop();
            if let Some(index) = path.last_mut() {
                *index += 1;
            }
        }
    }
    table
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
