//! Durations: `P3Y6M4DT12H30M5S`.

use std::fmt;

use thiserror::Error;

use crate::scan::{is_blank, split_digits};

/// An amount of time in calendar units. Never all zero when parsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Duration {
    /// Years.
    pub years: i32,
    /// Months.
    pub months: i32,
    /// Days, seven for each week.
    pub days: i32,
    /// Seconds, with hours and minutes.
    pub seconds: i32,
}

/// Why a text is no duration.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DurationError {
    /// It does not begin with `P` and something after it.
    #[error("does not start with 'P' and an amount")]
    Form,
    /// No integer where one must be. Fractions are not supported.
    #[error("no valid integer where one is expected")]
    Number,
    /// No unit after a number, or an unknown one.
    #[error("not a valid time unit")]
    Unit,
    /// An amount beyond 32 bits.
    #[error("amount too large")]
    TooLarge,
    /// All amounts are zero, or there is none.
    #[error("no amount given")]
    Zero,
}

impl Duration {
    /// Reads a duration, which ends at a blank, at `/` or with the text.
    ///
    /// Units may come in any order; of years and months the last counts, the others add up. `T` only tells
    /// minutes from months. Amounts may have a sign.
    pub fn parse(text: &str) -> Result<Self, DurationError> {
        let body = text.strip_prefix('P').ok_or(DurationError::Form)?;
        if body.is_empty() || body.starts_with(is_blank) {
            return Err(DurationError::Form);
        }
        let end = body.find(|c| c == '/' || is_blank(c)).unwrap_or(body.len());
        let mut rest = &body[..end];
        let mut made = Self::default();
        let mut in_time = false;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('T') {
                in_time = true;
                rest = after;
                continue;
            }
            let (value, after) = amount(rest)?;
            let unit = after.bytes().next().ok_or(DurationError::Unit)?;
            made.add(value, unit, in_time)?;
            rest = &after[1..];
        }
        if made == Self::default() {
            Err(DurationError::Zero)
        } else {
            Ok(made)
        }
    }

    fn add(&mut self, value: i32, unit: u8, in_time: bool) -> Result<(), DurationError> {
        let (total, factor) = match unit {
            b'Y' => return set(&mut self.years, value),
            b'M' if !in_time => return set(&mut self.months, value),
            b'W' => (&mut self.days, 7),
            b'D' => (&mut self.days, 1),
            b'H' => (&mut self.seconds, 3600),
            b'M' => (&mut self.seconds, 60),
            b'S' => (&mut self.seconds, 1),
            _ => return Err(DurationError::Unit),
        };
        let sum = i64::from(*total) + i64::from(value) * factor;
        *total = i32::try_from(sum).map_err(|_| DurationError::TooLarge)?;
        Ok(())
    }

    /// Length in seconds, with 365 days to a year and 30 days to a month.
    pub fn total_seconds(&self) -> i64 {
        let days = i64::from(self.years) * 365 + i64::from(self.months) * 30 + i64::from(self.days);
        days * 86_400 + i64::from(self.seconds)
    }
}

fn set(place: &mut i32, value: i32) -> Result<(), DurationError> {
    *place = value;
    Ok(())
}

/// The number an element begins with, after `+`, `-` or `:`, and the rest.
fn amount(text: &str) -> Result<(i32, &str), DurationError> {
    let (negative, unsigned) = match text.as_bytes()[0] {
        b'-' => (true, &text[1..]),
        b'+' | b':' => (false, &text[1..]),
        _ => (false, text),
    };
    let (digits, rest) = split_digits(unsigned);
    if digits.is_empty() {
        return Err(DurationError::Number);
    }
    if digits.len() > 10 {
        return Err(DurationError::TooLarge);
    }
    let value: i32 = digits.parse().map_err(|_| DurationError::TooLarge)?;
    Ok((if negative { -value } else { value }, rest))
}

/// The wording of displays, for example ` 1 month 90 seconds (1 minute 30 seconds)`.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut silent = true;
        for (value, unit, width) in [
            (self.years, "year", 4),
            (self.months, "month", 2),
            (self.days, "day", 2),
        ] {
            if value != 0 {
                write!(f, "{value:width$} {unit}{} ", plural(value.into()))?;
                silent = false;
            }
        }
        if silent || self.seconds != 0 {
            write!(f, "{} second{}", self.seconds, plural(self.seconds.into()))?;
        }
        if self.seconds.unsigned_abs() >= 60 {
            write!(f, " ({})", self.clock_parts())?;
        }
        Ok(())
    }
}

