//! Limits on the work that untrusted input may cause.

/// A number of steps that may still be taken.
#[derive(Clone, Debug)]
pub struct Budget {
    left: u64,
}

/// The budget is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("work budget used up")]
pub struct Exhausted;

impl Budget {
    /// A budget of this many steps.
    pub const fn new(steps: u64) -> Budget {
        Budget { left: steps }
    }

    /// Takes one step.
    ///
    /// # Errors
    /// [`Exhausted`] when none is left.
    pub fn step(&mut self) -> Result<(), Exhausted> {
        self.spend(1)
    }

    /// Takes several steps at once; nothing is taken if there are not enough.
    ///
    /// # Errors
    /// [`Exhausted`] when fewer are left.
    pub fn spend(&mut self, steps: u64) -> Result<(), Exhausted> {
        self.left = self.left.checked_sub(steps).ok_or(Exhausted)?;
        Ok(())
    }

    /// Steps left.
    pub const fn left(&self) -> u64 {
        self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends() {
        let mut budget = Budget::new(2);
        assert_eq!(budget.spend(3), Err(Exhausted));
        assert_eq!(budget.step(), Ok(()));
        assert_eq!(budget.step(), Ok(()));
        assert_eq!(budget.step(), Err(Exhausted));
    }
}
