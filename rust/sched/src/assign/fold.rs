//! Folding the preferences of colocated resources into a table.
//!
//! What a resource would like counts, by a factor, for those it is colocated with, and through them for those that
//! they are colocated with, and so on along every simple path of colocations. Each hop moves a cell by at least
//! one, so paths cannot be added up beforehand. But when a resource is come to again, what happened behind it last
//! time happens again if it may ([`super::fold_row`]). Bounds limit how
//! many paths are followed, and how far.

use super::affects::{has_influence, node_value};
use super::colocation_lists::{Side, collect};
use super::fold_memory::{Asked, recall};
use super::fold_notes::Notes;
use super::fold_preferences::{Preferences, best_of};
use super::fold_row::{ABSENT, Effect, FoldRow, INFINITY, SUNK, plain_sum};
use crate::{Run, codes};
use pcmk_base::{Entity, Id, IdSet, Marks, Score};
use pcmk_model::{Cell, ColocationId, NodeId, NodeState, RscId, ScorePart, Variant};
use rustc_hash::FxHashMap;

/// A table that is being folded into: raw scores by node.
pub type Row = Vec<i32>;

/// Paths followed in one folding.
pub(super) const PATHS: usize = 200_000;
/// Paths followed in all foldings of a run. Beyond, each folding hears of nothing but its source.
pub(super) const PATHS_IN_ALL: usize = 10_000_000;
/// Colocations that one path may lead through.
const HOPS: usize = 1_000;

/// How to fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fold {
    /// Follow the colocations in which the source is on this side.
    pub side: Side,
    /// Positive scores stay positive.
    pub nonnegative: bool,
    /// A folding after which no node is usable does not count.
    pub keep_usable: bool,
}

/// A row as a table to fold into.
pub fn row_of(cells: &[Cell]) -> Row {
    let raw = |cell: &Cell| cell.score().map_or(ABSENT, Score::value);
    cells.iter().map(raw).collect()
}

/// A folded table as a row.
pub fn cells_of(row: &[i32]) -> Vec<Cell> {
    let cell = |&raw: &i32| match raw {
        ABSENT => Cell::ABSENT,
        raw => Cell::of(Score::new(i64::from(raw))),
    };
    row.iter().map(cell).collect()
}

/// Folds the preferences of `source` into `row`, the table of `target`, for a colocation and with a factor.
pub fn fold(
    run: &mut Run<'_>,
    source: RscId,
    target: RscId,
    row: &mut Row,
    colocation: ColocationId,
    factor: f32,
    how: Fold,
) {
    let asked = Asked {
        source,
        target,
        colocation,
        factor: factor.to_bits(),
        how,
    };
    fold_with(run, asked, row, None);
}

/// As [`fold`], with the steps by which the row changed, if the run keeps them.
pub fn fold_noted(
    run: &mut Run<'_>,
    source: RscId,
    target: RscId,
    row: &mut Row,
    colocation: ColocationId,
    factor: f32,
    how: Fold,
) -> Vec<ScorePart> {
    let notes = Notes::begin(run, target);
    let asked = Asked {
        source,
        target,
        colocation,
        factor: factor.to_bits(),
        how,
    };
    let notes = fold_with(run, asked, row, notes);
    notes.map(|notes| notes.finish(run)).unwrap_or_default()
}

fn fold_with(
    run: &mut Run<'_>,
    asked: Asked,
    row: &mut Row,
    notes: Option<Notes>,
) -> Option<Notes> {
    // Where paths are left out, it matters what was followed before.
    let assign = &run.workspace.assign;
    let in_full = assign.paths + PATHS <= PATHS_IN_ALL && assign.folding.is_empty();
    let remembers = in_full && assign.foldings.is_some();
    if remembers {
        if let Some(paths) = recall(run, &asked, row) {
            run.workspace.assign.paths += paths;
            return None;
        }
    }
    let before = remembers.then(|| row.clone());
    let mut folder = Folder::new(run, asked.target);
    folder.notes = notes;
    let factor = f32::from_bits(asked.factor);
    folder.fold_into(row, asked.source, asked.colocation, factor, asked.how);
    let notes = folder.notes.take();
    let left = folder.leave();
    if let Some(before) = before.filter(|_| !left.exhausted) {
        let mut foldings = run.workspace.assign.foldings.take();
        if let Some(foldings) = &mut foldings {
            let way = &left.buffers.way;
            foldings.keep(run, asked, (before, row), left.paths, way);
        }
        run.workspace.assign.foldings = foldings;
    }
    account(run, asked.target, left);
    notes
}

