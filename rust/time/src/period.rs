//! Periods: two ends, or one end and a duration.

use thiserror::Error;

use crate::datetime::DateTime;
use crate::duration::{Duration, DurationError};
use crate::parse::{DateError, parse};

/// The time from one instant to another, which may be earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Where it starts.
    pub start: DateTime,
    /// Where it ends.
    pub end: DateTime,
}

/// Why a text is no period.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PeriodError {
    /// An end is no date.
    #[error("{0}")]
    Date(#[from] DateError),
    /// The duration is invalid.
    #[error("{0}")]
    Duration(#[from] DurationError),
    /// Both sides are durations.
    #[error("has two durations")]
    TwoDurations,
    /// A start and nothing else.
    #[error("has no duration or ending time")]
    NoEnd,
    /// An end is not within the years 1 to 9999.
    #[error("not between the years 1 and 9999")]
    OutOfRange,
}

impl Period {
    /// Reads `start/end`, `start/duration`, `duration/end`, or a duration alone, which starts now.
    /// `local` is the present as local clocks show it, as for [`parse`].
    pub fn parse(text: &str, local: DateTime) -> Result<Self, PeriodError> {
        let (first, second) = match text.split_once('/') {
            Some((first, second)) => (first, Some(second)),
            None => (text, None),
        };
        let made = match (first.starts_with('P'), second) {
            (true, None) => {
                let end = local.plus_duration(&Duration::parse(first)?);
                Self { start: local, end }
            }
            (false, None) => {
                parse(first, local)?;
                return Err(PeriodError::NoEnd);
            }
            (true, Some(second)) => {
                let duration = Duration::parse(first)?;
                if second.starts_with('P') {
                    return Err(PeriodError::TwoDurations);
                }
                let end = parse(second, local)?;
                Self {
                    start: end.minus_duration(&duration),
                    end,
                }
            }
            (false, Some(second)) => {
                let start = parse(first, local)?;
                let end = match second.starts_with('P') {
                    true => start.plus_duration(&Duration::parse(second)?),
                    false => parse(second, local)?,
                };
                Self { start, end }
            }
        };
        let within = |date: DateTime| date.fields().year <= 9999;
        if within(made.start) && within(made.end) {
            Ok(made)
        } else {
            Err(PeriodError::OutOfRange)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn local() -> DateTime {
        DateTime::from_epoch(86_400, 0)
    }

    #[track_caller]
    fn reads(text: &str, start: &str, end: &str) {
        let period = Period::parse(text, local()).unwrap();
        assert_eq!(
            (period.start.to_string(), period.end.to_string()),
            (start.to_owned(), end.to_owned()),
            "{text}"
        );
    }

    #[test]
    fn the_missing_end_is_computed() {
        reads(
            "2005-01-20/P1M",
            "2005-01-20 00:00:00Z",
            "2005-02-20 00:00:00Z",
        );
        reads(
            "P1D/2005-03-01",
            "2005-02-28 00:00:00Z",
            "2005-03-01 00:00:00Z",
        );
        reads(
            "2006-01-20/2005-01-20",
            "2006-01-20 00:00:00Z",
            "2005-01-20 00:00:00Z",
        );
        reads(
            "2005-040T00:00/2005-043",
            "2005-02-09 00:00:00Z",
            "2005-02-12 00:00:00Z",
        );
        reads("PT1H", "1970-01-02 00:00:00Z", "1970-01-02 01:00:00Z");
    }

    #[test]
    fn bad_periods_are_refused() {
        assert_eq!(
            Period::parse("P1D/P1D", local()),
            Err(PeriodError::TwoDurations)
        );
        assert_eq!(
            Period::parse("2005-01-20", local()),
            Err(PeriodError::NoEnd)
        );
        assert_eq!(
            Period::parse("2005-01-20/P9000Y", local()),
            Err(PeriodError::OutOfRange)
        );
        for text in ["", "/", "/P1D", "2005-01-20/", "P1D/", "nonsense"] {
            assert!(Period::parse(text, local()).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_a_period_or_an_error(text: String, near in "[P0-9T:/YMDHSWZ+-]{0,40}") {
            let _ = Period::parse(&text, local());
            let _ = Period::parse(&near, local());
        }
    }
}
