//! Makes the actions that reading the status asked for.
//!
//! Reads: model.requests.
//! Writes: actions (optional recurring operations, required stops and demotes, fail count clearing,
//!         optional fencing), node flags through fencing.
//! Place: first, before `configured_orders`.
//! Work in: actions::request, fencing.

use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "replay_requests",
    run,
};

fn run(run: &mut Run<'_>) {
    run.not_built(PASS.name);
}
