//! Adding to dates, component by component.

use crate::calendar::{self, MAX_YEAR};
use crate::datetime::{DAY_SECONDS, DateTime};
use crate::duration::Duration;

/// A part of a duration, in the order in which parts are added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// Years: the day of the year stays.
    Years,
    /// Months: the day of the month stays, cut to the length of the month.
    Months,
    /// Seven days each.
    Weeks,
    /// Calendar days.
    Days,
    /// 3600 seconds each.
    Hours,
    /// 60 seconds each.
    Minutes,
    /// Seconds.
    Seconds,
}

impl Component {
    /// Every component in the order of adding.
    pub const ALL: [Self; 7] = [
        Self::Years,
        Self::Months,
        Self::Weeks,
        Self::Days,
        Self::Hours,
        Self::Minutes,
        Self::Seconds,
    ];

    /// The attribute of a `duration` element that holds this component.
    pub fn attribute(self) -> &'static str {
        match self {
            Self::Years => "years",
            Self::Months => "months",
            Self::Weeks => "weeks",
            Self::Days => "days",
            Self::Hours => "hours",
            Self::Minutes => "minutes",
            Self::Seconds => "seconds",
        }
    }
}

impl DateTime {
    /// This moved by an amount of a component. The offset from UTC stays. A result before year 1 is
    /// clipped to the first day, one after the last year to the last day.
    ///
    /// Adding years keeps the day of the *year*, so 2024-03-01 and a year is 2025-03-02, and day 366 of a
    /// shorter year is January 1 of the next.
    pub fn plus(self, component: Component, amount: i32) -> Self {
        let amount = i64::from(amount);
        match component {
            Component::Years => self.plus_years(amount),
            Component::Months => self.plus_months(amount),
            Component::Weeks => self.plus_days(amount * 7),
            Component::Days => self.plus_days(amount),
            Component::Hours => self.plus_seconds(amount * 3600),
            Component::Minutes => self.plus_seconds(amount * 60),
            Component::Seconds => self.plus_seconds(amount),
        }
    }

    /// This moved forward by a duration: years first, then months, days, seconds.
    pub fn plus_duration(self, duration: &Duration) -> Self {
        self.moved(duration, 1)
    }

    /// This moved back by a duration: years first, then months, days, seconds.
    pub fn minus_duration(self, duration: &Duration) -> Self {
        self.moved(duration, -1)
    }

    fn moved(self, duration: &Duration, sign: i64) -> Self {
        self.plus_years(sign * i64::from(duration.years))
            .plus_months(sign * i64::from(duration.months))
            .plus_days(sign * i64::from(duration.days))
            .plus_seconds(sign * i64::from(duration.seconds))
    }

    fn plus_years(self, years: i64) -> Self {
        let year = calendar::year_of(self.day());
        let yearday = self.day() - calendar::first_day(year);
        let target = (year + years).clamp(1, MAX_YEAR);
        Self::from_day(
            calendar::first_day(target) + yearday,
            self.second_of_day(),
            self.offset(),
        )
    }

    fn plus_months(self, months: i64) -> Self {
        let fields = self.fields();
        let count = (fields.year * 12 + fields.month - 1 + months).clamp(12, MAX_YEAR * 12 + 11);
        let (year, month) = (count / 12, count % 12 + 1);
        let monthday = fields.monthday.min(calendar::month_length(year, month));
        Self::from_day(
            calendar::day_of_date(year, month, monthday),
            self.second_of_day(),
            self.offset(),
        )
    }

    fn plus_days(self, days: i64) -> Self {
        Self::from_day(self.day() + days, self.second_of_day(), self.offset())
    }

    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        let total = self.second_of_day() + seconds;
        let day = self.day() + total.div_euclid(DAY_SECONDS);
        Self::from_day(day, total.rem_euclid(DAY_SECONDS), self.offset())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datetime::DateStyle;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime {
        crate::parse(text, DateTime::from_epoch(0, 0)).unwrap()
    }

    #[track_caller]
    fn moves(from: &str, component: Component, amount: i32, to: &str) {
        assert_eq!(
            at(from)
                .plus(component, amount)
                .to_text(DateStyle::Calendar, true),
            at(to).to_text(DateStyle::Calendar, true)
        );
    }

