//! The proleptic Gregorian calendar over day numbers: day 0 is 0001-01-01, a Monday.

/// The last year a date can lie in.
pub(crate) const MAX_YEAR: i64 = i32::MAX as i64;

/// Number of the first day of a year that is out of reach.
pub(crate) const END_DAY: i64 = first_day(MAX_YEAR + 1);

pub(crate) const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(crate) const fn year_length(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

pub(crate) fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Day number of January 1 of a year (1 or later).
pub(crate) const fn first_day(year: i64) -> i64 {
    let before = year - 1;
    before * 365 + before / 4 - before / 100 + before / 400
}

/// Year that holds a day number (0 or later).
pub(crate) fn year_of(day: i64) -> i64 {
    const DAYS_IN_400_YEARS: i64 = 146_097;
    let cycles = day / DAYS_IN_400_YEARS;
    let rest = day % DAYS_IN_400_YEARS;
    // Too late by one year at most, because a leap day has not been reached yet.
    let guess = cycles * 400 + rest / 365 + 1;
    if first_day(guess) > day {
        guess - 1
    } else {
        guess
    }
}

/// Day number of a calendar date whose month and day are in range.
pub(crate) fn day_of_date(year: i64, month: i64, monthday: i64) -> i64 {
    let before: i64 = (1..month).map(|m| month_length(year, m)).sum();
    first_day(year) + before + monthday - 1
}

/// Month and day of the month of a day of a year (1 is January 1).
pub(crate) fn month_and_day(year: i64, yearday: i64) -> (i64, i64) {
    let mut rest = yearday;
    for month in 1..12 {
        let length = month_length(year, month);
        if rest <= length {
            return (month, rest);
        }
        rest -= length;
    }
    (12, rest)
}

/// Day of the week, 1 = Monday.
pub(crate) fn weekday(day: i64) -> i64 {
    day % 7 + 1
}

/// Number of ISO weeks of a year: week 1 holds the first Thursday.
pub(crate) fn weeks_in_year(year: i64) -> i64 {
    let jan1 = weekday(first_day(year));
    if jan1 == 4 || (jan1 == 3 && is_leap(year)) {
        53
    } else {
        52
    }
}

/// Day number of the Monday of week 1 of a week year.
pub(crate) fn first_monday(weekyear: i64) -> i64 {
    let jan4 = first_day(weekyear) + 3;
    jan4 - (weekday(jan4) - 1)
}

/// Week year and week of a day number.
pub(crate) fn week_of(day: i64) -> (i64, i64) {
    let thursday = day + 4 - weekday(day);
    let weekyear = year_of(thursday);
    (weekyear, (day - first_monday(weekyear)) / 7 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn week_one_holds_the_first_thursday() {
        for (year, weeks) in [
            (2004, 53),
            (2008, 52),
            (2009, 53),
            (2015, 53),
            (2020, 53),
            (2021, 52),
        ] {
            assert_eq!(weeks_in_year(year), weeks, "{year}");
        }
    }

    proptest! {
        #[test]
        fn days_and_dates_correspond(day in 0..END_DAY) {
            let year = year_of(day);
            prop_assert!(first_day(year) <= day && day < first_day(year + 1));
            let (month, monthday) = month_and_day(year, day - first_day(year) + 1);
            prop_assert!((1..=12).contains(&month));
            prop_assert!((1..=month_length(year, month)).contains(&monthday));
            prop_assert_eq!(day_of_date(year, month, monthday), day);
        }

        #[test]
        fn days_and_week_dates_correspond(day in 0..END_DAY) {
            let (weekyear, week) = week_of(day);
            prop_assert!((1..=weeks_in_year(weekyear)).contains(&week));
            prop_assert_eq!(first_monday(weekyear) + (week - 1) * 7 + weekday(day) - 1, day);
        }
    }
}
