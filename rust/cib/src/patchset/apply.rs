//! Patchsets carried out.

use std::collections::BTreeMap;
use std::sync::Arc;

use pcmk_xml::{Element, Node, edit_at};

use super::{Change, Patchset};
use crate::address::{locate, steps};
use crate::digest;
use crate::error::{Error, Kind};
use crate::tree::MAX_DEPTH;
use crate::version::{FIELDS, Version};

impl Patchset {
    /// The tree that the patchset makes of a CIB. Versions have to fit, and the digest of the result is
    /// compared if the patchset has one.
    ///
    /// # Errors
    /// [`Kind::OldData`] if the CIB is newer than what the patchset is for, or the patchset leads to no newer
    /// version; [`Kind::DiffFailed`] if the CIB is older, if an element is missing, or if the result is not
    /// the one meant.
    pub fn apply(&self, cib: &Arc<Element>) -> Result<Arc<Element>, Error> {
        self.check_versions(Version::of(cib))?;
        self.apply_anyway(cib)
    }

    /// Like [`Patchset::apply`], whatever the versions.
    ///
    /// # Errors
    /// [`Kind::DiffFailed`] as there.
    pub fn apply_anyway(&self, cib: &Arc<Element>) -> Result<Arc<Element>, Error> {
        let mut tree = Arc::clone(cib);
        let mut waiting = Vec::new();
        for change in &self.changes {
            match change {
                Change::Delete { path } => delete(&mut tree, path)?,
                Change::DeleteComment { path, position } => {
                    delete_comment(&mut tree, path, *position)?
                }
                Change::Modify { path, result, .. } => modify(&mut tree, path, result)?,
                Change::Create { .. } | Change::Move { .. } => waiting.push(change),
            }
        }
        place_children(&mut tree, &waiting)?;
        match &self.digest {
            Some(expected) if !expected.eq_ignore_ascii_case(&digest::of_tree(&tree)) => Err(
                failed("the result does not have the digest of the patchset"),
            ),
            _ => Ok(tree),
        }
    }

    /// Each counter in turn has to be the one the patchset is for; the result has to be newer.
    fn check_versions(&self, current: Version) -> Result<(), Error> {
        let Some((source, target)) = self.versions else {
            return Ok(());
        };
        for ((name, have), wanted) in FIELDS.iter().zip(current.fields()).zip(source.fields()) {
            if have != wanted {
                let kind = if have < wanted {
                    Kind::DiffFailed
                } else {
                    Kind::OldData
                };
                let detail = format!(
                    "{name} of {current} is not that of {source}, which the patchset is for"
                );
                return Err(Error::new(kind, detail));
            }
        }
        if target <= source {
            let detail = format!("the patchset leads from {source} to {target}");
            return Err(Error::new(Kind::OldData, detail));
        }
        Ok(())
    }
}

fn failed(detail: impl Into<String>) -> Error {
    Error::new(Kind::DiffFailed, detail)
}

fn find(tree: &Arc<Element>, path: &str) -> Result<Option<Vec<usize>>, Error> {
    let steps = steps(path).ok_or_else(|| failed(format!("'{path}' is no path")))?;
    Ok(locate(tree, &steps))
}

fn find_needed(tree: &Arc<Element>, path: &str) -> Result<Vec<usize>, Error> {
    find(tree, path)?.ok_or_else(|| failed(format!("there is no {path}")))
}

/// An element that is gone already is no failure.
fn delete(tree: &mut Arc<Element>, path: &str) -> Result<(), Error> {
    let Some(found) = find(tree, path)? else {
        return Ok(());
    };
    let Some((index, parent)) = found.split_last() else {
        return Err(failed("the root cannot be deleted"));
    };
    edit_at(tree, parent, |parent| parent.remove_child(*index));
    Ok(())
}

