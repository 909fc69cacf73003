//! Typed ids, and the vector and set that are indexed by them.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A small dense index of one kind of thing. Made by [`define_id!`](crate::define_id).
pub trait Id: Copy + Eq + Ord + fmt::Debug {
    /// The id with this position.
    fn from_index(index: usize) -> Self;
    /// The position this id stands for.
    fn index(self) -> usize;
}

/// Defines a typed id: a `u32` that only indexes collections of its own kind.
///
/// An `Option` of it is as large as the id itself.
#[macro_export]
macro_rules! define_id {
    ($(#[$meta:meta])* $vis:vis struct $name:ident;) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis struct $name(::std::num::NonZeroU32);

        impl $crate::Id for $name {
            #[inline]
            fn from_index(index: usize) -> Self {
                let number = u32::try_from(index).ok().and_then(|i| i.checked_add(1));
                $name(number.and_then(::std::num::NonZeroU32::new).expect("id space of 2^32 - 1"))
            }
            #[inline]
            fn index(self) -> usize {
                self.0.get() as usize - 1
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), $crate::Id::index(*self))
            }
        }
    };
}

/// A vector indexed by a typed id; pushing gives the id of the new element.
#[derive(Clone, PartialEq, Eq)]
pub struct IdVec<I, T> {
    items: Vec<T>,
    kind: PhantomData<fn(I)>,
}

impl<I: Id, T> IdVec<I, T> {
    /// An empty vector.
    pub const fn new() -> Self {
        IdVec {
            items: Vec::new(),
            kind: PhantomData,
        }
    }

    /// A vector of `len` copies of `value`.
    pub fn filled(value: T, len: usize) -> Self
    where
        T: Clone,
    {
        IdVec {
            items: vec![value; len],
            kind: PhantomData,
        }
    }

    /// Appends an element and returns its id.
    pub fn push(&mut self, value: T) -> I {
        let id = I::from_index(self.items.len());
        self.items.push(value);
        id
    }

    /// The id the next pushed element will get.
    pub fn next_id(&self) -> I {
        I::from_index(self.items.len())
    }

    /// Number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The element with this id, if it exists.
    #[inline]
    pub fn get(&self, id: I) -> Option<&T> {
        self.items.get(id.index())
    }

    /// All ids, in order of creation.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.items.len()).map(I::from_index)
    }

    /// All elements with their ids, in order of creation.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.items
            .iter()
            .enumerate()
            .map(|(i, t)| (I::from_index(i), t))
    }

    /// All elements with their ids, for changing, in order of creation.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (I, &mut T)> + ExactSizeIterator {
        self.items
            .iter_mut()
            .enumerate()
            .map(|(i, t)| (I::from_index(i), t))
    }

    /// All elements, in order of creation.
    pub fn values(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// Grows (with copies of `value`) or shrinks to `len` elements.
    pub fn resize(&mut self, len: usize, value: T)
    where
        T: Clone,
    {
        self.items.resize(len, value);
    }

    /// Drops all elements from this position on.
    pub fn truncate(&mut self, len: usize) {
        self.items.truncate(len);
    }

    /// Drops all elements and keeps the memory.
    pub fn clear(&mut self) {
        self.items.clear();
    }
}

impl<I: Id, T> Default for IdVec<I, T> {
    fn default() -> Self {
        IdVec::new()
    }
}

impl<I: Id, T> FromIterator<T> for IdVec<I, T> {
    fn from_iter<It: IntoIterator<Item = T>>(iter: It) -> Self {
        IdVec {
            items: iter.into_iter().collect(),
            kind: PhantomData,
        }
    }
}

impl<I: Id, T> Index<I> for IdVec<I, T> {
    type Output = T;
    #[inline]
    fn index(&self, id: I) -> &T {
        &self.items[id.index()]
    }
}

impl<I: Id, T> IndexMut<I> for IdVec<I, T> {
    #[inline]
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.items[id.index()]
    }
}

impl<I: Id, T: fmt::Debug> fmt::Debug for IdVec<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.items).finish()
    }
}

/// A set of ids as bits. Iteration is in id order.
#[derive(Clone, PartialEq, Eq)]
pub struct IdSet<I> {
    words: Vec<u64>,
    kind: PhantomData<fn(I)>,
}

impl<I: Id> IdSet<I> {
    /// An empty set.
    pub const fn new() -> Self {
        IdSet {
            words: Vec::new(),
            kind: PhantomData,
        }
    }

    /// Adds an id; true if it was not in the set.
    #[inline]
    pub fn insert(&mut self, id: I) -> bool {
        let (word, bit) = (id.index() / 64, 1u64 << (id.index() % 64));
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let added = self.words[word] & bit == 0;
        self.words[word] |= bit;
        added
    }

