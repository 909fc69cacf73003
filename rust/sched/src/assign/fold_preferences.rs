//! What a resource that is folded thinks of nodes.

use super::affects::{Value, node_value};
use super::fold_row::INFINITY;
use super::location::with_locations;
use crate::Run;
use pcmk_base::Id;
use pcmk_model::{Cell, ColocationId, NodeId, RscId, Variant};
use std::borrow::Cow;

/// What the source thinks of nodes.
pub enum Preferences<'a> {
    /// Its row: each node has a value of its own.
    OfNodes(Cow<'a, [Cell]>),
    OfValues(Values<'a>),
}

/// The best score of the source for each value.
pub struct Values<'a> {
    by_node: Vec<i32>,
    by_value: Vec<(Value<'a>, i32)>,
}

impl Values<'_> {
    pub fn best(&self, value: &Value<'_>) -> i32 {
        if let Value::Node(node) = value {
            return self.by_node.get(node.index()).copied().unwrap_or(-INFINITY);
        }
        let equal = self.by_value.iter().filter(|(known, _)| known == value);
        equal.map(|(_, score)| *score).max().unwrap_or(-INFINITY)
    }
}

impl<'a> Preferences<'a> {
    /// What the source thinks of each value of the colocation's attribute.
    pub fn of(
        run: &'a Run<'_>,
        available: &[bool],
        source: RscId,
        id: ColocationId,
        attribute: Option<&str>,
    ) -> Preferences<'a> {
        let row = row_with_group_locations(run, source, id);
        let of_node = matches!(attribute, None | Some("#uname"));
        if of_node && run.model.every_node_is_itself {
            return Preferences::OfNodes(row);
        }
        let (mut by_node, mut by_value) = (Vec::new(), Vec::new());
        if of_node {
            by_node = vec![-INFINITY; row.len()];
        }
        for (index, cell) in row.iter().enumerate() {
            let node = NodeId::from_index(index);
            let Some(score) = cell.score() else { continue };
            if !available[index] {
                continue;
            }
            match node_value(run, attribute, node, source) {
                Value::Node(seen) => {
                    let best = &mut by_node[seen.index()];
                    *best = (*best).max(score.value());
                }
                value => by_value.push((value, score.value())),
            }
        }
        Preferences::OfValues(Values { by_node, by_value })
    }
}

/// A later member of a group does not carry the group's locations in its table, but its preferences are to
/// be seen with them.
fn row_with_group_locations<'a>(
    run: &'a Run<'_>,
    source: RscId,
    id: ColocationId,
) -> Cow<'a, [Cell]> {
    let colocation = &run.plan.colocations.table[id];
    let row = run.plan.scores.row(source);
    let group = run.model.resources[source]
        .parent
        .filter(|&parent| matches!(run.model.resources[parent].variant, Variant::Group(_)))
        .filter(|&parent| run.plan.children[parent].first() != Some(&source));
    match group {
        Some(group) if colocation.explicit && colocation.dependent == source => {
            let locations = &run.model.locations.of[group];
            Cow::Owned(with_locations(run, row, source, locations))
        }
        _ => Cow::Borrowed(row),
    }
}

/// What the source thinks of a node.
#[inline]
pub fn best_of(cell: Cell, available: bool) -> i32 {
    if available {
        cell.value_or(-INFINITY)
    } else {
        -INFINITY
    }
}
