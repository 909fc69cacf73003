//! Work within work, as deep as a chain of constraints is long.
//!
//! A primary is assigned in the middle of its dependent's assignment, so a chain cannot be worked off from its end
//! without changing what is decided. What is bounded is how much of it is on each stack.

/// Levels on one stack.
const LEVELS: usize = 250;
/// Bytes of a stack: more than so many levels take in any build.
const STACK: usize = 8 << 20;

/// Does the work of a level, on a stack of its own if the present one has held enough of them.
pub(crate) fn nested<T: Send>(level: usize, work: impl FnOnce() -> T + Send) -> T {
    if level % LEVELS != LEVELS - 1 {
        return work();
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let thread = thread.spawn_scoped(scope, work);
        let joined = thread.expect("memory for a stack").join();
        joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(level: usize) -> usize {
        match level {
            50_000 => 0,
            _ => nested(level, || level + sum(level + 1)),
        }
    }

    #[test]
    fn levels_may_be_many() {
        assert_eq!(sum(0), 50_000 * 49_999 / 2);
    }
}