    #[test]
    fn years_keep_the_day_of_the_year() {
        moves("2024-03-01", Component::Years, 1, "2025-03-02");
        moves("2004-02-29", Component::Years, 1, "2005-03-01");
        moves("2024-12-31", Component::Years, 1, "2026-01-01");
        moves("2024-12-31", Component::Years, 1000, "3024-12-31");
        moves("2024-12-31", Component::Years, -1000, "1024-12-31");
        moves("2024-01-01", Component::Years, -3000, "0001-01-01");
    }

    #[test]
    fn months_are_cut_to_their_length() {
        moves("2009-01-31", Component::Months, 1, "2009-02-28");
        moves("2009-01-31", Component::Months, 2, "2009-03-31");
        moves("2009-01-31", Component::Months, 3, "2009-04-30");
        moves("2009-03-31", Component::Months, -1, "2009-02-28");
        moves("2009-12-31", Component::Months, 14, "2011-02-28");
        moves("2009-03-31", Component::Months, -15, "2007-12-31");
    }

    #[test]
    fn days_carry_over_years() {
        moves("2024-02-28", Component::Days, 2, "2024-03-01");
        moves("2023-01-01", Component::Days, 426, "2024-03-02");
        moves("2025-01-01", Component::Days, 150_000, "2435-09-09");
        moves("1990-01-01", Component::Days, -150_000, "1579-04-26");
        moves("0001-02-01", Component::Days, -40, "0001-01-01");
        moves("2024-01-01", Component::Weeks, -1, "2023-12-25");
    }

    #[test]
    fn seconds_roll_at_midnight() {
        moves(
            "2024-02-28T00:05:00Z",
            Component::Seconds,
            86_200,
            "2024-02-29T00:01:40Z",
        );
        moves(
            "2023-02-28T00:05:00Z",
            Component::Seconds,
            86_200,
            "2023-03-01T00:01:40Z",
        );
        moves(
            "2024-12-31T23:59:59+06:00",
            Component::Seconds,
            1,
            "2025-01-01T00:00:00+06:00",
        );
        moves(
            "2014-01-01T00:30:00Z",
            Component::Hours,
            -1,
            "2013-12-31T23:30:00Z",
        );
        moves(
            "2014-01-01T00:30:00Z",
            Component::Minutes,
            -30,
            "2014-01-01T00:00:00Z",
        );
    }

    #[test]
    fn durations_add_their_parts_in_order() {
        let duration = Duration::parse("P2Y5MT6M").unwrap();
        assert_eq!(
            DateTime::from_epoch(0, 0).plus_duration(&duration),
            at("1972-06-01T00:06:00Z")
        );
        assert_eq!(
            at("2005-03-01").minus_duration(&Duration::parse("P1D").unwrap()),
            at("2005-02-28")
        );
    }

    proptest! {
        #[test]
        fn nothing_leaves_the_calendar(seconds: i64, offset: i32, amount: i32, index in 0..7usize) {
            let moved = DateTime::from_epoch(seconds, offset).plus(Component::ALL[index], amount);
            let year = moved.fields().year;
            prop_assert!((1..=i64::from(i32::MAX)).contains(&year));
        }

        #[test]
        fn seconds_can_be_taken_back(seconds in 0..100_000_000_000i64, amount: i32) {
            let start = DateTime::from_epoch(seconds, 3600);
            let there = start.plus_seconds(i64::from(amount));
            prop_assert_eq!(there.epoch(), seconds + i64::from(amount));
            prop_assert_eq!(there.plus_seconds(-i64::from(amount)), start);
        }

        #[test]
        fn months_land_in_the_month_asked_for(seconds in 0..100_000_000_000i64, amount in -300..300i32) {
            let from = DateTime::from_epoch(seconds, 0);
            let to = from.plus(Component::Months, amount).fields();
            let from = from.fields();
            prop_assert_eq!(to.year * 12 + to.month, from.year * 12 + from.month + i64::from(amount));
            prop_assert!(to.monthday <= from.monthday);
        }
    }
}
