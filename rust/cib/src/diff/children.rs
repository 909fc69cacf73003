//! Which nodes of an element are the same as before, and which of them moved.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use pcmk_xml::{Element, Identity, Node};

/// A node of the new element that the old element has too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Match {
    /// Its index in the old element.
    pub old: usize,
    /// It is not where it would be if only the other changes were made.
    pub moved: bool,
    /// Nothing in it is known to have changed.
    pub same: bool,
}

/// What becomes of the nodes.
pub(super) struct Plan {
    /// For each new node, what it was, or `None` if it is to be created.
    pub matches: Vec<Option<Match>>,
    /// For each old node, whether it is to be deleted.
    pub deleted: Vec<bool>,
}

/// What makes two nodes the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    /// Name and id.
    Element(&'a str, Option<&'a str>),
    /// Place and text.
    Comment(usize, &'a str),
}

/// Pairs the nodes of an element before and after a change.
///
/// Addresses in a patchset mean the first child with a name and id. Where the old element has several such
/// children and one of them is touched, all are deleted and created anew, so that an address never means
/// the wrong one. A comment has no address to move it by, so it does not move.
pub(super) fn plan(old: &[Node], new: &[Node]) -> Plan {
    let mut pairs = pair(old, new);
    loop {
        let moved = moves(old.len(), &pairs);
        let touched = Touched::find(old, new, &pairs, &moved);
        let ambiguous = touched.ambiguous(old, new, &pairs, &moved);
        if ambiguous.is_empty() {
            let mut deleted = vec![true; old.len()];
            for index in pairs.iter().flatten() {
                deleted[*index] = false;
            }
            let matches = pairs
                .iter()
                .zip(moved)
                .map(|(pair, moved)| {
                    pair.map(|old| Match {
                        old,
                        moved,
                        same: touched.same[old],
                    })
                })
                .collect();
            return Plan { matches, deleted };
        }
        for (position, pair) in pairs.iter_mut().enumerate() {
            if ambiguous.contains(&key(position, &new[position])) {
                *pair = None;
            }
        }
    }
}

fn key(position: usize, node: &Node) -> Key<'_> {
    match node {
        Node::Element(element) => Key::Element(element.name(), element.id()),
        Node::Comment(text) => Key::Comment(position, text),
    }
}

fn are_shared(one: &Node, other: &Node) -> bool {
    match (one, other) {
        (Node::Element(one), Node::Element(other)) => Arc::ptr_eq(one, other),
        (Node::Comment(one), Node::Comment(other)) => one == other,
        _ => false,
    }
}

/// The places of the children that are not shared, if there are only few and each is what it was: the usual change,
/// for which nothing is made that grows with the number of children.
///
/// An address means the first child with a name and id, so none before a changed child may have its.
pub(super) fn changed_in_place(old: &Element, new: &Element) -> Option<Vec<usize>> {
    if old.children().len() != new.children().len() || old.comments() != new.comments() {
        return None;
    }
    let (old, new) = (old.children(), new.children());
    let changed: Vec<usize> = old
        .iter()
        .zip(new)
        .enumerate()
        .filter(|(_, (old, new))| !Arc::ptr_eq(old, new))
        .map(|(position, _)| position)
        .take(FEW + 1)
        .collect();
    let is_first = |&position: &usize| {
        let wanted = Identity::of(&new[position]);
        wanted.fits(&old[position]) && !old[..position].iter().any(|child| wanted.fits(child))
    };
    (changed.len() <= FEW && changed.iter().all(is_first)).then_some(changed)
}

/// For each new node the index of the old node that it is.
pub(crate) fn pair(old: &[Node], new: &[Node]) -> Vec<Option<usize>> {
    let mut pairs = vec![None; new.len()];
    let start = old
        .iter()
        .zip(new)
        .take_while(|(a, b)| are_shared(a, b) || key(0, a) == key(0, b))
        .count();
    let shared_end = old[start..]
        .iter()
        .rev()
        .zip(new[start..].iter().rev())
        .take_while(|(a, b)| matches!(a, Node::Element(_)) && are_shared(a, b))
        .count();
    for (position, pair) in pairs.iter_mut().enumerate().take(start) {
        *pair = Some(position);
    }
    for from_end in 1..=shared_end {
        pairs[new.len() - from_end] = Some(old.len() - from_end);
    }
    let mut unpaired: BTreeMap<Key<'_>, VecDeque<usize>> = BTreeMap::new();
    for (position, child) in new
        .iter()
        .enumerate()
        .take(new.len() - shared_end)
        .skip(start)
    {
        unpaired
            .entry(key(position, child))
            .or_default()
            .push_back(position);
    }
    for (index, child) in old
        .iter()
        .enumerate()
        .take(old.len() - shared_end)
        .skip(start)
    {
        if let Some(position) = unpaired
            .get_mut(&key(index, child))
            .and_then(VecDeque::pop_front)
        {
            pairs[position] = Some(index);
        }
    }
    pairs
}

/// Up to that many, looking at each child costs more than it saves.
const FEW: usize = 8;

