//! Positions in a tree, and edits that copy only the way to them.

use std::sync::Arc;

use crate::{Element, Identity};

/// Where an element is: the child index at each level below the root. The root is the empty path.
pub type Path = [usize];

/// The element at a path.
pub fn get_at<'a>(root: &'a Arc<Element>, path: &Path) -> Option<&'a Arc<Element>> {
    path.iter()
        .try_fold(root, |element, index| element.children().get(*index))
}

/// The path of the first element, in document order, for which `wanted` holds.
pub fn find_path(root: &Element, mut wanted: impl FnMut(&Element) -> bool) -> Option<Vec<usize>> {
    fn search(
        element: &Element,
        wanted: &mut dyn FnMut(&Element) -> bool,
        path: &mut Vec<usize>,
    ) -> bool {
        if wanted(element) {
            return true;
        }
        for (index, child) in element.children().iter().enumerate() {
            path.push(index);
            if search(child, wanted, path) {
                return true;
            }
            path.pop();
        }
        false
    }
    let mut path = Vec::new();
    search(root, &mut wanted, &mut path).then_some(path)
}

/// The path of the first element, in document order, with that name and id. Parts that can't hold it are not searched.
pub fn find_called(root: &Element, wanted: Identity<'_>) -> Option<Vec<usize>> {
    fn search(element: &Element, wanted: Identity<'_>, path: &mut Vec<usize>) -> bool {
        for (index, child) in element.children().iter().enumerate() {
            path.push(index);
            if wanted.fits(child) || (wanted.may_be_below(child) && search(child, wanted, path)) {
                return true;
            }
            path.pop();
        }
        false
    }
    let mut path = Vec::new();
    (wanted.fits(root) || search(root, wanted, &mut path)).then_some(path)
}

/// Edits the element at a path. Only the elements on the way are copied, and only those that somebody
/// else holds too. Returns what `edit` returned, or `None` if there is no such element.
pub fn edit_at<R>(
    root: &mut Arc<Element>,
    path: &Path,
    edit: impl FnOnce(&mut Element) -> R,
) -> Option<R> {
    get_at(root, path)?;
    let element = path.iter().fold(Arc::make_mut(root), |element, index| {
        Arc::make_mut(&mut element.children_mut()[*index])
    });
    Some(edit(element))
}

/// The tree with the element at a path replaced, or `None` if there is no such element.
pub fn replace_at(
    root: &Arc<Element>,
    path: &Path,
    new: impl Into<Arc<Element>>,
) -> Option<Arc<Element>> {
    let Some((last, parent)) = path.split_last() else {
        return Some(new.into());
    };
    get_at(root, path)?;
    let mut root = Arc::clone(root);
    edit_at(&mut root, parent, |element| {
        element.children_mut()[*last] = new.into()
    })?;
    Some(root)
}

/// The tree with a child inserted below the element at a path, or `None` if there is no such element.
/// A position beyond the end appends.
pub fn insert_at(
    root: &Arc<Element>,
    parent: &Path,
    index: usize,
    child: impl Into<Arc<Element>>,
) -> Option<Arc<Element>> {
    let mut root = Arc::clone(root);
    edit_at(&mut root, parent, |element| {
        element.insert_child(index, child)
    })?;
    Some(root)
}

/// The tree without the element at a path, or `None` if there is no such element or it is the root.
pub fn remove_at(root: &Arc<Element>, path: &Path) -> Option<Arc<Element>> {
    let (last, parent) = path.split_last()?;
    get_at(root, path)?;
    let mut root = Arc::clone(root);
    edit_at(&mut root, parent, |element| element.remove_child(*last))?;
    Some(root)
}
