//! What changed from one tree to another.
//!
//! Elements are the same if they have the same name and id (or both none) below the same parent. Subtrees that
//! two trees share are skipped by pointer, so the cost follows the change. Comments are the same if they have the same
//! text, but for case, at the same place.

mod attributes;
mod children;

use std::sync::Arc;

use pcmk_xml::{Element, Node};

use crate::address::push_step;
use crate::patchset::{Change, Patchset};
use crate::version::Version;

pub(crate) use children::pair;

/// How to compare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Attributes in another order are no difference.
    pub ignore_attribute_order: bool,
}

/// The patchset that makes `new` of `old`, or `None` if there is no difference.
///
/// Both roots are taken for the same element, which keeps its name. Text is no part of a CIB and is not
/// compared. The patchset has no digest; [`Patchset::with_digest`] adds one.
pub fn diff(old: &Arc<Element>, new: &Arc<Element>, options: Options) -> Option<Patchset> {
    let mut walk = Walk {
        options,
        address: String::new(),
        deletions: Vec::new(),
        changes: Vec::new(),
    };
    push_step(&mut walk.address, new);
    walk.element(old, new);
    let mut changes = walk.deletions;
    changes.append(&mut walk.changes);
    (!changes.is_empty()).then(|| Patchset {
        versions: Some((target_version(old), target_version(new))),
        digest: None,
        changes,
    })
}

/// A version as patchsets state it: a missing counter counts as 1 there.
fn target_version(cib: &Element) -> Version {
    let counter = |name| cib.attr(name).map_or(1, |text| text.parse().unwrap_or(0));
    Version {
        admin_epoch: counter("admin_epoch"),
        epoch: counter("epoch"),
        num_updates: counter("num_updates"),
    }
}

/// Collects changes in the order of patchsets: deletions as the old tree is walked, the others as the new
/// one is, a move after the changes inside the element that moves.
struct Walk {
    options: Options,
    address: String,
    deletions: Vec<Change>,
    changes: Vec<Change>,
}

impl Walk {
    fn element(&mut self, old: &Arc<Element>, new: &Arc<Element>) {
        if Arc::ptr_eq(old, new) {
            return;
        }
        if let Some(edits) = attributes::edits(old, new, self.options.ignore_attribute_order) {
            let mut result = Element::new(new.name());
            result.copy_attrs(new);
            self.changes.push(Change::Modify {
                path: self.address.clone(),
                edits,
                result,
            });
        }
        self.children(old, new);
    }

    fn children(&mut self, old: &Element, new: &Element) {
        if let Some(changed) = children::changed_in_place(old, new) {
            for index in changed {
                let (old, new) = (&old.children()[index], &new.children()[index]);
                self.inside(new, |walk| walk.element(old, new));
            }
            return;
        }
        let (old, new) = (&old.nodes(), &new.nodes());
        let plan = children::plan(old, new);
        // Deletions come in the order of the old tree, other changes in that of the new one, so the two are
        // walked apart: a deletion below a child that stays is put back between its siblings' here.
        let mut below: Vec<Vec<Change>> = Vec::new();
        below.resize_with(old.len(), Vec::new);
        for (position, node) in new.iter().enumerate() {
            let Some(match_) = plan.matches[position] else {
                self.changes.push(Change::Create {
                    path: self.address.clone(),
                    position,
                    node: node.clone(),
                });
                continue;
            };
            let (Node::Element(before), Node::Element(child)) = (&old[match_.old], node) else {
                continue;
            };
            if match_.same && !match_.moved {
                continue;
            }
            self.inside(child, |walk| {
                let outer = std::mem::take(&mut walk.deletions);
                if !match_.same {
                    walk.element(before, child);
                }
                below[match_.old] = std::mem::replace(&mut walk.deletions, outer);
                if match_.moved {
                    walk.changes.push(Change::Move {
                        path: walk.address.clone(),
                        position,
                    });
                }
            });
        }
        let mut gone = 0;
        for (index, node) in old.iter().enumerate() {
            if plan.deleted[index] {
                self.deletion(node, index - gone);
                gone += 1;
            }
            self.deletions.append(&mut below[index]);
        }
    }

    /// `position`: where the node is when those before it that go as well are gone.
    fn deletion(&mut self, node: &Node, position: usize) {
        match node {
            Node::Element(child) => self.inside(child, |walk| {
                walk.deletions.push(Change::Delete {
                    path: walk.address.clone(),
                });
            }),
            Node::Comment(_) => self.deletions.push(Change::DeleteComment {
                path: self.address.clone(),
                position,
            }),
        }
    }

    fn inside(&mut self, child: &Element, work: impl FnOnce(&mut Self)) {
        let outer = self.address.len();
        push_step(&mut self.address, child);
        work(self);
        self.address.truncate(outer);
    }
}
