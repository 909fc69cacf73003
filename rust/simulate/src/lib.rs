//! Simulation: inject events into a CIB, run a graph against it, and look at the result.
//!
//! Everything is a function of a CIB and what is asked; nothing here reads a clock or a file.

pub mod inject;
pub mod records;
pub mod report;
pub mod run;
pub mod status;
pub mod summary;
pub mod tell;
