//! What is computed of an element and all below it when it is first asked for, and kept until an edit.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that is kept once it is computed. Threads that compute it at the same time come to the same.
#[derive(Debug, Default)]
pub(crate) struct Kept(AtomicU64);

const UNKNOWN: u64 = 0;

impl Kept {
    /// The number; `compute` gives it if it is not known, and never zero.
    #[inline]
    pub fn get(&self, compute: impl FnOnce() -> u64) -> u64 {
        match self.0.load(Ordering::Relaxed) {
            UNKNOWN => {
                let number = compute();
                self.0.store(number, Ordering::Relaxed);
                number
            }
            known => known,
        }
    }

    /// What it was computed of has changed.
    #[inline]
    pub fn forget(&mut self) {
        *self.0.get_mut() = UNKNOWN;
    }
}

impl Clone for Kept {
    fn clone(&self) -> Self {
        Self(AtomicU64::new(self.0.load(Ordering::Relaxed)))
    }
}
