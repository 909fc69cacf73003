//! Adds stickiness where a managed primitive is active on exactly one node.
//!
//! Reads: model.activity, rscs.
//! Writes: scores.
//! Place: after `locations`, before `failure_limits`.

use crate::{Pass, Run};

/// See the head of this file.
pub const PASS: Pass = Pass {
    name: "stickiness",
    run,
};

fn run(run: &mut Run<'_>) {
    run.not_built(PASS.name);
}
