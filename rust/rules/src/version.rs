//! Comparing versions.

use std::cmp::Ordering;

/// Order of two versions: numbers joined by single points, compared one by one, missing ones as 0. What
/// follows the version in a text is ignored; a text that begins with none is the empty version.
pub fn compare_versions(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (groups(a), groups(b));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => compare_digits(a.unwrap_or("0"), b.unwrap_or("0")),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The groups of digits a text begins with.
fn groups(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']));
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text
            .bytes()
            .position(|b| !b.is_ascii_digit())
            .unwrap_or(text.len());
        let (digits, after) = text.split_at(end);
        rest = after.strip_prefix('.');
        if digits.is_empty() {
            rest = None;
            return None;
        }
        Some(digits)
    })
}

/// Order of two numbers of any length.
fn compare_digits(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Ordering::{Equal, Greater, Less};

    #[test]
    fn versions_compare_group_by_group() {
        for (a, b, order) in [
            ("", "abc", Equal),
            ("", "1.0.1", Less),
            ("0.4.7", "0.4.8", Less),
            ("0.2.3", "0.3", Less),
            ("0.99", "1.0", Less),
            ("1.0", "1", Equal),
            ("1.0", "1.0.1", Less),
            ("0001.1", "1.0001", Equal),
            ("-1", "0", Equal),
            ("-1", "0.1", Less),
            ("+1", "-2.0", Equal),
            ("1.-1.5", "1.0", Equal),
            ("1.+1.5", "1.0.5", Less),
            ("1.-1.5", "0.0.5", Greater),
            ("a111", "1", Less),
            ("1a111", "1", Equal),
            ("1a", "0", Greater),
            (".1", "0.1", Less),
            ("0.1.", "0.1.0", Equal),
            ("0.1.", "0", Greater),
            ("   1", "1.0", Equal),
            ("1   ", "1.1", Less),
            ("@1", "0", Equal),
            ("0.1.@", "0.1", Equal),
            ("0.1 .1", "0.1", Equal),
            ("1..1", "1", Equal),
            ("1..", "1.0.1", Less),
            (
                "1.99999999999999999999999",
                "1.100000000000000000000000",
                Less,
            ),
        ] {
            assert_eq!(compare_versions(a, b), order, "{a} {b}");
            assert_eq!(compare_versions(b, a), order.reverse(), "{b} {a}");
        }
    }
}
