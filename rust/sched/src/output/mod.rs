//! What others see of a plan: the transition graph, the summary of changes, and texts of reasons.

pub mod graph;
pub mod reason;
pub mod summary;
