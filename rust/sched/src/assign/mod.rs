//! Choosing nodes and roles. One file an operation; inside, one part a variant.
//!
//! Who is assigned when: remote connections first, then top-level resources in list order; colocation
//! primaries on demand. Trials save and restore rows of the score table.

pub mod node_order;
