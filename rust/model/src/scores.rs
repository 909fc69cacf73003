//! Allowed nodes and their scores: one flat array of resource rows and node columns.

use crate::{Change, NodeId, ProbeMode, RscId, ScoreLog, ScorePart, Scored, Source, Withdrawal};
use pcmk_base::{Id, Score};

/// A score, or the mark that the node is not in the resource's table (absent is not zero).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell(i32);

impl Cell {
    /// The node is not in the table.
    pub const ABSENT: Cell = Cell(i32::MIN);

    /// A cell with a score.
    pub const fn of(score: Score) -> Cell {
        Cell(score.value())
    }

    /// The score, if the node is in the table.
    #[inline]
    pub const fn score(self) -> Option<Score> {
        if self.0 == i32::MIN {
            None
        } else {
            Some(Score::new(self.0 as i64))
        }
    }

    /// The score as a number, or another number if the node is not in the table.
    #[inline]
    pub const fn value_or(self, absent: i32) -> i32 {
        if self.is_present() { self.0 } else { absent }
    }

    /// Whether the node is in the table.
    #[inline]
    pub const fn is_present(self) -> bool {
        self.0 != i32::MIN
    }
}

/// For each resource the nodes it may use, with scores and probe modes.
///
/// Rows and columns can be added at any time while the model is read. Whoever changes a score says where the change
/// comes from; a table that was told to keep a log keeps that.
#[derive(Clone, Debug, Default)]
pub struct ScoreTable {
    cells: Vec<Cell>,
    probes: Vec<ProbeMode>,
    /// Columns in memory; at least `nodes`.
    stride: usize,
    nodes: usize,
    rows: usize,
    log: Option<Box<ScoreLog>>,
}

/// A row as it was at some moment.
#[derive(Clone, Debug)]
pub struct SavedRow {
    cells: Vec<Cell>,
    moment: u32,
}

impl ScoreTable {
    /// From now on keeps where changes come from.
    pub fn keep_log(&mut self) {
        self.log = Some(Box::default());
    }

    /// Where changes come from, if that is kept.
    pub fn log(&self) -> Option<&ScoreLog> {
        self.log.as_deref()
    }

    /// The log, for what is no change of a row.
    pub fn log_mut(&mut self) -> Option<&mut ScoreLog> {
        self.log.as_deref_mut()
    }

    /// Adds an empty row for the next resource.
    pub fn add_resource(&mut self) {
        self.rows += 1;
        self.cells.resize(self.rows * self.stride, Cell::ABSENT);
        self.probes
            .resize(self.rows * self.stride, ProbeMode::Always);
    }

    /// Drops all rows from this position on.
    pub fn truncate(&mut self, rows: usize) {
        self.rows = self.rows.min(rows);
        self.cells.truncate(self.rows * self.stride);
        self.probes.truncate(self.rows * self.stride);
        if let Some(log) = &mut self.log {
            log.parts.retain(|part| part.of.rsc.index() < rows);
        }
    }

    /// Adds a column for the next node, absent in every row.
    pub fn add_node(&mut self) {
        self.nodes += 1;
        if self.nodes > self.stride {
            let stride = (self.stride * 2).max(8);
            self.cells = widened(&self.cells, self.stride, stride, self.rows, Cell::ABSENT);
            self.probes = widened(
                &self.probes,
                self.stride,
                stride,
                self.rows,
                ProbeMode::Always,
            );
            self.stride = stride;
        }
    }

    /// Number of node columns.
    pub fn node_count(&self) -> usize {
        self.nodes
    }

    /// The score of a node for a resource, `None` if the node is not in its table.
    #[inline]
    pub fn get(&self, rsc: RscId, node: NodeId) -> Option<Score> {
        self.cells[self.at(rsc, node)].score()
    }

    /// Whether the node is in the resource's table.
    pub fn has(&self, rsc: RscId, node: NodeId) -> bool {
        self.cells[self.at(rsc, node)].is_present()
    }

    /// Sets the score, putting the node into the table if needed.
    pub fn set(&mut self, rsc: RscId, node: NodeId, score: Score, source: Source) {
        let at = self.at(rsc, node);
        if self.log.is_some() {
            let change = Change::to(self.cells[at].score(), score);
            self.note(rsc, node, source, change);
        }
        self.cells[at] = Cell::of(score);
    }

