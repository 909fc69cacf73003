//! Folding the preferences of colocated resources into a table.
//!
//! What a resource would like counts, by a factor, for those it is colocated with, and through them for those that
//! they are colocated with, and so on along every simple path of colocations. Each hop moves a cell by at least
//! one, so paths cannot be added up beforehand; bounds limit how many are followed, and how far.

use super::affects::{Value, has_influence, node_value};
use super::colocation_lists::{Side, collect};
use super::fold_notes::Notes;
use super::location::with_locations;
use crate::{Run, codes};
use pcmk_base::{Entity, Id, IdSet, Score};
use pcmk_model::{Cell, ColocationId, NodeId, RscId, ScorePart, Variant};

/// A table that is being folded into: raw scores by node.
pub type Row = Vec<i32>;

/// The node is not in the table.
const ABSENT: i32 = i32::MIN;
/// Fell below zero from a positive score where that must not be: counts as unusable, and becomes one in the end.
pub(super) const SUNK: i32 = -100 * INFINITY;
const INFINITY: i32 = 1_000_000;
/// Paths followed in one folding.
const PATHS: usize = 200_000;
/// Colocations that one path may lead through.
const HOPS: usize = 1_000;

/// How to fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    let mut folder = Folder::new(run, target);
    folder.fold(source, row, Some(colocation), factor, how);
    let exhausted = folder.exhausted;
    report(run, target, exhausted);
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
    let mut folder = Folder::new(run, target);
    folder.notes = Notes::begin(run, target);
    folder.fold(source, row, Some(colocation), factor, how);
    let notes = folder.notes.take();
    let exhausted = folder.exhausted;
    report(run, target, exhausted);
    notes.map(|notes| notes.finish(run)).unwrap_or_default()
}

/// The table of a resource with everything folded in that it is colocated with.
pub fn folded_table(run: &mut Run<'_>, rsc: RscId, how: Fold) -> Row {
    let mut folder = Folder::new(run, rsc);
    let row = folder.own_table(rsc, how);
    let exhausted = folder.exhausted;
    report(run, rsc, exhausted);
    row
}

/// The factor of a colocation.
pub fn factor(score: Score) -> f32 {
    score.value() as f32 / INFINITY as f32
}

fn report(run: &mut Run<'_>, target: RscId, exhausted: bool) {
    if exhausted && !run.workspace.assign.gave_up {
        run.workspace.assign.gave_up = true;
        let entity = Entity::Resource(run.model.resources[target].id.to_string());
        let sink = &mut run.plan.diagnostics;
        sink.warning(codes::COLOCATIONS_NOT_FOLLOWED, entity);
    }
}

struct Folder<'a, 'r> {
    run: &'a Run<'r>,
    target: RscId,
    path: IdSet<RscId>,
    paths_left: usize,
    hops: usize,
    exhausted: bool,
    notes: Option<Notes>,
}