/// As with elements, none there is no failure.
fn delete_comment(tree: &mut Arc<Element>, parent: &str, position: usize) -> Result<(), Error> {
    let Some(found) = find(tree, parent)? else {
        return Ok(());
    };
    edit_at(tree, &found, |parent| {
        let mut nodes = parent.nodes();
        if matches!(nodes.get(position), Some(Node::Comment(_))) {
            nodes.remove(position);
            parent.set_nodes(nodes);
        }
    });
    Ok(())
}

fn modify(tree: &mut Arc<Element>, path: &str, result: &Element) -> Result<(), Error> {
    let found = find_needed(tree, path)?;
    let same = edit_at(tree, &found, |element| {
        element.copy_attrs(result);
        element.name() == result.name()
    });
    match same {
        Some(true) => Ok(()),
        _ => Err(failed(format!("{path} is not '{}'", result.name()))),
    }
}

/// A node that is to get a place among its siblings.
enum Placed<'a> {
    New(&'a Node),
    /// The child of that index.
    Moved(usize),
}

/// Creates and moves nodes. Elements are found as they are now, before any of them changes its place;
/// then the nodes of each parent are put together anew, those of inner parents first.
fn place_children(tree: &mut Arc<Element>, changes: &[&Change]) -> Result<(), Error> {
    let mut by_parent: BTreeMap<Vec<usize>, Vec<(usize, Placed<'_>)>> = BTreeMap::new();
    for change in changes {
        match change {
            Change::Create {
                path,
                position,
                node,
            } => {
                let parent = find_needed(tree, path)?;
                if let Node::Element(element) = node
                    && parent.len() + 1 + element.depth() > MAX_DEPTH
                {
                    return Err(failed("elements would be nested too deep"));
                }
                by_parent
                    .entry(parent)
                    .or_default()
                    .push((*position, Placed::New(node)));
            }
            Change::Move { path, position } => {
                let mut parent = find_needed(tree, path)?;
                let index = parent
                    .pop()
                    .ok_or_else(|| failed("the root cannot be moved"))?;
                by_parent
                    .entry(parent)
                    .or_default()
                    .push((*position, Placed::Moved(index)));
            }
            Change::Delete { .. } | Change::DeleteComment { .. } | Change::Modify { .. } => {}
        }
    }
    for (parent, placed) in by_parent.into_iter().rev() {
        edit_at(tree, &parent, |parent| place(parent, placed)).transpose()?;
    }
    Ok(())
}

/// Fills the places from the first on: what is to be there, else the next of the nodes that stay.
fn place(parent: &mut Element, mut placed: Vec<(usize, Placed<'_>)>) -> Result<(), Error> {
    placed.sort_by_key(|(position, _)| *position);
    let mut moving: BTreeMap<usize, Option<Node>> = placed
        .iter()
        .filter_map(|(_, placed)| match placed {
            Placed::Moved(index) => Some((*index, None)),
            Placed::New(_) => None,
        })
        .collect();
    let mut staying = Vec::new();
    let mut index = 0;
    for node in parent.nodes() {
        let is_child = matches!(node, Node::Element(_));
        match moving.get_mut(&index).filter(|_| is_child) {
            Some(moved) => *moved = Some(node),
            None => staying.push(node),
        }
        index += usize::from(is_child);
    }
    let mut staying = staying.into_iter();
    let mut nodes = Vec::new();
    for (position, placed) in placed {
        let missing = position.saturating_sub(nodes.len());
        nodes.extend(staying.by_ref().take(missing));
        let node = match placed {
            // A position beyond the end means the end, as for Pacemaker.
            Placed::New(node) => node.clone(),
            Placed::Moved(_) if nodes.len() < position => {
                return Err(failed(format!("there is no place {position} to move to")));
            }
            Placed::Moved(index) => moving
                .get_mut(&index)
                .and_then(Option::take)
                .ok_or_else(|| failed("an element is moved twice"))?,
        };
        nodes.push(node);
    }
    nodes.extend(staying);
    parent.set_nodes(nodes);
    Ok(())
}
