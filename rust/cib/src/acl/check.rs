//! Changes by somebody to whom ACLs apply.

use std::sync::Arc;

use pcmk_xml::{Element, Node};

use super::marks::{Marks, Place};
use super::permissions::Permissions;
use super::view::masked;
use crate::diff::{self, diff, pair};
use crate::error::{Error, Kind};

type Tree = Arc<Element>;

impl Permissions {
    /// Has a change made, on what may be seen of the CIB, and carries it over to the whole CIB if it is allowed.
    ///
    /// The change finds every element, so that it is refused and not missed when it concerns one that may not be
    /// written; but no attribute that may not be read has a part in what it finds.
    ///
    /// # Errors
    /// Those of the change, and [`Kind::Denied`].
    pub(crate) fn change(
        &self,
        cib: &Tree,
        change: impl FnOnce(&Tree) -> Result<Tree, Error>,
    ) -> Result<Tree, Error> {
        let marks = Marks::of(self, cib);
        let seen = masked(cib, Place::root(&marks));
        let mut new = change(&seen)?;
        if !Arc::ptr_eq(&seen, cib) {
            new = match diff(&seen, &new, diff::Options::default()) {
                Some(patchset) => patchset.apply_anyway(cib)?,
                None => Arc::clone(cib),
            };
        }
        self.check_from(&marks, cib, &new)?;
        Ok(new)
    }

    /// Whether the way from one CIB to another may be gone.
    ///
    /// What goes must be writable as it was, with all in it; what comes, as it will be; and an element that gets
    /// other attributes or comments both before and after. What comes with nothing but an id is also allowed as
    /// a scaffold around something, except within the `acls` section. Elements that may not be written keep their
    /// order. The permissions are those of the CIB before.
    ///
    /// # Errors
    /// [`Kind::Denied`].
    pub fn check(&self, old: &Tree, new: &Tree) -> Result<(), Error> {
        self.check_from(&Marks::of(self, old), old, new)
    }

    fn check_from(&self, before: &Marks, old: &Tree, new: &Tree) -> Result<(), Error> {
        if Arc::ptr_eq(old, new) {
            return Ok(());
        }
        let after = Marks::of(self, new);
        match changed(old, new, Place::root(before), Place::root(&after), false) {
            true => Ok(()),
            // What was refused may be something that may not be seen, so nothing is told of it.
            false => Err(Error::of(Kind::Denied)),
        }
    }
}

/// Whether an element may become another one. `in_acls`: it is somewhere within the `acls` section.
fn changed(old: &Tree, new: &Tree, before: Place<'_>, after: Place<'_>, in_acls: bool) -> bool {
    if Arc::ptr_eq(old, new) || (before.is_all_writable() && after.is_all_writable()) {
        return true;
    }
    let writable = before.access.write && after.access.write;
    let fine = writable || (old.name() == new.name() && same_in_itself(old, new));
    if !fine {
        return false;
    }
    let in_acls = in_acls || new.name() == "acls";
    let pairs = pair(&children(old), &children(new));
    let mut stays = vec![false; old.children().len()];
    let mut last_fixed = None;
    for (index, (child, pair)) in new.children().iter().zip(pairs).enumerate() {
        let after = after.child(index);
        let allowed = match pair {
            None => created(child, after, in_acls),
            Some(from) => {
                stays[from] = true;
                let before = before.child(from);
                if !before.access.write {
                    if last_fixed > Some(from) {
                        return false;
                    }
                    last_fixed = Some(from);
                }
                changed(&old.children()[from], child, before, after, in_acls)
            }
        };
        if !allowed {
            return false;
        }
    }
    (0..stays.len()).all(|index| stays[index] || before.child(index).is_all_writable())
}

fn children(element: &Element) -> Vec<Node> {
    let children = element.children().iter();
    children.cloned().map(Node::Element).collect()
}

/// Whether attributes and comments are the same. Comments may have other places: children between them come and go.
fn same_in_itself(old: &Element, new: &Element) -> bool {
    let comments = |element: &'_ Element| {
        let all = element.comments().iter();
        all.map(|(_, text)| text.clone()).collect::<Vec<_>>()
    };
    old.attrs().len() == new.attrs().len()
        && old
            .attrs()
            .all(|(name, value)| new.attr(name) == Some(value))
        && comments(old) == comments(new)
}

/// Whether an element may come, with all in it.
fn created(element: &Element, place: Place<'_>, in_acls: bool) -> bool {
    let scaffold = !in_acls
        && !element.children().is_empty()
        && element.comments().is_empty()
        && element.attrs().all(|(name, _)| name == "id");
    if !place.access.write && !scaffold {
        return false;
    }
    let in_acls = in_acls || element.name() == "acls";
    let mut children = element.children().iter().enumerate();
    place.is_all_writable()
        || children.all(|(index, child)| created(child, place.child(index), in_acls))
}
