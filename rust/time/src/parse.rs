//! Reading dates and times.

use thiserror::Error;

use crate::calendar::{self, MAX_YEAR};
use crate::datetime::{DAY_SECONDS, DateTime};
use crate::scan::{is_blank, natural, split_digits};

/// Why a text is no date and time.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DateError {
    /// Nothing given.
    #[error("no date/time given")]
    Empty,
    /// None of the known forms of a date.
    #[error("not a known form of date")]
    Form,
    /// Year 0, or later than the last year.
    #[error("not a valid year")]
    Year,
    /// Not a month from 1 to 12.
    #[error("not a valid month")]
    Month,
    /// Not a day of that month, year or week.
    #[error("not a valid day")]
    Day,
    /// Not a week of that year.
    #[error("not a valid week")]
    Week,
    /// Time of day not in range, or no number where it is expected.
    #[error("not a valid time of day")]
    Time,
    /// UTC offset not in range.
    #[error("not a valid UTC offset")]
    Offset,
}

/// Reads a date (`Y-M-D`, `YYYYMMDD`, ordinal `Y-DDD`, week date `Y-Www-D`, or the word `epoch`), which may
/// be followed by `T` or a blank and a time of day with or without UTC offset, or a time of day alone.
///
/// `local` is the present as local clocks show it. It gives the date to a time of day alone and the
/// offset to a time without one. A date without time is midnight UTC.
pub fn parse(text: &str, local: DateTime) -> Result<DateTime, DateError> {
    if text.is_empty() {
        return Err(DateError::Empty);
    }
    if let Some(time) = text.strip_prefix('T') {
        return with_time(local.day(), time, local);
    }
    if text.as_bytes().get(2) == Some(&b':') {
        return with_time(local.day(), text, local);
    }
    if is_epoch(text) {
        return Ok(DateTime::from_epoch(0, 0));
    }
    let day = parse_day(text)?;
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-' || c == 'W');
    match rest.strip_prefix(['T', ' ']) {
        Some(time) => with_time(day, time, local),
        None => Ok(DateTime::from_day(day, 0, 0)),
    }
}

fn is_epoch(text: &str) -> bool {
    let Some((word, rest)) = text.split_at_checked("epoch".len()) else {
        return false;
    };
    word.eq_ignore_ascii_case("epoch")
        && (rest.is_empty() || rest.starts_with(|c| c == '/' || is_blank(c)))
}

/// Day number of the date a text begins with.
fn parse_day(text: &str) -> Result<i64, DateError> {
    let (first, rest) = natural(text).ok_or(DateError::Form)?;
    if let Some(after) = rest.strip_prefix("-W") {
        let (week, after) = natural(after).ok_or(DateError::Form)?;
        let (day, _) = after
            .strip_prefix('-')
            .and_then(natural)
            .ok_or(DateError::Form)?;
        return week_date(first, week, day);
    }
    let Some((second, rest)) = rest.strip_prefix('-').and_then(natural) else {
        return compact_date(text);
    };
    match rest.strip_prefix('-').and_then(natural) {
        Some((third, _)) => calendar_date(first, second, third),
        None => ordinal_date(first, second),
    }
}

fn compact_date(text: &str) -> Result<i64, DateError> {
    let (digits, _) = split_digits(text);
    // A single digit for the day is enough.
    if digits.len() < 7 {
        return Err(DateError::Form);
    }
    let number = |from: usize, to: usize| {
        natural(&digits[from..to.min(digits.len())]).map_or(0, |(value, _)| value)
    };
    calendar_date(number(0, 4), number(4, 6), number(6, 8))
}

fn check_year(year: i64) -> Result<(), DateError> {
    if (1..=MAX_YEAR).contains(&year) {
        Ok(())
    } else {
        Err(DateError::Year)
    }
}

fn calendar_date(year: i64, month: i64, day: i64) -> Result<i64, DateError> {
    check_year(year)?;
    if !(1..=12).contains(&month) {
        return Err(DateError::Month);
    }
    if !(1..=calendar::month_length(year, month)).contains(&day) {
        return Err(DateError::Day);
    }
    Ok(calendar::day_of_date(year, month, day))
}

fn ordinal_date(year: i64, day: i64) -> Result<i64, DateError> {
    check_year(year)?;
    if !(1..=calendar::year_length(year)).contains(&day) {
        return Err(DateError::Day);
    }
    Ok(calendar::first_day(year) + day - 1)
}

fn week_date(year: i64, week: i64, day: i64) -> Result<i64, DateError> {
    check_year(year)?;
    if !(1..=calendar::weeks_in_year(year)).contains(&week) {
        return Err(DateError::Week);
    }
    if !(1..=7).contains(&day) {
        return Err(DateError::Day);
    }
    Ok(calendar::first_monday(year) + (week - 1) * 7 + day - 1)
}

fn with_time(day: i64, text: &str, local: DateTime) -> Result<DateTime, DateError> {
    let second = time_of_day(text).ok_or(DateError::Time)?;
    let offset = utc_offset(text, local)?;
    // 24:00:00 is midnight of the next day.
    Ok(DateTime::from_day(
        day + second / DAY_SECONDS,
        second % DAY_SECONDS,
        offset,
    ))
}

/// Second of the day of `hh[:mm[:ss]]` or `hh[mm[ss]]`; anything may follow.
fn time_of_day(text: &str) -> Option<i64> {
    let (digits, rest) = split_digits(text);
    let (hour, minute, second) = if rest.starts_with(':') {
        let (hour, rest) = natural(text)?;
        let (minute, rest) = next_part(rest).unwrap_or((0, ""));
        let (second, _) = next_part(rest).unwrap_or((0, ""));
        (hour, minute, second)
    } else {
        let part = |at: usize| {
            digits
                .get(at..)
                .and_then(|d| natural(&d[..d.len().min(2)]))
                .map(|(value, _)| value)
        };
        (part(0)?, part(2).unwrap_or(0), part(4).unwrap_or(0))
    };
    let midnight = (hour, minute, second) == (24, 0, 0);
    let valid = midnight || (hour < 24 && minute < 60 && second < 60);
    valid.then_some(hour.min(24) * 3600 + minute.min(59) * 60 + second.min(59))
}

