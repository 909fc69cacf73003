//! How often a target is executed, and what is told of it.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};
use std::cell::RefCell;
use std::fmt::Debug;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The variable that multiplies the number of executions of every target.
pub const FACTOR: &str = "PCMK_FUZZ";

/// An execution that takes longer than this is shown, at its end or while it goes on.
const NOTABLE: Duration = Duration::from_secs(2);
/// How often the one that goes on is looked at.
const WATCH: Duration = Duration::from_secs(20);

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
    S::Value: Clone + Debug + Send,
{
    let cases = executions.saturating_mul(factor());
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let running = Mutex::new(None);
    let slowest = RefCell::new((Duration::ZERO, None));
    let began = Instant::now();
    let result = std::thread::scope(|scope| {
        let (_end, ended) = channel::<()>();
        scope.spawn(|| watch(&running, ended));
        TestRunner::new(config).run(&strategy, |value| {
            let began = Instant::now();
            *lock(&running) = Some((began, value.clone()));
            let result = target(value);
            let took = began.elapsed();
            let value = lock(&running).take();
            if took > slowest.borrow().0 {
                slowest.replace((took, value));
            }
            result
        })
    });
    let took = began.elapsed().as_secs_f64();
    let (longest, slowest) = slowest.into_inner();
    eprintln!("fuzz {name:<12} {cases:>9} executions in {took:8.1} s, slowest {longest:?}");
    if let Some((_, value)) = slowest.filter(|_| longest > NOTABLE) {
        eprintln!("slowest: {value:?}");
    }
    if let Err(failure) = result {
        panic!("{name}: {failure}");
    }
}

type Running<V> = Mutex<Option<(Instant, V)>>;

/// Shows what goes on for long, until the other end of the channel is gone.
fn watch<V: Debug>(running: &Running<V>, ended: Receiver<()>) {
    while ended.recv_timeout(WATCH) == Err(RecvTimeoutError::Timeout) {
        if let Some((began, value)) = &*lock(running) {
            if began.elapsed() > NOTABLE {
                eprintln!("for {:?}: {value:?}", began.elapsed());
            }
        }
    }
}

/// A target that panics does so outside of the lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn factor() -> u32 {
    let text = std::env::var(FACTOR).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(1)
}