    /// Adds to the score. A node that was absent starts from `base` (the node's own score).
    pub fn add(&mut self, rsc: RscId, node: NodeId, score: Score, base: Score, source: Source) {
        let at = self.at(rsc, node);
        let known = self.cells[at].score();
        self.cells[at] = Cell::of(known.unwrap_or(base) + score);
        if self.log.is_some() {
            if known.is_none() {
                self.note(rsc, node, source, Change::Enters(base));
            }
            if known.is_some() || score != Score::ZERO {
                self.note(rsc, node, source, Change::Adds(score));
            }
        }
    }

    /// Puts the node into the table with a score, unless it is there.
    pub fn enter(&mut self, rsc: RscId, node: NodeId, score: Score, source: Source) {
        if !self.has(rsc, node) {
            self.set(rsc, node, score, source);
        }
    }

    /// Takes the node out of the resource's table.
    pub fn remove(&mut self, rsc: RscId, node: NodeId, source: Source) {
        let at = self.at(rsc, node);
        if self.cells[at].is_present() {
            self.note(rsc, node, source, Change::Leaves);
        }
        self.cells[at] = Cell::ABSENT;
        self.probes[at] = ProbeMode::Always;
    }

    /// Takes all nodes out of the resource's table.
    pub fn clear_row(&mut self, rsc: RscId, source: Source) {
        if self.log.is_some() {
            for node in (0..self.nodes).map(NodeId::from_index) {
                if self.has(rsc, node) {
                    self.note(rsc, node, source, Change::Leaves);
                }
            }
        }
        let row = self.range(rsc);
        self.cells[row.clone()].fill(Cell::ABSENT);
        self.probes[row].fill(ProbeMode::Always);
    }

    fn note(&mut self, rsc: RscId, node: NodeId, source: Source, change: Change) {
        if let Some(log) = &mut self.log {
            let node = Some(node);
            log.push(Scored { rsc, node }, source, change);
        }
    }

    /// The probe mode of a node in the table.
    pub fn probe(&self, rsc: RscId, node: NodeId) -> ProbeMode {
        self.probes[self.at(rsc, node)]
    }

    /// Sets the probe mode.
    pub fn set_probe(&mut self, rsc: RscId, node: NodeId, mode: ProbeMode) {
        let at = self.at(rsc, node);
        self.probes[at] = mode;
    }

    /// The row of a resource, a cell for each node by id.
    #[inline]
    pub fn row(&self, rsc: RscId) -> &[Cell] {
        &self.cells[self.range(rsc)]
    }

    /// Whether another table has the same scores and probe modes for a resource.
    pub fn has_equal_row(&self, other: &ScoreTable, rsc: RscId) -> bool {
        self.row(rsc) == other.row(rsc)
            && self.probes[self.range(rsc)] == other.probes[other.range(rsc)]
    }

    /// Copies the scores and probe modes of a resource from another table for the same nodes.
    pub fn copy_row(&mut self, other: &ScoreTable, rsc: RscId) {
        let (range, from) = (self.range(rsc), other.range(rsc));
        self.cells[range.clone()].copy_from_slice(other.row(rsc));
        self.probes[range].copy_from_slice(&other.probes[from]);
    }

    /// The nodes in the table of a resource with their scores, by node id.
    pub fn nodes(&self, rsc: RscId) -> impl Iterator<Item = (NodeId, Score)> + '_ {
        let cells = self.row(rsc).iter().enumerate();
        cells.filter_map(|(n, c)| c.score().map(|s| (NodeId::from_index(n), s)))
    }

    /// A copy of the row, to be given to [`ScoreTable::restore`] after a trial.
    pub fn save(&self, rsc: RscId) -> SavedRow {
        SavedRow {
            cells: self.row(rsc).to_vec(),
            moment: self
                .log
                .as_ref()
                .and_then(|log| log.parts.last())
                .map_or(0, |part| part.at),
        }
    }

    /// Puts a saved row back: what changed since does not count.
    pub fn restore(&mut self, rsc: RscId, saved: &SavedRow, why: Withdrawal) {
        let range = self.range(rsc);
        self.cells[range].copy_from_slice(&saved.cells);
        if let Some(log) = &mut self.log {
            log.withdraw(rsc, saved.moment, why);
        }
    }

    /// Puts a row that was worked out elsewhere in place of the old one; the parts say how the one became the other.
    pub fn replace(&mut self, rsc: RscId, cells: &[Cell], parts: Vec<ScorePart>) {
        let range = self.range(rsc);
        self.cells[range].copy_from_slice(cells);
        if let Some(log) = &mut self.log {
            log.take(parts);
        }
    }

    #[inline]
    fn range(&self, rsc: RscId) -> std::ops::Range<usize> {
        let start = rsc.index() * self.stride;
        start..start + self.nodes
    }

    #[inline]
    fn at(&self, rsc: RscId, node: NodeId) -> usize {
        debug_assert!(node.index() < self.nodes);
        rsc.index() * self.stride + node.index()
    }
}