impl Duration {
    fn clock_parts(&self) -> String {
        let seconds = i64::from(self.seconds.unsigned_abs());
        let mut parts = Vec::new();
        for (value, unit) in [(seconds / 3600, "hour"), (seconds / 60 % 60, "minute")] {
            if value != 0 {
                parts.push(format!("{value} {unit}{}", plural(value)));
            }
        }
        // In the familiar wording the plural of this part follows the whole number of seconds, which is
        // never 1 here.
        if seconds % 60 != 0 {
            parts.push(format!("{} seconds", seconds % 60));
        }
        parts.join(" ")
    }
}

fn plural(value: i64) -> &'static str {
    if value == 1 { "" } else { "s" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Result<(i32, i32, i32, i32), DurationError> {
        Duration::parse(text).map(|d| (d.years, d.months, d.days, d.seconds))
    }

    #[test]
    fn units_add_up_in_any_order() {
        assert_eq!(parsed("P3Y6M4DT12H30M5S"), Ok((3, 6, 4, 45005)));
        assert_eq!(parsed("P3Y6M4DT-12H30M5S"), Ok((3, 6, 4, -41395)));
        assert_eq!(parsed("P1M"), Ok((0, 1, 0, 0)));
        assert_eq!(parsed("PT1M"), Ok((0, 0, 0, 60)));
        assert_eq!(parsed("P1D2W"), Ok((0, 0, 15, 0)));
        assert_eq!(parsed("P1Y2Y1S"), Ok((2, 0, 0, 1)));
        assert_eq!(parsed("P1D/2005-03-01"), Ok((0, 0, 1, 0)));
        assert_eq!(parsed("P2147483647S later"), Ok((0, 0, 0, i32::MAX)));
    }

    #[test]
    fn bad_durations_are_refused() {
        for text in [
            "",
            "P",
            "P 3Y",
            "PX3Y",
            "PT",
            "P/",
            "X3Y6M",
            "P3Y6M4DT12H30M30",
            "P3Y5X",
            "P3X",
            "P2147483648Y",
            "P-2147483648D",
            "P2147483647S1S",
            "P306783379W",
            "PT30.5M",
            "PT2.5H",
            "P0003-02-01T11:10:09",
            "P1y",
            "P0D",
            "PT0S",
            "P1D-1D",
            "P--1D",
            "P1\u{e9}",
            "bogus",
        ] {
            assert!(Duration::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn seconds_count_short_years_and_months() {
        assert_eq!(
            Duration::parse("P1Y1M1DT1S").unwrap().total_seconds(),
            (365 + 30 + 1) * 86_400 + 1
        );
    }

    #[test]
    fn displays_keep_the_familiar_wording() {
        for (text, shown) in [
            ("P2Y5MT6M", "   2 years  5 months 360 seconds (6 minutes)"),
            ("PT-1H", "-3600 seconds (1 hour)"),
            ("P1M", " 1 month "),
            ("P-1M", "-1 months "),
            ("P3W", "21 days "),
            ("PT1S", "1 second"),
            ("PT61S", "61 seconds (1 minute 1 seconds)"),
            (
                "P1Y2M3DT4H5M6S",
                "   1 year  2 months  3 days 14706 seconds (4 hours 5 minutes 6 seconds)",
            ),
        ] {
            assert_eq!(Duration::parse(text).unwrap().to_string(), shown);
        }
        assert_eq!(Duration::default().to_string(), "0 seconds");
    }

    proptest! {
        #[test]
        fn any_text_gives_a_duration_or_an_error(text: String, near in "P[-+0-9YMWDTHS:/ ]{0,24}") {
            let _ = Duration::parse(&text).map(|d| (d.to_string(), d.total_seconds()));
            let _ = Duration::parse(&near).map(|d| (d.to_string(), d.total_seconds()));
        }

        #[test]
        fn every_component_is_read_back(years: i32, months: i32, days: i32, seconds: i32) {
            prop_assume!([years, months, days, seconds].iter().all(|v| *v != i32::MIN) && (years, months, days, seconds) != (0, 0, 0, 0));
            prop_assert_eq!(
                Duration::parse(&format!("P{years}Y{months}M{days}DT{seconds}S")),
                Ok(Duration { years, months, days, seconds })
            );
        }
    }
}
