//! Interval and timeout specifications of operations, in milliseconds.

use thiserror::Error;

use crate::datetime::DateTime;
use crate::duration::Duration;
use crate::scan::{IntegerError, is_blank, leading_integer};

/// Timeout of an action that has no valid one.
pub const DEFAULT_TIMEOUT_MS: u32 = 20_000;

/// Why a text is no number of milliseconds.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum MsError {
    /// No number, or an unknown unit.
    #[error("not a number with a known unit")]
    BadInput,
    /// The number is beyond 64 bits; this is the clipped result.
    #[error("number out of range")]
    OutOfRange(i64),
}

/// A text is no valid interval.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not a valid interval")]
pub struct BadInterval {
    /// What is used in its place.
    pub used: u32,
}

/// Reads an integer and an optional unit: `s` (the default), `ms`, `us`, `m` or `h`, matched by prefix in
/// any letter case. A fraction is dropped. Results beyond 64 bits are clipped.
pub fn parse_ms(text: &str) -> Result<i64, MsError> {
    let (number, rest) = leading_integer(text);
    let (value, in_range) = match number {
        Ok(value) => (value, true),
        Err(IntegerError::OutOfRange(clipped)) => (clipped, false),
        Err(IntegerError::NoDigits) => return Err(MsError::BadInput),
    };
    let unit = rest
        .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
        .trim_start_matches(is_blank);
    let (factor, divisor) = unit_scale(unit).ok_or(MsError::BadInput)?;
    let ms = value.saturating_mul(factor) / divisor;
    if in_range {
        Ok(ms)
    } else {
        Err(MsError::OutOfRange(ms))
    }
}

/// Milliseconds in a unit, as factor and divisor.
fn unit_scale(unit: &str) -> Option<(i64, i64)> {
    let lower = |at: usize| unit.as_bytes().get(at).map(u8::to_ascii_lowercase);
    match (lower(0), lower(1)) {
        (None | Some(b's'), _) => Some((1000, 1)),
        (Some(b'm'), Some(b's')) => Some((1, 1)),
        (Some(b'u'), Some(b's')) => Some((1, 1000)),
        (Some(b'm'), _) => Some((60_000, 1)),
        (Some(b'h'), _) => Some((3_600_000, 1)),
        _ => None,
    }
}

/// Reads an interval: an ISO 8601 duration (which begins with `P`) or what [`parse_ms`] reads. Results beyond
/// 32 bits are clipped; negative ones are errors, and so is a duration of zero such as `PT0S`.
pub fn parse_interval(text: &str) -> Result<u32, BadInterval> {
    const MOST_SECONDS: i64 = (u32::MAX / 1000) as i64;
    let (ms, valid) = if text.starts_with('P') {
        match Duration::parse(text) {
            Ok(duration) => (duration.total_seconds().min(MOST_SECONDS) * 1000, true),
            Err(_) => (0, false),
        }
    } else {
        match parse_ms(text) {
            Ok(ms) => (ms, true),
            Err(MsError::OutOfRange(ms)) => (ms, false),
            Err(MsError::BadInput) => (0, false),
        }
    };
    let used = u32::try_from(ms.max(0)).unwrap_or(u32::MAX);
    if valid && ms >= 0 {
        Ok(used)
    } else {
        Err(BadInterval { used })
    }
}

/// Timeout of an action: [`DEFAULT_TIMEOUT_MS`] when missing, invalid or not above zero; 31 bits at most.
pub fn timeout_ms(text: Option<&str>) -> u32 {
    match text.map(parse_ms) {
        Some(Ok(ms)) if ms > 0 => ms.min(i64::from(i32::MAX)) as u32,
        _ => DEFAULT_TIMEOUT_MS,
    }
}

/// Start delay of an operation: 0 when missing, invalid or negative; 31 bits at most.
pub fn start_delay_ms(text: Option<&str>) -> u32 {
    match text.map(parse_ms) {
        Some(Ok(ms)) => ms.clamp(0, i64::from(i32::MAX)) as u32,
        _ => 0,
    }
}

/// Start delay of an operation that is to run at whole intervals counted from `origin`: the time from
/// `now` to the next such instant. Whole seconds count; 0 for an operation that does not recur.
pub fn interval_origin_delay_ms(origin: DateTime, interval_ms: u32, now: DateTime) -> i64 {
    if interval_ms == 0 {
        return 0;
    }
    let interval_s = i64::from((interval_ms / 1000 + u32::from(interval_ms % 1000 >= 500)).max(1));
    let rest = (now.epoch() - origin.epoch()) % interval_s;
    let delay = if rest > 0 { interval_s - rest } else { -rest };
    delay * 1000
}

