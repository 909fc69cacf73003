//! What the reference decides by accident and users can see. Each accident has the case that needs it.
//!
//! Nothing is here yet. Accidents that the rooms will need, so that they are looked for here and not in the
//! middle of an algorithm:
//!
//! - merging lists of colocations inserts the first element of the second list once for each of its elements
//!   when the first list is not empty;
//! - a promotion score on a cloned group changes only the group instance's table, not its members';
//! - a tentatively assigned instance that gets no node leaves its group members "assigned to none";
//! - bundles are assigned again each time they are asked for.
