//! The transition graph: actions, what each waits for, and the runner that says which may fire now.
//!
//! A [`TransitionGraph`] is a plain value with texts, so that the controller and the simulator need nothing
//! of the scheduler. [`Runner`] does no I/O: it is told what happened and answers what to do.

mod dot;
mod read;
mod runner;
mod value;
mod write;

pub use dot::{DotGraph, DotNode, DotStyle};
pub use read::{ReadError, read};
pub use runner::{Completion, Limits, Outcome, Runner};
pub use value::{
    ActionId, ActionKind, ActionRef, GraphAction, GraphResource, Synapse, TransitionGraph,
};
pub use write::write;