fn next_part(rest: &str) -> Option<(i64, &str)> {
    rest.strip_prefix(':').and_then(natural)
}

/// UTC offset of a time of day in seconds: `Z` anywhere, or what follows the first blank or sign, or that
/// of the local clock.
fn utc_offset(time: &str, local: DateTime) -> Result<i32, DateError> {
    if time.contains('Z') {
        return Ok(0);
    }
    let Some(at) = time.find([' ', '+', '-']) else {
        return Ok(local.offset());
    };
    let text = time[at..].trim_start_matches(is_blank);
    let (negative, unsigned) = match text.as_bytes().first() {
        Some(b'+') => (false, &text[1..]),
        Some(b'-') => (true, &text[1..]),
        Some(b'0'..=b'9') => (false, text),
        _ => return Ok(0),
    };
    let seconds = time_of_day(unsigned).ok_or(DateError::Offset)?;
    let seconds = i32::try_from(seconds).map_err(|_| DateError::Offset)?;
    Ok(if negative { -seconds } else { seconds })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datetime::DateStyle;
    use proptest::prelude::*;

    /// 2001-09-09 07:16:40 -05:30 on local clocks.
    fn local() -> DateTime {
        DateTime::from_epoch(1_000_000_000, -(5 * 3600 + 1800))
    }

    #[track_caller]
    fn reads(text: &str, utc: &str) {
        let read = parse(text, local()).map(|date| date.to_string());
        assert_eq!(read.as_deref(), Ok(utc), "{text}");
    }

    #[test]
    fn dates_are_midnight_utc() {
        reads("2020-02-29", "2020-02-29 00:00:00Z");
        reads("2024-2-9", "2024-02-09 00:00:00Z");
        reads("20240229", "2024-02-29 00:00:00Z");
        reads("2005-040", "2005-02-09 00:00:00Z");
        reads("2005-040/2005-043", "2005-02-09 00:00:00Z");
        reads("2024-02", "2024-01-02 00:00:00Z");
        reads("2024-366x", "2024-12-31 00:00:00Z");
        reads("Epoch", "1970-01-01 00:00:00Z");
        reads("epoch/P1D", "1970-01-01 00:00:00Z");
    }

    #[test]
    fn week_dates_follow_the_first_thursday() {
        for (text, utc) in [
            ("2006-W01-1", "2006-01-02"),
            ("2008-W01-1", "2007-12-31"),
            ("2009-W01-1", "2008-12-29"),
            ("2009-W53-07", "2010-01-03"),
            ("2012-W01-1", "2012-01-02"),
            ("2015-W01-1", "2014-12-29"),
            ("2040-W01-1", "2040-01-02"),
        ] {
            reads(text, &format!("{utc} 00:00:00Z"));
        }
    }

    #[test]
    fn times_have_an_offset_or_are_local() {
        reads("20191201T131211-05:00", "2019-12-01 18:12:11Z");
        reads("2019-03-24T02:00:00+05:30", "2019-03-23 20:30:00Z");
        reads("2019-12-31 24:00:00Z", "2020-01-01 00:00:00Z");
        reads("2019-12-31T12 -0130", "2019-12-31 13:30:00Z");
        reads("2019-12-31T12:30:15.5Z", "2019-12-31 12:30:15Z");
        reads("2019-12-31T12:30", "2019-12-31 18:00:00Z");
        reads("2019-12-31T1230 elsewhere", "2019-12-31 12:30:00Z");
        reads("T10:00", "2001-09-08 15:30:00Z");
        reads("10:00:00Z", "2001-09-08 10:00:00Z");
    }

    #[test]
    fn bad_dates_are_refused() {
        for text in [
            "",
            "nonsense",
            "2024",
            "202402",
            "2024-W01",
            "2024-13-01",
            "2019-13-01T12:00",
            "20191077T15",
            "2023-02-29",
            "0000-10-01",
            "-0001-10-01",
            "2023-366",
            "2021-W53-1",
            "2020-W01-8",
            "2019-10-01T25:00:00Z",
            "2019-10-01T24:00:01Z",
            "20191001T007000Z",
            "2019-10-01T00:00:80Z",
            "2019-10-01T00:00 +25:00",
            "2019-10-01T00:00 -00:61",
            "2019-10-01T",
            "T",
            "epochal",
            "99999999999999999999-01-01",
            "2147483648-001",
        ] {
            assert!(parse(text, local()).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_a_date_or_an_error(text: String, date in "[0-9]{1,6}-?W?[0-9]{1,4}-?[0-9]{0,3}", time in "[T ]?[0-9:]{0,10}[Z+ -]?[0-9:]{0,8}") {
            let _ = parse(&text, local());
            let _ = parse(&format!("{date}{time}"), local());
        }

        #[test]
        fn printed_dates_are_read_back(seconds in -62_135_510_400..253_402_214_400i64, minutes in -1439..=1439i32) {
            let date = DateTime::from_epoch(seconds, minutes * 60);
            for style in [DateStyle::Calendar, DateStyle::Ordinal, DateStyle::Week] {
                prop_assert_eq!(parse(&date.to_text(style, true), local()), Ok(date));
                prop_assert_eq!(parse(&date.to_text(style, false), local()), Ok(date.with_offset(0)));
            }
        }
    }
}