/// The table of a resource with everything folded in that it is colocated with.
pub fn folded_table(run: &mut Run<'_>, rsc: RscId, how: Fold) -> Row {
    let mut folder = Folder::new(run, rsc);
    let row = folder.own_table(rsc, how);
    let left = folder.leave();
    account(run, rsc, left);
    row
}

/// The factor of a colocation.
pub fn factor(score: Score) -> f32 {
    score.value() as f32 / INFINITY as f32
}

/// What foldings leave for the next.
#[derive(Debug, Default)]
pub struct Buffers {
    /// Resources that were come to.
    seen: Marks<RscId>,
    /// The same in order.
    way: Vec<RscId>,
    /// Rows of visits that are over.
    spare: Vec<FoldRow>,
    /// Whether each node is available.
    available: Vec<bool>,
    /// Nodes that are folded for, by index: those that are not banned, as nothing becomes of the others.
    nodes: Vec<usize>,
}

/// What a folding leaves: paths that it followed, whether there were more, and what it was lent.
struct Left {
    paths: usize,
    exhausted: bool,
    path: IdSet<RscId>,
    buffers: Buffers,
}

fn account(run: &mut Run<'_>, target: RscId, left: Left) {
    let assign = &mut run.workspace.assign;
    assign.paths += left.paths;
    assign.folding = left.path;
    assign.fold = left.buffers;
    if left.exhausted && !assign.gave_up {
        assign.gave_up = true;
        let entity = Entity::Resource(run.model.resources[target].id.to_string());
        let sink = &mut run.plan.diagnostics;
        sink.warning(codes::COLOCATIONS_NOT_FOLLOWED, entity);
    }
}

struct Folder<'a, 'r> {
    run: &'a Run<'r>,
    target: RscId,
    path: IdSet<RscId>,
    paths: usize,
    paths_left: usize,
    hops: usize,
    exhausted: bool,
    notes: Option<Notes>,
    buffers: Buffers,
    /// What happened behind those that were come to more than once, by the colocation and the factor.
    known: FxHashMap<(RscId, ColocationId, u32), Vec<Known>>,
    /// The visits that are followed now, inner ones last.
    visits: Vec<Visit>,
}

/// What happened behind a resource.
struct Known {
    effect: Effect,
    visit: Visit,
}

/// On what else than the row it depends what happens behind a resource.
#[derive(Default)]
struct Visit {
    /// Resources that were come to.
    met: IdSet<RscId>,
    /// Resources that were not gone to because they were on the path already.
    avoided: IdSet<RscId>,
}

impl Visit {
    /// Whether it would be the same from the end of this path.
    fn fits(&self, path: &IdSet<RscId>) -> bool {
        let mut before = self.avoided.clone();
        before.remove_all(&self.met);
        self.met.is_disjoint(path) && before.is_subset(path)
    }
}

/// Effects kept for one key.
const MOST_KNOWN: usize = 8;

