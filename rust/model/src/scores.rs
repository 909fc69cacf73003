//! Allowed nodes and their scores: one flat array of resource rows and node columns.

use crate::{NodeId, ProbeMode, RscId};
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
    pub const fn score(self) -> Option<Score> {
        if self.0 == i32::MIN {
            None
        } else {
            Some(Score::new(self.0 as i64))
        }
    }

    /// Whether the node is in the table.
    pub const fn is_present(self) -> bool {
        self.0 != i32::MIN
    }
}

/// For each resource the nodes it may use, with scores and probe modes.
///
/// Rows and columns can be added at any time while the model is read.
#[derive(Clone, Debug, Default)]
pub struct ScoreTable {
    cells: Vec<Cell>,
    probes: Vec<ProbeMode>,
    /// Columns in memory; at least `nodes`.
    stride: usize,
    nodes: usize,
    rows: usize,
}

impl ScoreTable {
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
    pub fn get(&self, rsc: RscId, node: NodeId) -> Option<Score> {
        self.cells[self.at(rsc, node)].score()
    }

    /// Whether the node is in the resource's table.
    pub fn has(&self, rsc: RscId, node: NodeId) -> bool {
        self.cells[self.at(rsc, node)].is_present()
    }

    /// Sets the score, putting the node into the table if needed.
    pub fn set(&mut self, rsc: RscId, node: NodeId, score: Score) {
        let at = self.at(rsc, node);
        self.cells[at] = Cell::of(score);
    }

    /// Adds to the score. A node that was absent starts from `base` (the node's own score).
    pub fn add(&mut self, rsc: RscId, node: NodeId, score: Score, base: Score) {
        let at = self.at(rsc, node);
        self.cells[at] = Cell::of(self.cells[at].score().unwrap_or(base) + score);
    }

    /// Takes the node out of the resource's table.
    pub fn remove(&mut self, rsc: RscId, node: NodeId) {
        let at = self.at(rsc, node);
        self.cells[at] = Cell::ABSENT;
        self.probes[at] = ProbeMode::Always;
    }

    /// Takes all nodes out of the resource's table.
    pub fn clear_row(&mut self, rsc: RscId) {
        let row = self.range(rsc);
        self.cells[row.clone()].fill(Cell::ABSENT);
        self.probes[row].fill(ProbeMode::Always);
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
    pub fn row(&self, rsc: RscId) -> &[Cell] {
        &self.cells[self.range(rsc)]
    }

    /// The row of a resource, for changing.
    pub fn row_mut(&mut self, rsc: RscId) -> &mut [Cell] {
        let range = self.range(rsc);
        &mut self.cells[range]
    }

    /// The nodes in the table of a resource with their scores, by node id.
    pub fn nodes(&self, rsc: RscId) -> impl Iterator<Item = (NodeId, Score)> + '_ {
        let cells = self.row(rsc).iter().enumerate();
        cells.filter_map(|(n, c)| c.score().map(|s| (NodeId::from_index(n), s)))
    }

    /// A copy of the row, to be given to [`ScoreTable::restore`] after a trial.
    pub fn save(&self, rsc: RscId) -> Vec<Cell> {
        self.row(rsc).to_vec()
    }

    /// Puts a saved row back.
    pub fn restore(&mut self, rsc: RscId, saved: &[Cell]) {
        self.row_mut(rsc).copy_from_slice(saved);
    }

    fn range(&self, rsc: RscId) -> std::ops::Range<usize> {
        let start = rsc.index() * self.stride;
        start..start + self.nodes
    }

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
        table.add(rsc, node, Score::new(5), Score::new(2));
        table.add(rsc, node, Score::new(5), Score::new(2));
        assert_eq!(table.get(rsc, node), Some(Score::new(12)));
        let saved = table.save(rsc);
        table.clear_row(rsc);
        assert!(!table.has(rsc, node));
        table.restore(rsc, &saved);
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
                        table.set(key.0, key.1, Score::new(number as i64));
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
    }
}