fn widened<T: Copy>(old: &[T], from: usize, to: usize, rows: usize, empty: T) -> Vec<T> {
    let mut new = vec![empty; rows * to];
    for row in 0..rows {
        new[row * to..row * to + from].copy_from_slice(&old[row * from..(row + 1) * from]);
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn absent_is_not_zero_and_starts_from_the_base() {
        let mut table = ScoreTable::default();
        table.add_node();
        table.add_resource();
        let (rsc, node) = (RscId::from_index(0), NodeId::from_index(0));
        assert_eq!(table.get(rsc, node), None);
        table.add(rsc, node, Score::new(5), Score::new(2), Source::Stickiness);
        table.add(rsc, node, Score::new(5), Score::new(2), Source::Stickiness);
        assert_eq!(table.get(rsc, node), Some(Score::new(12)));
        let saved = table.save(rsc);
        table.clear_row(rsc, Source::Removed);
        assert!(!table.has(rsc, node));
        table.restore(rsc, &saved, Withdrawal::Trial);
        assert_eq!(
            table.nodes(rsc).collect::<Vec<_>>(),
            [(node, Score::new(12))]
        );
    }

    proptest! {
        #[test]
        fn growing_in_any_order_keeps_what_was_set(steps in prop::collection::vec((0u8..3, 0usize..40, 0usize..40), 1..200)) {
            let (mut table, mut twin) = (ScoreTable::default(), BTreeMap::new());
            let (mut rows, mut columns) = (0, 0);
            for (number, (kind, r, n)) in steps.into_iter().enumerate() {
                match kind {
                    0 => { table.add_resource(); rows += 1; }
                    1 => { table.add_node(); columns += 1; }
                    _ if rows > 0 && columns > 0 => {
                        let key = (RscId::from_index(r % rows), NodeId::from_index(n % columns));
                        table.set(key.0, key.1, Score::new(number as i64), Source::Symmetric);
                        twin.insert(key, Score::new(number as i64));
                    }
                    _ => {}
                }
            }
            for r in (0..rows).map(RscId::from_index) {
                for n in (0..columns).map(NodeId::from_index) {
                    prop_assert_eq!(table.get(r, n), twin.get(&(r, n)).copied());
                }
            }
        }

        #[test]
        fn the_parts_that_count_make_the_score(
            steps in prop::collection::vec((0u8..6, 0usize..3, -1_200_000i64..1_200_000), 1..60)
        ) {
            let mut table = ScoreTable::default();
            table.keep_log();
            table.add_resource();
            (0..3).for_each(|_| table.add_node());
            let rsc = RscId::from_index(0);
            let mut saved = table.save(rsc);
            for (kind, node, number) in steps {
                let (node, score) = (NodeId::from_index(node), Score::new(number));
                match kind {
                    0 => table.set(rsc, node, score, Source::Replica),
                    1 => table.add(rsc, node, score, Score::new(7), Source::Stickiness),
                    2 => table.enter(rsc, node, score, Source::Symmetric),
                    3 => table.remove(rsc, node, Source::Removed),
                    4 => saved = table.save(rsc),
                    _ => table.restore(rsc, &saved, Withdrawal::Trial),
                }
                let log = table.log().unwrap();
                for node in (0..3).map(NodeId::from_index) {
                    let of = Scored { rsc, node: Some(node) };
                    let parts = log.parts.iter().filter(|p| p.of == of && p.counts_at(u32::MAX));
                    let sum = parts.fold(None, |sum, part| part.change.apply(sum));
                    prop_assert_eq!(sum, table.get(rsc, node));
                }
            }
        }
    }
}