impl<'a, 'r> Folder<'a, 'r> {
    fn new(run: &'a mut Run<'r>, target: RscId) -> Self {
        let assign = &mut run.workspace.assign;
        let paths = PATHS_IN_ALL.saturating_sub(assign.paths).clamp(1, PATHS);
        let path = std::mem::take(&mut assign.folding);
        let mut buffers = std::mem::take(&mut assign.fold);
        buffers.seen.clear();
        buffers.way.clear();
        buffers.available.clear();
        let nodes = run.plan.nodes.values();
        buffers.available.extend(nodes.map(NodeState::is_available));
        Folder {
            run,
            target,
            path,
            paths,
            paths_left: paths,
            hops: 0,
            exhausted: false,
            notes: None,
            buffers,
            known: FxHashMap::default(),
            visits: Vec::new(),
        }
    }

    fn leave(self) -> Left {
        Left {
            paths: self.paths - self.paths_left,
            exhausted: self.exhausted,
            path: self.path,
            buffers: self.buffers,
        }
    }

    fn own_table(&mut self, rsc: RscId, how: Fold) -> Row {
        if let Variant::Group(_) = self.run.model.resources[rsc].variant {
            let last = self.run.plan.children[rsc].last().copied();
            self.path.insert(rsc);
            let row = last.map(|member| {
                self.target = member;
                self.own_table(member, how)
            });
            self.path.remove(rsc);
            return row.unwrap_or_default();
        }
        let cells = row_of(self.run.plan.scores.row(rsc));
        self.buffers.nodes.clear();
        self.buffers.nodes.extend(0..cells.len());
        let mut row = FoldRow::new(cells);
        if self.path.insert(rsc) {
            if self.any_usable(&mut row) {
                self.follow(rsc, &mut row, 1.0, how);
            }
            settle(&mut row, how);
            self.path.remove(rsc);
        }
        row.into_cells()
    }

    fn fold_into(
        &mut self,
        row: &mut Row,
        source: RscId,
        colocation: ColocationId,
        factor: f32,
        how: Fold,
    ) {
        let mut nodes = std::mem::take(&mut self.buffers.nodes);
        nodes.clear();
        // Who wants to see what happened wants to see it of banned nodes, too.
        let least = if self.notes.is_some() {
            ABSENT
        } else {
            -INFINITY
        };
        nodes.extend((0..row.len()).filter(|&node| row[node] > least));
        let mut work = FoldRow::new(nodes.iter().map(|&node| row[node]).collect());
        self.buffers.nodes = nodes;
        self.fold(source, &mut work, colocation, factor, how);
        for (&node, cell) in self.buffers.nodes.iter().zip(work.into_cells()) {
            row[node] = cell;
        }
    }

    fn fold(
        &mut self,
        source: RscId,
        row: &mut FoldRow,
        colocation: ColocationId,
        factor: f32,
        how: Fold,
    ) {
        if self.path.contains(source) {
            if let Some(visit) = self.visits.last_mut() {
                visit.avoided.insert(source);
            }
            return;
        }
        if self.paths_left == 0 || self.hops == HOPS {
            self.exhausted = true;
            return;
        }
        if factor == 0.0 {
            // Nor will it be anything else further on.
            if self.any_usable(row) || !how.keep_usable {
                settle(row, how);
            }
            return;
        }
        if self.buffers.seen.insert(source) {
            self.buffers.way.push(source);
            self.visit(source, row, colocation, factor, how);
        } else {
            self.visit_again(source, row, colocation, factor, how);
        }
    }

    /// Does what was done behind the source before, or goes there once more and remembers.
    fn visit_again(
        &mut self,
        source: RscId,
        row: &mut FoldRow,
        colocation: ColocationId,
        factor: f32,
        how: Fold,
    ) {
        let key = (source, colocation, factor.to_bits());
        let known = self.known.get(&key).into_iter().flatten().rev();
        let mut fitting = known.filter(|k| row.fits(&k.effect) && k.visit.fits(&self.path));
        if let Some(known) = fitting.next() {
            let before = self.notes.is_some().then(|| row.cells().to_vec());
            row.apply(&known.effect);
            count_in(&mut self.visits, &known.visit);
            if let (Some(notes), Some(before)) = (&mut self.notes, before) {
                let step = notes.step(source, colocation, factor);
                notes.push_all(&before, row.cells());
                notes.back(step);
            }
            return;
        }
        let before = row.begin();
        self.visits.push(Visit::default());
        self.visit(source, row, colocation, factor, how);
        let effect = row.end(before);
        let visit = self.visits.pop().unwrap_or_default();
        count_in(&mut self.visits, &visit);
        if !self.exhausted {
            let known = self.known.entry(key).or_default();
            if known.len() == MOST_KNOWN {
                known.remove(0);
            }
            known.push(Known { effect, visit });
        }
    }