    /// Takes an id out; true if it was in the set.
    #[inline]
    pub fn remove(&mut self, id: I) -> bool {
        let (word, bit) = (id.index() / 64, 1u64 << (id.index() % 64));
        match self.words.get_mut(word) {
            Some(w) if *w & bit != 0 => {
                *w &= !bit;
                true
            }
            _ => false,
        }
    }

    /// Whether the id is in the set.
    #[inline]
    pub fn contains(&self, id: I) -> bool {
        self.words
            .get(id.index() / 64)
            .is_some_and(|w| w & (1u64 << (id.index() % 64)) != 0)
    }

    /// Number of ids in the set.
    #[inline]
    pub fn len(&self) -> usize {
        self.words.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// Whether no id is in the set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|w| *w == 0)
    }

    /// Adds all ids of another set.
    pub fn extend_from(&mut self, other: &IdSet<I>) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    /// Takes all ids of another set out.
    pub fn remove_all(&mut self, other: &IdSet<I>) {
        for (word, less) in self.words.iter_mut().zip(&other.words) {
            *word &= !less;
        }
    }

    /// Whether no id is in both sets.
    pub fn is_disjoint(&self, other: &IdSet<I>) -> bool {
        let mut words = self.words.iter().zip(&other.words);
        words.all(|(a, b)| a & b == 0)
    }

    /// Whether every id of this set is in the other.
    pub fn is_subset(&self, other: &IdSet<I>) -> bool {
        let others = other.words.iter().copied().chain(std::iter::repeat(0));
        self.words.iter().zip(others).all(|(a, b)| a & !b == 0)
    }

    /// Empties the set and keeps the memory.
    pub fn clear(&mut self) {
        self.words.clear();
    }

    /// The ids in the set, in id order.
    pub fn iter(&self) -> impl Iterator<Item = I> + '_ {
        self.words.iter().enumerate().flat_map(|(w, &bits)| {
            (0..64)
                .filter(move |b| bits & (1u64 << b) != 0)
                .map(move |b| I::from_index(w * 64 + b))
        })
    }
}

impl<I: Id> Default for IdSet<I> {
    fn default() -> Self {
        IdSet::new()
    }
}

impl<I: Id> FromIterator<I> for IdSet<I> {
    fn from_iter<It: IntoIterator<Item = I>>(iter: It) -> Self {
        let mut set = IdSet::new();
        for id in iter {
            set.insert(id);
        }
        set
    }
}

impl<I: Id> fmt::Debug for IdSet<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    define_id! {
        /// For these tests.
        struct TestId;
    }

    #[test]
    fn option_of_id_is_as_small_as_the_id() {
        assert_eq!(size_of::<Option<TestId>>(), size_of::<TestId>());
    }

    #[test]
    fn vector_gives_ids_in_order() {
        let mut v: IdVec<TestId, &str> = IdVec::new();
        let a = v.push("a");
        let b = v.push("b");
        assert!(a < b);
        assert_eq!((v[a], v[b]), ("a", "b"));
        assert_eq!(v.ids().collect::<Vec<_>>(), [a, b]);
    }

    proptest! {
        #[test]
        fn set_agrees_with_a_tree_set(ops in prop::collection::vec((any::<bool>(), 0usize..200), 0..100)) {
            let mut bits: IdSet<TestId> = IdSet::new();
            let mut tree = BTreeSet::new();
            for (add, index) in ops {
                let id = TestId::from_index(index);
                if add {
                    prop_assert_eq!(bits.insert(id), tree.insert(id));
                } else {
                    prop_assert_eq!(bits.remove(id), tree.remove(&id));
                }
                prop_assert_eq!(bits.contains(id), tree.contains(&id));
            }
            let half: BTreeSet<_> = tree.iter().copied().filter(|id| id.index() < 100).collect();
            let other: IdSet<TestId> = half.iter().copied().chain([TestId::from_index(199)]).collect();
            prop_assert_eq!(other.is_subset(&bits), bits.contains(TestId::from_index(199)));
            prop_assert_eq!(bits.is_disjoint(&other), half.is_empty() && !other.is_subset(&bits));
            let mut less = bits.clone();
            less.remove_all(&other);
            prop_assert!(less.is_disjoint(&other) && less.is_subset(&bits));
            less.extend_from(&other);
            prop_assert!(bits.is_subset(&less) && other.is_subset(&less));
            prop_assert_eq!(bits.len(), tree.len());
            prop_assert_eq!(bits.is_empty(), tree.is_empty());
            prop_assert_eq!(bits.iter().collect::<Vec<_>>(), tree.into_iter().collect::<Vec<_>>());
        }
    }
}
