//! The ISO 8601 dialect of cluster configurations: dates, durations, periods, date expressions and
//! interval specifications.
//!
//! Nothing here reads a clock. What depends on the present takes it as an argument; a caller makes it
//! with [`DateTime::from_epoch`] from the seconds since the epoch and the UTC offset of the local zone.
//! No text makes any of these functions panic; values out of reach are clipped or refused.

mod arithmetic;
mod calendar;
mod date_expression;
mod date_spec;
mod datetime;
mod duration;
mod interval;
mod parse;
mod period;
mod scan;

pub use arithmetic::Component;
pub use date_expression::{DateExpression, DateResult, Position};
pub use date_spec::{BadRange, DATE_SPEC_FIELDS, date_spec};
pub use datetime::{DateStyle, DateTime, Fields};
pub use duration::{Duration, DurationError};
pub use interval::{
    BadInterval, DEFAULT_TIMEOUT_MS, MsError, interval_origin_delay_ms, parse_interval, parse_ms,
    readable_interval, start_delay_ms, timeout_ms,
};
pub use parse::{DateError, parse};
pub use period::{Period, PeriodError};
pub use scan::{IntegerError, scan_integer};
