//! What passes work with.

use crate::Plan;
use pcmk_model::Model;

/// How to schedule.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Keep settled scores in [`Plan::score_log`].
    pub scores: bool,
    /// Leave in the workspace what spares the next run work, if its CIB is nearly the same.
    pub remember: bool,
    /// Nanoseconds from any fixed start, for timing passes. Decisions never depend on it.
    pub clock: Option<fn() -> u64>,
}

/// What is used again in the next run: buffers, and what saves work. A run gives the same result whatever it holds.
///
/// Each room keeps its part in a struct of its own here.
#[derive(Debug, Default)]
pub struct Workspace {
    /// Of assignment.
    pub assign: crate::assign::state::Assign,
    /// What assignment came to in the last run, if that was to remember it.
    pub past: Option<crate::assign::past::Past>,
    /// What the last graph came to, if it was to be remembered.
    pub graph: Option<crate::output::past::Past>,
}

/// A run under way: what is read, what is written, and the buffers.
pub struct Run<'a> {
    /// What is.
    pub model: &'a Model,
    /// What should be.
    pub plan: &'a mut Plan,
    /// Buffers.
    pub workspace: &'a mut Workspace,
    /// How to schedule.
    pub options: &'a Options,
}

/// One step of the pipeline.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// Its name in timings and diagnostics.
    pub name: &'static str,
    /// What it does.
    pub run: fn(&mut Run<'_>),
}
