//! Patchsets, format 2: a change as a document, made on one node and applied on others.

mod apply;
mod xml;

use pcmk_xml::{Element, Node};

use crate::digest;
use crate::version::Version;

/// What has to be done to one tree to get another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patchset {
    /// The versions of the tree that it fits, and of the result. Patchsets of anything but CIBs have none.
    pub versions: Option<(Version, Version)>,
    /// The digest of the result.
    pub digest: Option<String>,
    /// The changes. Deletions and modifications are made in this order; children are created and moved
    /// afterwards, by position.
    pub changes: Vec<Change>,
}

/// One change. A path names elements by name and id from the root on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An element goes, with everything in it.
    Delete {
        /// The element.
        path: String,
    },
    /// An element gets other attributes.
    Modify {
        /// The element.
        path: String,
        /// What changes, for readers.
        edits: Vec<AttrEdit>,
        /// The element with its attributes afterwards, without children.
        result: Element,
    },
    /// A comment goes.
    DeleteComment {
        /// The element that it is in.
        path: String,
        /// Its index among the nodes there when it goes.
        position: usize,
    },
    /// A child or comment comes.
    Create {
        /// The parent.
        path: String,
        /// Its index among the nodes afterwards.
        position: usize,
        /// The child with everything in it, or the comment.
        node: Node,
    },
    /// An element changes its place among its siblings.
    Move {
        /// The element.
        path: String,
        /// Its index among them afterwards.
        position: usize,
    },
}

/// The change of one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttrEdit {
    /// The attribute has a new value (or only a new place).
    Set {
        /// Its name.
        name: Box<str>,
        /// Its value afterwards.
        value: Box<str>,
    },
    /// The attribute is gone.
    Unset {
        /// Its name.
        name: Box<str>,
    },
}

impl Patchset {
    /// The patchset with the digest of its result.
    pub fn with_digest(mut self, result: &Element) -> Self {
        self.digest = Some(digest::of_tree(result));
        self
    }
}
