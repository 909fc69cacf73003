//! Development only: sketches of clusters, and what is needed to fuzz the other crates with them.
//!
//! `tests/fuzz` runs in seconds with `cargo test`. A long run is `make fuzz FUZZ=400`, which multiplies the
//! number of executions, in a build that checks overflows and the plan after every pass.

pub mod mutate;
pub mod run;
pub mod sketch;
pub mod words;
