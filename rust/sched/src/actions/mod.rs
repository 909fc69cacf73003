//! Making actions. One file an operation; inside, one part a variant.

pub mod request;
pub mod runnable;