/// An interval in the short form of displays, such as `2m30s` or `3.333s`.
pub fn readable_interval(ms: u32) -> String {
    let mut text = String::new();
    for (length, unit) in [(86_400_000, 'd'), (3_600_000, 'h'), (60_000, 'm')] {
        let count = match unit {
            'd' => ms / length,
            'h' => ms / length % 24,
            _ => ms / length % 60,
        };
        if count > 0 {
            text += &format!("{count}{unit}");
        }
    }
    let (seconds, rest) = (ms / 1000 % 60, ms % 1000);
    match (seconds, rest) {
        (0, 0) if !text.is_empty() => {}
        (_, 0) => text += &format!("{seconds}s"),
        (0, _) => text += &format!("{rest}ms"),
        _ => text += &format!("{seconds}.{rest:03}s"),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_have_units() {
        for (text, ms) in [
            ("100", 100_000),
            (" 100 ", 100_000),
            ("\t100\n", 100_000),
            ("100ms", 100),
            (" 100 ms ", 100),
            ("100 MSEC", 100),
            (" 100 mshr ", 100),
            (" 100 ms hr ", 100),
            ("-100ms", -100),
            ("1000US", 1),
            ("1000usec", 1),
            ("12s", 12_000),
            ("12 sec", 12_000),
            ("1m", 60_000),
            ("13 min", 780_000),
            ("2\th", 7_200_000),
            ("1 hr", 3_600_000),
            ("3.", 3000),
            ("3.14.159", 3000),
            ("  3.14  ms  ", 3),
            (" 3.14 ms!@#$ ", 3),
            (" 100 sasdf ", 100_000),
            (" 3.14 shour ", 3000),
            ("9223372036854775807", i64::MAX),
        ] {
            assert_eq!(parse_ms(text), Ok(ms), "{text}");
        }
        for text in [
            "", "  ", "abcxyz", "100xs", "3.xs", "3.14  xs", "100 u", ".5s",
        ] {
            assert_eq!(parse_ms(text), Err(MsError::BadInput), "{text}");
        }
        assert_eq!(
            parse_ms("9223372036854775808"),
            Err(MsError::OutOfRange(i64::MAX))
        );
    }

    #[test]
    fn intervals_may_be_durations() {
        for (text, ms) in [
            ("10s", 10_000),
            ("5min", 300_000),
            ("PT1M", 60_000),
            ("P1M", 2_592_000_000),
            ("P1Y", 4_294_967_000),
            ("100ms", 100),
            ("0", 0),
            ("4294968", u32::MAX),
        ] {
            assert_eq!(parse_interval(text), Ok(ms), "{text}");
        }
        for text in [
            "",
            "PT0S",
            "PT-1S",
            "-1s",
            "ten",
            "P",
            "-9223372036854775809",
        ] {
            assert_eq!(parse_interval(text), Err(BadInterval { used: 0 }), "{text}");
        }
        assert_eq!(
            parse_interval("9223372036854775808"),
            Err(BadInterval { used: u32::MAX })
        );
    }

    #[test]
    fn timeouts_and_delays_have_defaults() {
        assert_eq!(timeout_ms(None), 20_000);
        assert_eq!(timeout_ms(Some("-1")), 20_000);
        assert_eq!(timeout_ms(Some("PT1M")), 20_000);
        assert_eq!(timeout_ms(Some("90")), 90_000);
        assert_eq!(timeout_ms(Some("9999999999")), 2_147_483_647);
        assert_eq!(start_delay_ms(Some("15s")), 15_000);
        assert_eq!(start_delay_ms(Some("-15s")), 0);
        assert_eq!(start_delay_ms(Some("soon")), 0);
    }

    #[test]
    fn the_next_whole_interval_is_awaited() {
        let at = |seconds| DateTime::from_epoch(seconds, 0);
        assert_eq!(interval_origin_delay_ms(at(0), 60_000, at(0)), 0);
        assert_eq!(interval_origin_delay_ms(at(0), 60_000, at(70)), 50_000);
        assert_eq!(interval_origin_delay_ms(at(100), 60_000, at(0)), 40_000);
        assert_eq!(interval_origin_delay_ms(at(0), 60_000, at(120)), 0);
        assert_eq!(interval_origin_delay_ms(at(0), 1500, at(1)), 1000);
        assert_eq!(interval_origin_delay_ms(at(0), 0, at(70)), 0);
    }

    #[test]
    fn intervals_are_shown_short() {
        for (ms, text) in [
            (0, "0s"),
            (503, "503ms"),
            (3333, "3.333s"),
            (30_000, "30s"),
            (61_000, "1m1s"),
            (150_000, "2m30s"),
            (60_000, "1m"),
            (u32::MAX, "49d17h2m47.295s"),
            (86_400_000, "1d"),
            (60_005, "1m5ms"),
        ] {
            assert_eq!(readable_interval(ms), text);
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text: String, near in "[-+P]?[0-9]{0,22}[.]?[ a-zA-Z]{0,6}") {
            for text in [text, near] {
                let _ = (parse_ms(&text), parse_interval(&text), timeout_ms(Some(&text)), start_delay_ms(Some(&text)));
            }
        }

        #[test]
        fn any_interval_can_be_shown(ms: u32) {
            prop_assert!(!readable_interval(ms).is_empty());
        }

        #[test]
        fn delays_end_on_the_grid(origin in 0..4_000_000_000i64, now in 0..4_000_000_000i64, seconds in 1..100_000u32) {
            let delay = interval_origin_delay_ms(DateTime::from_epoch(origin, 0), seconds * 1000, DateTime::from_epoch(now, 0));
            prop_assert!((0..i64::from(seconds) * 1000).contains(&delay));
            prop_assert_eq!((now + delay / 1000 - origin) % i64::from(seconds), 0);
        }
    }
}
