//! A row that is being folded into, and for which other rows the same would happen.
//!
//! Along every simple path of colocations something is added, so there can be exponentially many additions. But what
//! the paths behind one resource do to a row is the same each time, as long as every comparison on the way comes out
//! the same. A followed row knows in which range each cell could have been for that: an [`Effect`].

/// The node is not in the table.
pub(super) const ABSENT: i32 = i32::MIN;
/// Fell below zero from a positive score where that must not be: counts as unusable, and becomes one in the end.
pub(super) const SUNK: i32 = -100 * INFINITY;
pub(super) const INFINITY: i32 = 1_000_000;

/// Raw scores by node.
#[derive(Debug, Default)]
pub(super) struct FoldRow {
    cells: Vec<i32>,
    followed: Option<Effect>,
}

/// What happened to each cell of a row.
pub(super) type Effect = Vec<Piece>;

/// What happens to a cell that is in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    from: i32,
    to: i32,
    then: Then,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Add(i32),
    Become(i32),
}

impl Then {
    fn of(self, cell: i32) -> i32 {
        match self {
            Then::Add(delta) => cell + delta,
            Then::Become(score) => score,
        }
    }
}

impl Piece {
    /// Nothing happens, whatever the score.
    fn nothing(cell: i32) -> Piece {
        let (from, to) = match cell {
            ABSENT | SUNK => (cell, cell),
            _ => (-INFINITY, INFINITY),
        };
        Piece {
            from,
            to,
            then: Then::Add(0),
        }
    }

    /// This, then the next one.
    fn then(self, next: Piece) -> Piece {
        let mut piece = self;
        if let Then::Add(delta) = self.then {
            piece.from = piece.from.max(next.from.saturating_sub(delta));
            piece.to = piece.to.min(next.to.saturating_sub(delta));
        }
        piece.then = match (self.then, next.then) {
            (Then::Add(first), Then::Add(second)) => Then::Add(first + second),
            (Then::Become(score), next) => Then::Become(next.of(score)),
            (Then::Add(_), Then::Become(score)) => Then::Become(score),
        };
        piece
    }
}

impl Clone for FoldRow {
    fn clone(&self) -> FoldRow {
        FoldRow {
            cells: self.cells.clone(),
            followed: self.followed.clone(),
        }
    }

    fn clone_from(&mut self, other: &FoldRow) {
        self.cells.clone_from(&other.cells);
        self.followed.clone_from(&other.followed);
    }
}

impl FoldRow {
    pub fn new(cells: Vec<i32>) -> FoldRow {
        FoldRow {
            cells,
            followed: None,
        }
    }

    pub fn cells(&self) -> &[i32] {
        &self.cells
    }

    pub fn into_cells(self) -> Vec<i32> {
        self.cells
    }

    /// Whether it is known what happened to its cells.
    pub fn is_followed(&self) -> bool {
        self.followed.is_some()
    }

    /// The cells, to be changed, if what happens to them need not be known.
    pub fn cells_mut(&mut self) -> Option<&mut [i32]> {
        self.followed.is_none().then_some(&mut *self.cells)
    }

    /// Follows what happens from here on. Gives back what was followed until now, for [`FoldRow::end`].
    pub fn begin(&mut self) -> Option<Effect> {
        let nothing = self.cells.iter().map(|&cell| Piece::nothing(cell));
        self.followed.replace(nothing.collect())
    }

    /// What happened since [`FoldRow::begin`]; goes on following what was followed before.
    pub fn end(&mut self, before: Option<Effect>) -> Effect {
        let effect = std::mem::replace(&mut self.followed, before).unwrap_or_default();
        self.note(&effect);
        effect
    }

    /// Whether the effect is what would happen to this row.
    pub fn fits(&self, effect: &Effect) -> bool {
        let mut cells = self.cells.iter().zip(effect);
        cells.all(|(cell, piece)| (piece.from..=piece.to).contains(cell))
    }

    /// Lets the effect happen.
    pub fn apply(&mut self, effect: &Effect) {
        for (cell, piece) in self.cells.iter_mut().zip(effect) {
            *cell = piece.then.of(*cell);
        }
        self.note(effect);
    }

    fn note(&mut self, effect: &Effect) {
        for (piece, next) in self.followed.iter_mut().flatten().zip(effect) {
            *piece = piece.then(*next);
        }
    }

    /// What was decided about an attempt that is given up was decided about this row.
    pub fn give_up(&mut self, attempt: &FoldRow) {
        let attempted = attempt.followed.iter().flatten();
        for (piece, attempted) in self.followed.iter_mut().flatten().zip(attempted) {
            (piece.from, piece.to) = (attempted.from, attempted.to);
        }
    }

    /// Whether a cell is below a limit.
    #[inline]
    pub fn below(&mut self, at: usize, limit: i32) -> bool {
        let below = self.cells[at] < limit;
        if let Some(piece) = self.followed.as_mut().map(|pieces| &mut pieces[at]) {
            if let Then::Add(delta) = piece.then {
                let limit = limit - delta;
                if below {
                    piece.to = piece.to.min(limit - 1);
                } else {
                    piece.from = piece.from.max(limit);
                }
            }
        }
        below
    }