    fn visit(
        &mut self,
        source: RscId,
        row: &mut FoldRow,
        colocation: ColocationId,
        factor: f32,
        how: Fold,
    ) {
        self.paths_left -= 1;
        self.path.insert(source);
        if let Some(visit) = self.visits.last_mut() {
            visit.met.insert(source);
        }
        if let Variant::Group(_) = self.run.model.resources[source].variant {
            if let Some(&first) = self.run.plan.children[source].first() {
                self.fold(first, row, colocation, factor, how);
            }
            self.path.remove(source);
            return;
        }
        let mut work = self.buffers.spare.pop().unwrap_or_default();
        work.clone_from(row);
        let notes = self.notes.as_mut();
        let step = notes.map(|notes| notes.step(source, colocation, factor));
        self.add_preferences(source, &mut work, colocation, factor, how);
        if self.any_usable(&mut work) {
            self.follow(source, &mut work, factor, how);
        } else if how.keep_usable {
            if let Some((notes, step)) = self.notes.as_mut().zip(step) {
                notes.withdraw(step);
            }
            row.give_up(&work);
            self.buffers.spare.push(work);
            self.path.remove(source);
            return;
        }
        if let Some((notes, step)) = self.notes.as_mut().zip(step) {
            notes.back(step);
        }
        settle(&mut work, how);
        std::mem::swap(row, &mut work);
        self.buffers.spare.push(work);
        self.path.remove(source);
    }

    /// Goes on to everything that the source is colocated with.
    fn follow(&mut self, source: RscId, work: &mut FoldRow, factor: f32, how: Fold) {
        if self.paths_left == 0 {
            self.exhausted = true;
            return;
        }
        let deeper = Fold {
            keep_usable: true,
            ..how
        };
        for &id in collect(self.run, source, how.side).iter() {
            let colocation = &self.run.plan.colocations.table[id];
            let other = match how.side {
                Side::Dependent => colocation.primary,
                Side::Primary => {
                    if !has_influence(self.run, id, None) {
                        continue;
                    }
                    colocation.dependent
                }
            };
            let next = factor * colocation.score.value() as f32 / INFINITY as f32;
            self.hops += 1;
            self.fold(other, work, id, next, deeper);
            self.hops -= 1;
        }
    }

    fn any_usable(&self, row: &mut FoldRow) -> bool {
        let Buffers {
            available, nodes, ..
        } = &self.buffers;
        if !row.is_followed() {
            let mut cells = row.cells().iter().zip(nodes);
            return cells.any(|(&cell, &node)| cell >= 0 && available[node]);
        }
        let available = |at: &usize| available[nodes[*at]];
        let cells = 0..row.cells().len();
        let best = cells
            .clone()
            .filter(available)
            .max_by_key(|&at| row.cells()[at]);
        match best {
            Some(best) if row.cells()[best] >= 0 => !row.below(best, 0),
            _ => {
                for at in cells.filter(available) {
                    row.below(at, 0);
                }
                false
            }
        }
    }