/// The old nodes that do not just stay as they are.
struct Touched {
    /// Their indexes.
    indexes: Vec<usize>,
    /// For each old node its index in the new element.
    paired: Vec<Option<usize>>,
    /// For each old node whether nothing in it is known to have changed.
    same: Vec<bool>,
}

impl Touched {
    /// Children that are not shared are compared only where there are many of them, as when documents are compared
    /// that were read one by one: then most are alike, and to know so makes looking into them needless.
    fn find(old: &[Node], new: &[Node], pairs: &[Option<usize>], moved: &[bool]) -> Self {
        let mut paired = vec![None; old.len()];
        let mut same = vec![false; old.len()];
        for (position, index) in pairs.iter().enumerate() {
            if let Some(index) = index {
                paired[*index] = Some(position);
                same[*index] = are_shared(&old[*index], &new[position]);
            }
        }
        let touched = |same: &[bool]| -> Vec<usize> {
            let stays = |index: usize| same[index] && paired[index].is_some_and(|at| !moved[at]);
            (0..old.len()).filter(|index| !stays(*index)).collect()
        };
        let mut indexes = touched(&same);
        if indexes.len() > FEW {
            for index in indexes {
                if let Some(position) = paired[index] {
                    same[index] = old[index] == new[position];
                }
            }
            indexes = touched(&same);
        }
        Self {
            indexes,
            paired,
            same,
        }
    }

    /// What several old elements are named by where one of those is touched, and comments that would move.
    fn ambiguous<'a>(
        &self,
        old: &'a [Node],
        new: &[Node],
        pairs: &[Option<usize>],
        moved: &[bool],
    ) -> BTreeSet<Key<'a>> {
        let repeated = repeated_keys(old, &self.indexes);
        self.indexes
            .iter()
            .copied()
            .filter(|index| {
                let key = key(*index, &old[*index]);
                let is_named_alike = repeated.contains(&key);
                match self.paired[*index] {
                    Some(position) if matches!(key, Key::Comment(..)) => moved[position],
                    Some(position) => {
                        is_named_alike && (moved[position] || old[*index] != new[position])
                    }
                    // All of them deleted one after the other is no question of which.
                    None => {
                        is_named_alike
                            && pairs
                                .iter()
                                .flatten()
                                .any(|&other| self::key(other, &old[other]) == key)
                    }
                }
            })
            .map(|index| key(index, &old[index]))
            .collect()
    }
}

/// Of the keys of the touched nodes, those that more than one node has.
fn repeated_keys<'a>(old: &'a [Node], touched: &[usize]) -> BTreeSet<Key<'a>> {
    let keys = old.iter().enumerate().map(|(index, node)| key(index, node));
    if touched.len() <= FEW {
        let wanted: Vec<_> = touched
            .iter()
            .map(|&index| key(index, &old[index]))
            .collect();
        return wanted
            .into_iter()
            .filter(|wanted| keys.clone().filter(|key| key == wanted).nth(1).is_some())
            .collect();
    }
    let mut seen = BTreeSet::new();
    keys.filter(|key| !seen.insert(*key)).collect()
}

/// For each new node whether it has to be moved.
///
/// Which of several possible sets of moves is taken follows Pacemaker: children are compared by their places
/// among those that still count; one that comes earlier than it was stops counting in the old order, one
/// that comes later stops counting in the new one. What stays is in order: when a child stays, as many old ones
/// count before it as new ones, so one that was before it has fewer before it than come before it now.
fn moves(old_len: usize, pairs: &[Option<usize>]) -> Vec<bool> {
    if pairs.iter().flatten().is_sorted() {
        return vec![false; pairs.len()];
    }
    let mut counting = Counts::new(old_len);
    let mut kept = vec![false; old_len];
    for index in pairs.iter().flatten() {
        kept[*index] = true;
    }
    (0..old_len)
        .filter(|index| !kept[*index])
        .for_each(|index| counting.remove(index));
    let mut moved = vec![false; pairs.len()];
    let mut new_place = 0;
    for (position, index) in pairs.iter().enumerate() {
        let Some(index) = *index else { continue };
        let old_place = counting.before(index);
        moved[position] = old_place != new_place;
        if old_place > new_place {
            counting.remove(index);
        }
        if old_place >= new_place {
            new_place += 1;
        }
    }
    moved
}

/// How many of the places before one still count (a Fenwick tree).
struct Counts(Vec<i64>);

impl Counts {
    fn new(len: usize) -> Self {
        let mut tree = vec![0; len + 1];
        for index in 1..=len {
            tree[index] += 1;
            let parent = index + (index & index.wrapping_neg());
            if parent <= len {
                tree[parent] += tree[index];
            }
        }
        Self(tree)
    }

    fn before(&self, index: usize) -> i64 {
        let mut at = index;
        let mut sum = 0;
        while at > 0 {
            sum += self.0[at];
            at &= at - 1;
        }
        sum
    }

    fn remove(&mut self, index: usize) {
        let mut at = index + 1;
        while at < self.0.len() {
            self.0[at] -= 1;
            at += at & at.wrapping_neg();
        }
    }
}
