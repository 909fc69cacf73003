//! Small changes of a tree, each given by a few numbers, so that what fails can be made smaller number by number.

use crate::words::{ATTRIBUTES, ELEMENTS, NAMES, VALUES};
use pcmk_xml::{Element, Path, edit_at, get_at};
use proptest::prelude::*;
use std::sync::Arc;

/// Elements beyond which nothing is copied any more.
const MOST_ELEMENTS: usize = 1_500;

/// One change. Numbers are taken modulo what there is to choose from.
#[derive(Clone, Copy, Debug)]
pub struct Mutation {
    /// What is done.
    pub kind: Kind,
    /// To which element, in document order.
    pub at: u16,
    /// To which attribute, or with which other element.
    pub which: u16,
    /// With which word.
    pub word: u16,
}

/// What a mutation does.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// An attribute gets a word.
    Word,
    /// An attribute gets the value that some attribute of the document has.
    Known,
    /// An attribute is added, with a word or a value of the document.
    Add,
    /// An attribute goes.
    Drop,
    /// An element goes.
    Remove,
    /// An element comes twice.
    Repeat,
    /// An element is copied into another one, which may be inside it.
    CopyInto,
    /// An element changes places with the one after it.
    Swap,
    /// An element gets another name.
    Rename,
    /// A name/value pair is added.
    Pair,
}

const KINDS: [Kind; 14] = [
    Kind::Word,
    Kind::Word,
    Kind::Word,
    Kind::Known,
    Kind::Known,
    Kind::Add,
    Kind::Drop,
    Kind::Remove,
    Kind::Repeat,
    Kind::CopyInto,
    Kind::Swap,
    Kind::Rename,
    Kind::Pair,
    Kind::Pair,
];

/// Up to `most` mutations.
pub fn mutations(most: usize) -> impl Strategy<Value = Vec<Mutation>> {
    let numbers = (prop::sample::select(&KINDS[..]), any::<(u16, u16, u16)>());
    let one = numbers.prop_map(|(kind, (at, which, word))| Mutation {
        kind,
        at,
        which,
        word,
    });
    prop::collection::vec(one, 0..=most)
}

/// The tree after all mutations, in order.
pub fn mutated(root: &Arc<Element>, mutations: &[Mutation]) -> Arc<Element> {
    let mut tree = Arc::clone(root);
    for mutation in mutations {
        mutate(&mut tree, *mutation);
    }
    tree
}

fn mutate(tree: &mut Arc<Element>, mutation: Mutation) {
    let Mutation {
        kind,
        at,
        which,
        word,
    } = mutation;
    let paths = paths(tree);
    let path: &Path = &paths[usize::from(at) % paths.len()];
    let full = paths.len() > MOST_ELEMENTS;
    match kind {
        Kind::Word => change(tree, path, which, pick(VALUES, word)),
        Kind::Known => {
            let value = known_value(tree, word);
            change(tree, path, which, &value);
        }
        Kind::Add => {
            let value = match word % 2 {
                0 => pick(VALUES, word / 2).to_owned(),
                _ => known_value(tree, word / 2),
            };
            edit_at(tree, path, |element| {
                element.set_attr(pick(ATTRIBUTES, which), value);
            });
        }
        Kind::Drop => {
            edit_at(tree, path, |element| {
                if let Some(name) = attribute_name(element, which) {
                    element.remove_attr(&name);
                }
            });
        }
        Kind::Remove => {
            if let Some((last, parent)) = path.split_last() {
                edit_at(tree, parent, |parent| parent.remove_child(*last));
            }
        }
        Kind::Repeat if !full => {
            if let (Some((last, parent)), Some(element)) = (path.split_last(), get_at(tree, path)) {
                let element = Arc::clone(element);
                edit_at(tree, parent, |parent| parent.insert_child(*last, element));
            }
        }
        Kind::CopyInto if !full => {
            if let Some(element) = get_at(tree, path).map(Arc::clone) {
                let into = &paths[usize::from(which) % paths.len()];
                edit_at(tree, into, |other| {
                    let place = usize::from(word) % (other.children().len() + 1);
                    other.insert_child(place, element);
                });
            }
        }
        Kind::Repeat | Kind::CopyInto => {}
        Kind::Swap => {
            if let Some((&last, parent)) = path.split_last() {
                edit_at(tree, parent, |parent| {
                    let children = parent.children_mut();
                    let other = (last + 1) % children.len();
                    children.swap(last, other);
                });
            }
        }
        Kind::Rename => rename(tree, path, pick(ELEMENTS, word)),
        Kind::Pair => {
            let pair = Element::new("nvpair")
                .with_attr("id", format!("pair-{at}-{which}-{word}"))
                .with_attr("name", pick(NAMES, which))
                .with_attr("value", pick(VALUES, word));
            edit_at(tree, path, |element| element.insert_child(0, pair));
        }
    }
}

