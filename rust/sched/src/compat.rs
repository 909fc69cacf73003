//! What the reference decides by accident and users can see. Each accident has the case that needs it.
//!
//! Accidents that are the shape of an algorithm are described where that is:
//!
//! - a promotion score on a cloned group changes only the group instance's table, not its members'
//!   (`assign::promotion`);
//! - a tentatively assigned instance that gets no node leaves its group members "assigned to none"
//!   (`assign::instances`);
//! - bundles are assigned again each time they are asked for (`assign::bundle`).

use pcmk_model::ColocationId;

/// The colocations that a second list adds to a first one that is not empty: its first element, once for each
/// of its elements. Seen with the first member of a group that has colocations of its own and whose group has
/// several (a score counts twice, another not at all).
pub fn merged_colocations(extra: &[ColocationId]) -> impl Iterator<Item = ColocationId> + '_ {
    let first = extra.first().copied();
    extra.iter().filter_map(move |_| first)
}
