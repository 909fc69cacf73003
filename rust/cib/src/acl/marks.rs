//! Where in a tree permissions apply.

use std::collections::BTreeMap;
use std::sync::Arc;

use pcmk_xml::Element;

use super::permissions::{Kind, Permissions};

/// What is allowed at an element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Its attributes may be seen.
    pub read: bool,
    /// It may be changed and removed, and others created in its place.
    pub write: bool,
}

/// What permissions say of an element itself, and of elements below it by their index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    read: bool,
    write: bool,
    deny: bool,
    below: BTreeMap<usize, Marks>,
}

impl Marks {
    /// Looks for what the permissions select. A denial that can't be evaluated denies everything, since nobody knows
    /// what it is meant to hide; anything else that can't be evaluated allows nothing.
    pub fn of(permissions: &Permissions, root: &Arc<Element>) -> Marks {
        let mut marks = Marks::default();
        for permission in &permissions.all {
            let selected = permission
                .selects
                .as_ref()
                .and_then(|xpath| xpath.select(root).ok());
            match selected {
                Some(paths) => paths
                    .iter()
                    .for_each(|path| marks.at(path).set(permission.kind)),
                None if permission.kind == Kind::Deny => return Marks::denied(),
                None => {}
            }
        }
        marks
    }

    fn denied() -> Marks {
        Marks {
            deny: true,
            ..Marks::default()
        }
    }

    fn at(&mut self, path: &[usize]) -> &mut Marks {
        path.iter()
            .fold(self, |marks, index| marks.below.entry(*index).or_default())
    }

    fn set(&mut self, kind: Kind) {
        match kind {
            Kind::Read => self.read = true,
            Kind::Write => self.write = true,
            Kind::Deny => self.deny = true,
        }
    }
}

/// An element's place among the marks of its tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'m> {
    pub access: Access,
    marks: Option<&'m Marks>,
}

impl<'m> Place<'m> {
    /// That of the root.
    pub fn root(marks: &'m Marks) -> Self {
        Place::below(Access::default(), Some(marks))
    }

    /// That of a child.
    pub fn child(&self, index: usize) -> Self {
        Place::below(
            self.access,
            self.marks.and_then(|marks| marks.below.get(&index)),
        )
    }

    /// Whether nothing below differs.
    pub fn is_uniform(&self) -> bool {
        self.marks.is_none_or(|marks| marks.below.is_empty())
    }

    /// Whether the element and all below it may be written.
    pub fn is_all_writable(&self) -> bool {
        let below = self.marks.into_iter().flat_map(|marks| marks.below.keys());
        self.access.write
            && below
                .copied()
                .all(|index| self.child(index).is_all_writable())
    }

    fn below(inherited: Access, marks: Option<&'m Marks>) -> Self {
        let access = match marks {
            None => inherited,
            Some(marks) if marks.deny => Access::default(),
            Some(marks) => Access {
                read: marks.read || marks.write || inherited.read,
                write: marks.write || inherited.write,
            },
        };
        Place { access, marks }
    }
}