    /// Adds to a cell that has a score, as scores are added.
    pub fn add(&mut self, at: usize, delta: i32) {
        if delta <= -INFINITY || self.below(at, 1 - INFINITY) {
            self.set(at, -INFINITY);
        } else if delta >= INFINITY
            || !self.below(at, INFINITY)
            || !self.below(at, INFINITY - delta)
        {
            self.set(at, INFINITY);
        } else if self.below(at, 1 - INFINITY - delta) {
            self.set(at, -INFINITY);
        } else {
            self.cells[at] += delta;
            if let Some(pieces) = &mut self.followed {
                pieces[at].then = match pieces[at].then {
                    Then::Add(before) => Then::Add(before + delta),
                    Then::Become(score) => Then::Become(score + delta),
                };
            }
        }
    }

    /// As [`FoldRow::add`], but a positive score sinks instead of becoming negative, and zero stays.
    pub fn add_above_zero(&mut self, at: usize, delta: i32) {
        let falls = match delta {
            _ if delta <= -INFINITY => true,
            _ if delta >= INFINITY => self.below(at, 1 - INFINITY),
            _ => self.below(at, -delta),
        };
        if !falls || self.below(at, 0) {
            self.add(at, delta);
        } else if !self.below(at, 1) {
            self.set(at, SUNK);
        }
    }

    /// Those that sank come up.
    pub fn raise(&mut self) {
        for at in 0..self.cells.len() {
            if self.cells[at] == SUNK {
                self.set(at, 1);
            }
        }
    }

    fn set(&mut self, at: usize, score: i32) {
        self.cells[at] = score;
        if let Some(pieces) = &mut self.followed {
            pieces[at].then = Then::Become(score);
        }
    }
}

/// What becomes of a score (neither absent nor sunk) to which is added, without following it: [`FoldRow::add`], or
/// [`FoldRow::add_above_zero`] where scores stay nonnegative.
#[inline]
pub(super) fn plain_sum(cell: i32, delta: i32, nonnegative: bool) -> i32 {
    let sum = if cell <= -INFINITY || delta <= -INFINITY {
        -INFINITY
    } else if cell >= INFINITY || delta >= INFINITY {
        INFINITY
    } else {
        (cell + delta).clamp(-INFINITY, INFINITY)
    };
    match cell {
        0 if nonnegative && sum < 0 => 0,
        1.. if nonnegative && sum < 0 => SUNK,
        _ => sum,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pcmk_base::Score;
    use proptest::prelude::*;

    #[derive(Clone, Copy, Debug)]
    enum Op {
        Add(i32),
        AddAboveZero(i32),
        Test(i32),
        Raise,
    }

    fn op() -> impl Strategy<Value = Op> {
        let delta = || {
            prop_oneof![
                -30..30,
                Just(INFINITY),
                Just(-INFINITY),
                -INFINITY..INFINITY
            ]
        };
        prop_oneof![
            delta().prop_map(Op::Add),
            delta().prop_map(Op::AddAboveZero),
            (-30..30).prop_map(Op::Test),
            Just(Op::Raise),
        ]
    }

    fn cell() -> impl Strategy<Value = i32> {
        prop_oneof![
            -30..30,
            Just(ABSENT),
            Just(INFINITY),
            Just(-INFINITY),
            -INFINITY..INFINITY
        ]
    }

    /// One cell: additions leave out those that are absent or sunk, and what comes after a test depends on it.
    fn run(row: &mut FoldRow, ops: &[Op]) {
        let mut skip = false;
        for op in ops {
            let here = !matches!(row.cells()[0], ABSENT | SUNK);
            match *op {
                Op::Add(delta) if here && !skip => row.add(0, delta),
                Op::AddAboveZero(delta) if here && !skip => row.add_above_zero(0, delta),
                Op::Test(limit) if here => skip = row.below(0, limit),
                Op::Raise => row.raise(),
                _ => {}
            }
        }
    }

    proptest! {
        #[test]
        fn an_effect_is_what_happens_to_every_row_that_it_fits(
            cells in prop::collection::vec(cell(), 2), ops in prop::collection::vec(op(), 0..12),
            inner in prop::collection::vec(op(), 0..6)
        ) {
            let mut row = FoldRow::new(vec![cells[0]]);
            let outer = row.begin();
            run(&mut row, &ops);
            let before = row.begin();
            run(&mut row, &inner);
            row.end(before);
            let effect = row.end(outer);
            prop_assert!(FoldRow::new(vec![cells[0]]).fits(&effect));
            for other in cells.iter().flat_map(|&cell| [cell, cells[0].saturating_add(1), cells[0].saturating_sub(1)]) {
                let other = other.clamp(ABSENT, INFINITY);
                let mut quick = FoldRow::new(vec![other]);
                if quick.fits(&effect) {
                    quick.apply(&effect);
                    let mut slow = FoldRow::new(vec![other]);
                    run(&mut slow, &ops);
                    run(&mut slow, &inner);
                    prop_assert_eq!(quick.cells(), slow.cells());
                }
            }
        }

        #[test]
        fn additions_are_those_of_scores(cell in -INFINITY..=INFINITY, delta in -INFINITY..=INFINITY) {
            let sum = (Score::new(i64::from(cell)) + Score::new(i64::from(delta))).value();
            let mut row = FoldRow::new(vec![cell]);
            row.add(0, delta);
            prop_assert_eq!(row.cells(), [sum]);
            prop_assert_eq!(plain_sum(cell, delta, false), sum);
            let mut row = FoldRow::new(vec![cell]);
            row.add_above_zero(0, delta);
            let expected = match cell {
                _ if sum >= 0 || cell < 0 => sum,
                0 => 0,
                _ => SUNK,
            };
            prop_assert_eq!(row.cells(), [expected]);
            prop_assert_eq!(plain_sum(cell, delta, true), expected);
        }
    }
}
