//! Making actions. One file an operation; inside, one part a variant.

pub mod cancel;
pub mod changes;
pub mod cleanup;
pub mod collective;
mod history;
pub mod migration;
pub mod notify;
pub mod probe;
pub mod recurring;
pub mod request;
pub mod role;
pub mod runnable;

/// What an agent returns for something that does not run (OCF resource agent API).
pub const NOT_RUNNING: u8 = 7;
/// What an agent returns for something that runs promoted (OCF resource agent API).
pub const PROMOTED: u8 = 8;
