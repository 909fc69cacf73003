//! What a date tool printed, against what it would print with this crate.

use std::fmt::Write;
use std::path::Path;

use pcmk_time::{DateStyle, DateTime, Duration, Period, parse};
use serde_json::Value;

/// Exit code for a value that is not valid.
const INVALID: i64 = 2;

#[derive(Default)]
struct Options<'a> {
    date: Option<&'a str>,
    duration: Option<&'a str>,
    period: Option<&'a str>,
    expected: Option<&'a str>,
    style: DateStyle,
    seconds: bool,
    epoch: bool,
}

impl<'a> Options<'a> {
    /// The options of a recorded command; `None` if there is one that this test does not know.
    fn read(arguments: &[&'a str]) -> Option<Self> {
        let mut made = Self::default();
        let mut rest = arguments.iter().copied();
        while let Some(option) = rest.next() {
            match option {
                "-d" => made.date = rest.next(),
                "-D" => made.duration = rest.next(),
                "-p" => made.period = rest.next(),
                "-E" => made.expected = rest.next(),
                "-O" => made.style = DateStyle::Ordinal,
                "-W" => made.style = DateStyle::Week,
                "-s" => made.seconds = true,
                "-S" => made.epoch = true,
                _ => return None,
            }
        }
        Some(made)
    }

    fn show(&self, date: DateTime) -> String {
        if self.epoch {
            date.epoch().to_string()
        } else if self.seconds {
            date.seconds().to_string()
        } else {
            date.to_text(self.style, false)
        }
    }

    /// What is printed and whether every value was valid.
    fn run(&self, local: DateTime) -> (String, bool) {
        let mut out = String::new();
        let valid = self.print(local, &mut out).is_some();
        (out, valid)
    }

    fn print(&self, local: DateTime, out: &mut String) -> Option<()> {
        let date = self.date.map(|text| parse(text, local));
        if let Some(date) = date {
            writeln!(out, "Date: {}", self.show(date.ok()?)).unwrap();
        }
        let duration = self.duration.map(Duration::parse);
        if let Some(duration) = duration {
            writeln!(out, "Duration: {}", duration.ok()?).unwrap();
        }
        if let Some(text) = self.period {
            let period = Period::parse(text, local).ok()?;
            writeln!(
                out,
                "Period: {} to {}",
                self.show(period.start),
                self.show(period.end)
            )
            .unwrap();
        }
        if let (Some(date), Some(duration)) = (date, duration) {
            let end = date.ok()?.plus_duration(&duration.ok()?);
            writeln!(out, "Duration ends at: {}", self.show(end)).unwrap();
            assert!(
                self.expected
                    .is_none_or(|expected| expected == self.show(end))
            );
        }
        Some(())
    }
}

#[test]
fn recorded_dates_are_understood_alike() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/conformance/commands/cases.json");
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("SKIPPED: no recorded cases at {}", path.display());
        return;
    };
    let cases: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
    let mut compared = 0;
    for case in &cases {
        let words: Vec<&str> = case["argv"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let ["iso8601", arguments @ ..] = words.as_slice() else {
            continue;
        };
        let options =
            Options::read(arguments).unwrap_or_else(|| panic!("unknown option in {arguments:?}"));
        let stdout = case["stdout"].as_str().unwrap();
        let (printed, valid) = options.run(recorded_present(&options, stdout));
        assert_eq!(printed, stdout, "{arguments:?}");
        assert_eq!(
            case["exit"].as_i64(),
            Some(if valid { 0 } else { INVALID }),
            "{arguments:?}"
        );
        compared += 1;
    }
    assert!(compared >= 20, "only {compared} cases");
}

/// The day on which a time without a date was recorded, at midnight UTC.
fn recorded_present(options: &Options, stdout: &str) -> DateTime {
    let epoch = DateTime::from_epoch(0, 0);
    let day = stdout
        .strip_prefix("Date: ")
        .and_then(|text| text.get(..10));
    match (options.date, day) {
        (Some(date), Some(day)) if date.starts_with('T') => parse(day, epoch).unwrap(),
        _ => epoch,
    }
}