    /// Adds what the source thinks of each node, times the factor.
    fn add_preferences(
        &mut self,
        source: RscId,
        row: &mut FoldRow,
        id: ColocationId,
        factor: f32,
        how: Fold,
    ) {
        let mut notes = self.notes.take();
        let attribute = self.run.plan.colocations.table[id].node_attr.as_deref();
        let preferences = Preferences::of(self.run, &self.buffers.available, source, id, attribute);
        if let (Preferences::OfNodes(of_source), None, Some(cells)) =
            (&preferences, &notes, row.cells_mut())
        {
            self.add_by_node(of_source, cells, id, factor, how);
            return;
        }
        for at in 0..row.cells().len() {
            let known = row.cells()[at];
            if known == ABSENT {
                continue;
            }
            let index = self.buffers.nodes[at];
            let node = NodeId::from_index(index);
            let best = match &preferences {
                Preferences::OfNodes(of_source) => {
                    best_of(of_source[index], self.buffers.available[index])
                }
                Preferences::OfValues(values) => {
                    values.best(&node_value(self.run, attribute, node, self.target))
                }
            };
            if factor < 0.0 && best < 0 && !self.may_yield(id, best) {
                continue;
            }
            if known == SUNK {
                continue;
            }
            let delta = Score::new(scaled(factor, best));
            if how.nonnegative {
                row.add_above_zero(at, delta.value());
            } else {
                row.add(at, delta.value());
            }
            if let Some(notes) = &mut notes {
                notes.push(node, known, row.cells()[at], best, delta);
            }
        }
        self.notes = notes;
    }

    /// Where nodes are compared by themselves, and nothing need be known of it but the sums.
    fn add_by_node(
        &self,
        of_source: &[Cell],
        cells: &mut [i32],
        id: ColocationId,
        factor: f32,
        how: Fold,
    ) {
        // Most nodes are as good as the one before.
        let (mut best, mut delta) = (0, 0);
        for (cell, &node) in cells.iter_mut().zip(&self.buffers.nodes) {
            let here = best_of(of_source[node], self.buffers.available[node]);
            if here != best {
                best = here;
                let stays = factor < 0.0 && best < 0 && !self.may_yield(id, best);
                delta = if stays {
                    0
                } else {
                    Score::new(scaled(factor, best)).value()
                };
            }
            if delta != 0 && *cell != ABSENT && *cell != SUNK {
                *cell = plain_sum(*cell, delta, how.nonnegative);
            }
        }
    }

    /// Whether a dependent that dislikes a node may push its anti-colocated primary there: only if that is not held
    /// by stickiness and the dependent has no other choice.
    fn may_yield(&self, id: ColocationId, best: i32) -> bool {
        let colocation = &self.run.plan.colocations.table[id];
        let stickiness = self.run.model.resources[colocation.primary]
            .stickiness
            .value();
        let choices = self.run.plan.scores.nodes(colocation.dependent);
        stickiness < -best
            && has_influence(self.run, id, None)
            && choices.filter(|(_, score)| *score >= Score::ZERO).count() == 1
    }
}

/// Half away from zero, but never nothing for something.
fn scaled(factor: f32, best: i32) -> i64 {
    let product = f64::from(factor * best as f32);
    let rounded = if product < 0.0 {
        (product - 0.5) as i64
    } else {
        (product + 0.5) as i64
    };
    if rounded != 0 || best == 0 {
        return rounded;
    }
    match factor {
        f if f > 0.0 => 1,
        f if f < 0.0 => -1,
        _ => 0,
    }
}

fn settle(row: &mut FoldRow, how: Fold) {
    if how.nonnegative {
        row.raise();
    }
}

/// What is come to behind a resource is come to behind those before it.
fn count_in(visits: &mut [Visit], inner: &Visit) {
    if let Some(outer) = visits.last_mut() {
        outer.met.extend_from(&inner.met);
        outer.avoided.extend_from(&inner.avoided);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_products_still_move_a_score_by_one_and_only_the_factors_sign_counts() {
        assert_eq!(scaled(0.00005, -9), 1);
        assert_eq!(scaled(-0.0001, 5), -1);
        assert_eq!(scaled(0.5, -1_000_000), -500_000);
        assert_eq!(scaled(1.0, 7), 7);
        assert_eq!(scaled(0.25, 10), 3);
        assert_eq!(scaled(0.0, 5), 0);
    }
}
