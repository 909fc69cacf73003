//! Date specifications: a range for each field of a date that is to match.

use crate::date_expression::Position;
use crate::datetime::DateTime;
use crate::scan::parse_range;

/// The attributes of a date specification in the order in which they are checked.
pub const DATE_SPEC_FIELDS: [&str; 10] = [
    "years",
    "months",
    "monthdays",
    "hours",
    "minutes",
    "seconds",
    "yeardays",
    "weekyears",
    "weeks",
    "weekdays",
];

/// The attribute of a date specification that holds no valid range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadRange {
    /// Name of the attribute.
    pub field: &'static str,
}

/// Where `now`, as written in its own UTC offset, lies in a date specification, whose ranges `range` tells
/// by the names in [`DATE_SPEC_FIELDS`]. The first field outside its range decides; fields without a range
/// match. A bad range after that field goes unnoticed.
pub fn date_spec<'a>(
    now: DateTime,
    range: impl Fn(&str) -> Option<&'a str>,
) -> Result<Position, BadRange> {
    let f = now.fields();
    let values = [
        f.year, f.month, f.monthday, f.hour, f.minute, f.second, f.yearday, f.weekyear, f.week,
        f.weekday,
    ];
    for (field, value) in DATE_SPEC_FIELDS.into_iter().zip(values) {
        let Some(text) = range(field) else {
            continue;
        };
        let (low, high) = parse_range(text).map_err(|_| BadRange { field })?;
        if low.is_some_and(|low| value < low) {
            return Ok(Position::Before);
        }
        if high.is_some_and(|high| value > high) {
            return Ok(Position::After);
        }
    }
    Ok(Position::Within)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(date: &str, spec: &[(&str, &str)], expected: Result<Position, BadRange>) {
        let now = crate::parse(date, DateTime::from_epoch(0, 0)).unwrap();
        let found = date_spec(now, |field| {
            spec.iter()
                .find(|(name, _)| *name == field)
                .map(|(_, range)| *range)
        });
        assert_eq!(found, expected, "{date} {spec:?}");
    }

    #[test]
    fn every_field_has_a_range() {
        use Position::{After, Before, Within};
        check("2020-01-01", &[], Ok(Within));
        check("2020-01-01", &[("years", "2020")], Ok(Within));
        check("2020-01-01", &[("years", "2019")], Ok(After));
        check("2020-01-01", &[("years", "2010-2015")], Ok(After));
        check("2000-01-01", &[("years", "2010-2030")], Ok(Before));
        check("2010-01-01", &[("years", "-2020")], Ok(Within));
        check("2010-01-01", &[("years", "2000-")], Ok(Within));
        check("2020-01-30", &[("yeardays", "30")], Ok(Within));
        check("2020-02-15", &[("yeardays", "40")], Ok(After));
        check("2016-02-29", &[("yeardays", "60")], Ok(Within));
        check(
            "2001-12-31",
            &[("years", "2001"), ("months", "12"), ("monthdays", "30")],
            Ok(After),
        );
        check(
            "2001-06-10",
            &[("years", "2001"), ("months", "6"), ("monthdays", "11-15")],
            Ok(Before),
        );
        check(
            "2010-01-03",
            &[("weekyears", "2009"), ("weeks", "53"), ("weekdays", "7")],
            Ok(Within),
        );
        check(
            "2010-01-03T10:20:30Z",
            &[("hours", "10"), ("minutes", "20"), ("seconds", "30")],
            Ok(Within),
        );
        check(
            "2010-01-03T23:30:00-05:00",
            &[("monthdays", "3"), ("hours", "22-")],
            Ok(Within),
        );
    }

    #[test]
    fn bad_ranges_matter_when_they_are_reached() {
        check(
            "2020-01-01",
            &[("years", "not-a-year")],
            Err(BadRange { field: "years" }),
        );
        check(
            "2020-01-01",
            &[("months", "")],
            Err(BadRange { field: "months" }),
        );
        check(
            "2020-01-01",
            &[("years", "2019"), ("months", "x")],
            Ok(Position::After),
        );
    }

    proptest! {
        #[test]
        fn any_ranges_can_be_checked(seconds: i64, text: String, near in "[0-9]{0,4}-?[0-9]{0,4}") {
            for text in [text.as_str(), near.as_str()] {
                let _ = date_spec(DateTime::from_epoch(seconds, 0), |_| Some(text));
            }
        }
    }
}
