//! Dates, durations, periods and intervals.

use pcmk_testkit::mutate::{damaged, damages};
use pcmk_testkit::run::fuzz;
use pcmk_testkit::words::VALUES;
use pcmk_time::{
    Component, DateExpression, DateStyle, DateTime, Duration, Period, date_spec,
    interval_origin_delay_ms, parse, parse_interval, parse_ms, readable_interval, scan_integer,
    start_delay_ms, timeout_ms,
};
use proptest::prelude::*;

const DATES: &[&str] = &[
    "2024-02-29T23:59:59+01:00",
    "2024-366",
    "2024-W53-7T12",
    "20240229T235959Z",
    "12:30",
    "T1230",
    "epoch",
    "now",
    "2024-02-29/P1Y2M3DT4H5M6S",
    "P1Y/2024-02-29",
    "P0001-02-03T04:05:06",
    "PT36H",
    "P4W",
    "10:20:30 -11:59",
    "1.5h",
    "-P1D",
];

fn text() -> impl Strategy<Value = String> {
    let known = prop_oneof![prop::sample::select(DATES), prop::sample::select(VALUES)];
    (known, damages(4)).prop_map(|(text, damages)| {
        String::from_utf8_lossy(&damaged(text.as_bytes(), &damages, DATES)).into_owned()
    })
}

fn instant() -> impl Strategy<Value = DateTime> {
    let seconds = prop_oneof![any::<i64>(), -62_200_000_000..300_000_000_000i64];
    (seconds, prop_oneof![any::<i32>(), -90_000..90_000])
        .prop_map(|(s, o)| DateTime::from_epoch(s, o))
}

#[test]
fn texts() {
    fuzz("times", 4_000, (text(), instant()), |(text, now)| {
        if let Ok(date) = parse(&text, now) {
            for style in [DateStyle::Calendar, DateStyle::Ordinal, DateStyle::Week] {
                let _ = date.to_text(style, true);
            }
            let _ = interval_origin_delay_ms(date, u32::MAX, now);
        }
        if let Ok(duration) = Duration::parse(&text) {
            let _ = (
                duration.total_seconds(),
                now.plus_duration(&duration),
                now.minus_duration(&duration),
            );
        }
        let _ = (
            Period::parse(&text, now),
            parse_ms(&text),
            scan_integer(&text),
        );
        let interval = parse_interval(&text).unwrap_or_else(|bad| bad.used);
        let _ = (
            readable_interval(interval),
            interval_origin_delay_ms(now, interval, now),
        );
        let _ = (timeout_ms(Some(&text)), start_delay_ms(Some(&text)));
        let _ = date_spec(now, |_| Some(&text));
        Ok(())
    });
}

#[test]
fn arithmetic() {
    let added = (prop::sample::select(&Component::ALL[..]), any::<i32>());
    fuzz(
        "dates",
        4_000,
        (instant(), instant(), added),
        |(now, other, (component, amount))| {
            let moved = now.plus(component, amount);
            prop_assert!((1..=i64::from(i32::MAX)).contains(&moved.fields().year));
            for expression in [
                DateExpression::LessThan(other),
                DateExpression::GreaterThan(other),
                DateExpression::InRange {
                    start: Some(other),
                    end: Some(moved),
                },
                DateExpression::InRange {
                    start: None,
                    end: Some(other),
                },
            ] {
                if let Some(next) = expression.evaluate(now).next_change {
                    prop_assert!(
                        next.epoch() > now.epoch() || next.fields().year >= i64::from(i32::MAX),
                        "{:?} at {:?}",
                        expression,
                        now
                    );
                }
            }
            Ok(())
        },
    );
}
