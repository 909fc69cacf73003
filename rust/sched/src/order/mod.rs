//! Orderings: recording relations, turning them into edges, and carrying flags along edges.

pub mod apply;
pub mod block;
pub mod configured;
pub mod flags;
pub mod internal;
pub mod invalid;
pub mod probe;
pub mod propagate;
pub mod relate;
pub mod remote;
