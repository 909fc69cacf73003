//! A set that is emptied often.

use crate::Id;
use std::marker::PhantomData;

/// A set of ids that is emptied at no cost, however many ids there are; it takes more memory than an
/// [`IdSet`](crate::IdSet).
#[derive(Clone, Debug)]
pub struct Marks<I> {
    round: u32,
    /// The round in which each id was added last.
    rounds: Vec<u32>,
    kind: PhantomData<fn(I)>,
}

impl<I: Id> Marks<I> {
    /// Adds an id; true if it was not in the set.
    #[inline]
    pub fn insert(&mut self, id: I) -> bool {
        if id.index() >= self.rounds.len() {
            self.rounds.resize(id.index() + 1, 0);
        }
        let known = std::mem::replace(&mut self.rounds[id.index()], self.round);
        known != self.round
    }

    /// Empties the set.
    pub fn clear(&mut self) {
        match self.round.checked_add(1) {
            Some(next) => self.round = next,
            None => *self = Marks::default(),
        }
    }
}

impl<I> Default for Marks<I> {
    fn default() -> Self {
        Marks {
            round: 1,
            rounds: Vec::new(),
            kind: PhantomData,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::define_id! {
        /// For these tests.
        struct TestId;
    }

    #[test]
    fn what_was_added_before_it_was_emptied_is_not_in_it() {
        let (one, five) = (TestId::from_index(1), TestId::from_index(5));
        let mut marks = Marks::default();
        assert!(marks.insert(five) && marks.insert(one));
        assert!(!marks.insert(five));
        marks.clear();
        assert!(marks.insert(five));
        marks.round = u32::MAX;
        assert!(marks.insert(one));
        marks.clear();
        assert!(marks.insert(one) && !marks.insert(one));
    }
}