impl<'a, 'r> Folder<'a, 'r> {
    fn new(run: &'a Run<'r>, target: RscId) -> Self {
        Folder {
            run,
            target,
            path: run.workspace.assign.folding.clone(),
            paths_left: PATHS,
            hops: 0,
            exhausted: false,
            notes: None,
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
        let mut row = row_of(self.run.plan.scores.row(rsc));
        if self.path.insert(rsc) {
            self.follow(rsc, &mut row, 1.0, how);
            settle(&mut row, how);
            self.path.remove(rsc);
        }
        row
    }

    fn fold(
        &mut self,
        source: RscId,
        row: &mut Row,
        colocation: Option<ColocationId>,
        factor: f32,
        how: Fold,
    ) {
        if self.path.contains(source) {
            return;
        }
        if self.paths_left == 0 || self.hops == HOPS {
            self.exhausted = true;
            return;
        }
        self.paths_left -= 1;
        self.path.insert(source);
        if let Variant::Group(_) = self.run.model.resources[source].variant {
            if let Some(&first) = self.run.plan.children[source].first() {
                self.fold(first, row, colocation, factor, how);
            }
            self.path.remove(source);
            return;
        }
        let mut work = row.clone();
        let step = self
            .notes
            .as_mut()
            .zip(colocation)
            .map(|(notes, id)| notes.step(source, id, factor));
        if let Some(id) = colocation {
            self.add_preferences(source, &mut work, id, factor, how);
        }
        if self.any_usable(&work) {
            self.follow(source, &mut work, factor, how);
        } else if how.keep_usable {
            if let Some((notes, step)) = self.notes.as_mut().zip(step) {
                notes.withdraw(step);
            }
            self.path.remove(source);
            return;
        }
        if let Some((notes, step)) = self.notes.as_mut().zip(step) {
            notes.back(step);
        }
        settle(&mut work, how);
        *row = work;
        self.path.remove(source);
    }

    /// Goes on to everything that the source is colocated with.
    fn follow(&mut self, source: RscId, work: &mut Row, factor: f32, how: Fold) {
        if !self.any_usable(work) {
            return;
        }
        let deeper = Fold {
            keep_usable: true,
            ..how
        };
        for id in collect(self.run, source, how.side) {
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
            self.fold(other, work, Some(id), next, deeper);
            self.hops -= 1;
        }
    }

    fn any_usable(&self, row: &[i32]) -> bool {
        row.iter().enumerate().any(|(index, &score)| {
            score != ABSENT
                && score >= 0
                && self.run.plan.nodes[NodeId::from_index(index)].is_available()
        })
    }

    /// Adds what the source thinks of each node, times the factor.
    fn add_preferences(
        &mut self,
        source: RscId,
        row: &mut Row,
        id: ColocationId,
        factor: f32,
        how: Fold,
    ) {
        let mut notes = self.notes.take();
        let attribute = self.run.plan.colocations.table[id].node_attr.as_deref();
        let preferences = self.preferences(source, id, attribute);
        for (index, cell) in row.iter_mut().enumerate() {
            if *cell == ABSENT {
                continue;
            }
            let node = NodeId::from_index(index);
            let value = node_value(self.run, attribute, node, self.target);
            let best = preferences.best(&value);
            if factor < 0.0 && best < 0 && !self.may_yield(id, best) {
                continue;
            }
            if *cell == SUNK {
                continue;
            }
            let delta = Score::new(scaled(factor, best));
            let (known, sum) = (*cell, (Score::new(i64::from(*cell)) + delta).value());
            if how.nonnegative && sum < 0 && known > 0 {
                *cell = SUNK;
            } else if !(how.nonnegative && sum < 0 && known == 0) {
                *cell = sum;
            }
            if let Some(notes) = &mut notes {
                notes.push(node, known, *cell, best, delta);
            }
        }
        self.notes = notes;
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

    /// What the source thinks of each value of the colocation's attribute.
    fn preferences(
        &'a self,
        source: RscId,
        id: ColocationId,
        attribute: Option<&str>,
    ) -> Preferences<'a> {
        let run = self.run;
        let row = self.row_with_group_locations(source, id);
        let mut found = Preferences {
            by_node: Vec::new(),
            by_value: Vec::new(),
        };
        if matches!(attribute, None | Some("#uname")) {
            found.by_node = vec![-INFINITY; row.len()];
        }
        for (index, cell) in row.iter().enumerate() {
            let node = NodeId::from_index(index);
            let Some(score) = cell.score() else { continue };
            if !run.plan.nodes[node].is_available() {
                continue;
            }
            match node_value(run, attribute, node, source) {
                Value::Node(seen) => {
                    let best = &mut found.by_node[seen.index()];
                    *best = (*best).max(score.value());
                }
                value => found.by_value.push((value, score.value())),
            }
        }
        found
    }

    /// A later member of a group does not carry the group's locations in its table, but its preferences are to
    /// be seen with them.
    fn row_with_group_locations(&self, source: RscId, id: ColocationId) -> Vec<Cell> {
        let run = self.run;
        let colocation = &run.plan.colocations.table[id];
        let row = run.plan.scores.row(source);
        let group = run.model.resources[source]
            .parent
            .filter(|&parent| matches!(run.model.resources[parent].variant, Variant::Group(_)))
            .filter(|&parent| run.plan.children[parent].first() != Some(&source));
        match group {
            Some(group) if colocation.explicit && colocation.dependent == source => {
                with_locations(run, row, source, &run.model.locations.of[group])
            }
            _ => row.to_vec(),
        }
    }
}

/// The best score of the source for each value.
struct Preferences<'a> {
    by_node: Vec<i32>,
    by_value: Vec<(Value<'a>, i32)>,
}

impl Preferences<'_> {
    fn best(&self, value: &Value<'_>) -> i32 {
        if let Value::Node(node) = value {
            return self.by_node.get(node.index()).copied().unwrap_or(-INFINITY);
        }
        let equal = self.by_value.iter().filter(|(known, _)| known == value);
        equal.map(|(_, score)| *score).max().unwrap_or(-INFINITY)
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

fn settle(row: &mut Row, how: Fold) {
    if how.nonnegative {
        for cell in row {
            if *cell == SUNK {
                *cell = 1;
            }
        }
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
