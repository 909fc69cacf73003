//! Nothing that can be put in crashes any of it. See the crate's documentation for a long run.

mod cibs;
mod memory;
mod patches;
mod rules;
mod time;
mod traces;
mod xml;
