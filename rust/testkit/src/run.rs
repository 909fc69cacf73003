//! How often a target is executed, and what is told of it.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};
use std::cell::RefCell;
use std::fmt::Debug;
use std::time::{Duration, Instant};

/// The variable that multiplies the number of executions of every target.
pub const FACTOR: &str = "PCMK_FUZZ";

/// An execution that takes longer is shown.
const NOTABLE: Duration = Duration::from_secs(1);

/// Executes a target with values of a strategy, and tells on standard error how often and how long.
///
/// # Panics
/// If the target fails, with the smallest value found for which it does.
pub fn fuzz<S: Strategy>(
    name: &str,
    executions: u32,
    strategy: S,
    target: impl Fn(S::Value) -> TestCaseResult,
) where
    S::Value: Clone + Debug,
{
    let cases = executions.saturating_mul(factor());
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let slowest = RefCell::new((Duration::ZERO, None));
    let began = Instant::now();
    let result = TestRunner::new(config).run(&strategy, |value| {
        let (kept, began) = (value.clone(), Instant::now());
        let result = target(value);
        let took = began.elapsed();
        if took > slowest.borrow().0 {
            slowest.replace((took, Some(kept)));
        }
        result
    });
    let took = began.elapsed().as_secs_f64();
    let (longest, slowest) = slowest.into_inner();
    eprintln!("fuzz {name:<12} {cases:>9} executions in {took:8.1} s, slowest {longest:?}");
    if longest > NOTABLE {
        eprintln!("slowest: {slowest:?}");
    }
    if let Err(failure) = result {
        panic!("{name}: {failure}");
    }
}

fn factor() -> u32 {
    let text = std::env::var(FACTOR).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(1)
}
