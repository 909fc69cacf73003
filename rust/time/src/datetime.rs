//! An instant as a local clock shows it.

use std::fmt;

use crate::calendar::{self, END_DAY};

pub(crate) const DAY_SECONDS: i64 = 86_400;

/// Seconds from 0001-01-01 to the epoch (1970-01-01), both at midnight UTC.
const EPOCH_SECONDS: i64 = 62_135_596_800;

/// A date and a time of day with an offset from UTC, from year 1 to year 2147483647.
///
/// Two values are equal when they are written alike; [`DateTime::epoch`] tells whether they are the
/// same instant and which of two instants is earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DateTime {
    /// Seconds from 0001-01-01 00:00:00 to this, both in the time of the offset.
    local: i64,
    offset: i32,
}

/// What a calendar and a clock show for a [`DateTime`], in its own UTC offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields {
    /// Calendar year.
    pub year: i64,
    /// Month, 1 to 12.
    pub month: i64,
    /// Day of the month, 1 to 31.
    pub monthday: i64,
    /// Hour, 0 to 23.
    pub hour: i64,
    /// Minute, 0 to 59.
    pub minute: i64,
    /// Second, 0 to 59.
    pub second: i64,
    /// Day of the year, 1 to 366.
    pub yearday: i64,
    /// Year of the ISO week date.
    pub weekyear: i64,
    /// Week of the ISO week date, 1 to 53.
    pub week: i64,
    /// Day of the week, 1 (Monday) to 7.
    pub weekday: i64,
}

/// How the date is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateStyle {
    /// Year, month and day.
    #[default]
    Calendar,
    /// Year and day of the year.
    Ordinal,
    /// Week year, week and day of the week.
    Week,
}

impl DateTime {
    /// The instant `seconds` after 1970-01-01 00:00:00 UTC as shown by clocks that are `offset` seconds
    /// ahead of UTC. Clipped to the years a date can have; the offset is clipped to a day.
    pub fn from_epoch(seconds: i64, offset: i32) -> Self {
        let offset = offset.clamp(-(DAY_SECONDS as i32), DAY_SECONDS as i32);
        let local = seconds
            .saturating_add(EPOCH_SECONDS)
            .saturating_add(i64::from(offset));
        Self {
            local: local.clamp(0, END_DAY * DAY_SECONDS - 1),
            offset,
        }
    }

    /// From a day number of the calendar, which is clipped, and the second of that day.
    pub(crate) fn from_day(day: i64, second: i64, offset: i32) -> Self {
        Self {
            local: day.clamp(0, END_DAY - 1) * DAY_SECONDS + second,
            offset,
        }
    }

    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub fn epoch(self) -> i64 {
        self.seconds() - EPOCH_SECONDS
    }

    /// Seconds since 0001-01-01 00:00:00 UTC.
    pub fn seconds(self) -> i64 {
        self.local - i64::from(self.offset)
    }

    /// Seconds by which the clock that shows this is ahead of UTC.
    pub fn offset(self) -> i32 {
        self.offset
    }

    /// The same instant as shown by clocks with another offset.
    pub fn with_offset(self, offset: i32) -> Self {
        Self::from_epoch(self.epoch(), offset)
    }

    /// The earlier of two instants; the first when both are the same.
    pub fn earlier(self, other: Self) -> Self {
        if other.epoch() < self.epoch() {
            other
        } else {
            self
        }
    }

    pub(crate) fn day(self) -> i64 {
        self.local / DAY_SECONDS
    }

    pub(crate) fn second_of_day(self) -> i64 {
        self.local % DAY_SECONDS
    }

    /// What calendar and clock show.
    pub fn fields(self) -> Fields {
        let day = self.day();
        let second = self.second_of_day();
        let year = calendar::year_of(day);
        let yearday = day - calendar::first_day(year) + 1;
        let (month, monthday) = calendar::month_and_day(year, yearday);
        let (weekyear, week) = calendar::week_of(day);
        Fields {
            year,
            month,
            monthday,
            hour: second / 3600,
            minute: second / 60 % 60,
            second: second % 60,
            yearday,
            weekyear,
            week,
            weekday: calendar::weekday(day),
        }
    }

    /// Date, blank, time: in its own offset, which is then written unless it is zero, or else in UTC.
    pub fn to_text(self, style: DateStyle, own_offset: bool) -> String {
        let shown = if own_offset {
            self
        } else {
            self.with_offset(0)
        };
        let f = shown.fields();
        let date = match style {
            DateStyle::Calendar => format!("{:04}-{:02}-{:02}", f.year, f.month, f.monthday),
            DateStyle::Ordinal => format!("{}-{:03}", f.year, f.yearday),
            DateStyle::Week => format!("{}-W{:02}-{}", f.weekyear, f.week, f.weekday),
        };
        format!(
            "{date} {:02}:{:02}:{:02}{}",
            f.hour,
            f.minute,
            f.second,
            offset_text(shown.offset)
        )
    }
}

/// The calendar date and the time in UTC.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text(DateStyle::Calendar, false))
    }
}

fn offset_text(offset: i32) -> String {
    if offset == 0 {
        return "Z".to_owned();
    }
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.unsigned_abs() / 60;
    format!(" {sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_epoch_is_printed_in_every_style() {
        let epoch = DateTime::from_epoch(0, 0);
        assert_eq!(epoch.to_string(), "1970-01-01 00:00:00Z");
        assert_eq!(
            epoch.to_text(DateStyle::Ordinal, false),
            "1970-001 00:00:00Z"
        );
        assert_eq!(
            epoch.to_text(DateStyle::Week, false),
            "1970-W01-4 00:00:00Z"
        );
        assert_eq!(epoch.seconds(), 62_135_596_800);
    }

    #[test]
    fn offsets_are_shown_only_when_asked_for() {
        let there = DateTime::from_epoch(0, -(3 * 3600 + 1800));
        assert_eq!(
            there.to_text(DateStyle::Calendar, true),
            "1969-12-31 20:30:00 -03:30"
        );
        assert_eq!(there.to_string(), "1970-01-01 00:00:00Z");
    }

    proptest! {
        #[test]
        fn any_epoch_gives_a_date(seconds: i64, offset: i32) {
            let made = DateTime::from_epoch(seconds, offset);
            prop_assert!(made.fields().year >= 1);
            prop_assert!(made.fields().year <= i64::from(i32::MAX));
            let _ = made.to_text(DateStyle::Week, true);
        }

        #[test]
        fn the_offset_does_not_move_the_instant(seconds in -60_000_000_000..1_000_000_000_000i64, offset in -86400..=86400) {
            prop_assert_eq!(DateTime::from_epoch(seconds, offset).epoch(), seconds);
        }
    }
}
