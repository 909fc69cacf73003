//! Orderings: recording relations, turning them into edges, and carrying flags along edges.

pub mod relate;
