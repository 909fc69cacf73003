//! What others see of a plan: the transition graph, the summary of changes, drawings, and texts of reasons.

mod action;
mod attributes;
pub mod dot;
pub mod graph;
pub mod inputs;
pub mod past;
pub mod reason;
pub mod summary;

pub use action::is_told_otherwise;