fn pick<'w>(words: &[&'w str], number: u16) -> &'w str {
    words[usize::from(number) % words.len()]
}

fn paths(root: &Element) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new()];
    collect(root, &mut Vec::new(), &mut found);
    found
}

fn collect(element: &Element, path: &mut Vec<usize>, found: &mut Vec<Vec<usize>>) {
    for (index, child) in element.children().iter().enumerate() {
        path.push(index);
        found.push(path.clone());
        collect(child, path, found);
        path.pop();
    }
}

fn attribute_name(element: &Element, which: u16) -> Option<String> {
    let count = element.attrs().len().max(1);
    let mut names = element.attrs().map(|(name, _)| name.to_owned());
    names.nth(usize::from(which) % count)
}

fn change(tree: &mut Arc<Element>, path: &Path, which: u16, value: &str) {
    edit_at(tree, path, |element| {
        if let Some(name) = attribute_name(element, which) {
            element.set_attr(name, value);
        }
    });
}

fn known_value(tree: &Element, word: u16) -> String {
    let all = std::iter::once(tree).chain(tree.descendants().map(AsRef::as_ref));
    let values: Vec<&str> = all
        .flat_map(|e| e.attrs().map(|(_, value)| value))
        .collect();
    match values.is_empty() {
        true => String::new(),
        false => pick(&values, word).to_owned(),
    }
}

fn rename(tree: &mut Arc<Element>, path: &Path, name: &str) {
    edit_at(tree, path, |element| {
        let mut renamed = Element::new(name);
        renamed.copy_attrs(element);
        *element = renamed.with_children(element.children().iter().cloned());
    });
}

/// Damage to a text, as bytes.
#[derive(Clone, Copy, Debug)]
pub struct Damage {
    /// What: cut out, put in, change a bit, or copy from elsewhere.
    pub kind: u8,
    /// Where.
    pub at: u16,
    /// How many bytes, or from where.
    pub with: u16,
}

/// Up to `most` damages.
pub fn damages(most: usize) -> impl Strategy<Value = Vec<Damage>> {
    let one = any::<(u8, u16, u16)>().prop_map(|(kind, at, with)| Damage { kind, at, with });
    prop::collection::vec(one, 0..=most)
}

/// The text after all damages. Pieces that are put in come from `pieces`.
pub fn damaged(text: &[u8], damages: &[Damage], pieces: &[&str]) -> Vec<u8> {
    let mut bytes = text.to_vec();
    for damage in damages {
        let (at, with) = (
            usize::from(damage.at) % (bytes.len() + 1),
            usize::from(damage.with),
        );
        match damage.kind % 5 {
            0 => {
                let end = (at + 1 + with % 16).min(bytes.len());
                bytes.drain(at..end);
            }
            1 => {
                let piece = pieces[with % pieces.len()].bytes();
                bytes.splice(at..at, piece);
            }
            2 if at < bytes.len() => bytes[at] ^= 1 << (with % 8),
            3 => {
                let from = with % (bytes.len() + 1);
                let copied = bytes[from..(from + 24).min(bytes.len())].to_vec();
                bytes.splice(at..at, copied);
            }
            _ => bytes.truncate(bytes.len() - with % 4 * bytes.len() / 16),
        }
    }
    bytes
}
