//! Reading integers the lenient way of cluster configurations: the text after the number may be anything.

use thiserror::Error;

/// Why a text is no integer.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum IntegerError {
    /// The text does not begin with a number.
    #[error("no digits found")]
    NoDigits,
    /// The number does not fit 64 bits; this is the nearest that does.
    #[error("number out of range")]
    OutOfRange(i64),
}

/// Why a text is no range of integers.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum RangeError {
    /// Empty, no limit on either side, or something other than digits.
    #[error("not a range")]
    BadInput,
    /// A limit does not fit 64 bits.
    #[error("range limit out of range")]
    OutOfRange,
}

/// The decimal integer a text begins with: optional blanks, an optional sign, digits; the rest is ignored.
pub fn scan_integer(text: &str) -> Result<i64, IntegerError> {
    leading_integer(text).0
}

/// As [`scan_integer`], with what follows the number (all of the text if there is none).
pub(crate) fn leading_integer(text: &str) -> (Result<i64, IntegerError>, &str) {
    let trimmed = text.trim_start_matches(is_blank);
    let (negative, unsigned) = match trimmed.as_bytes().first() {
        Some(b'-') => (true, &trimmed[1..]),
        Some(b'+') => (false, &trimmed[1..]),
        _ => (false, trimmed),
    };
    let (digits, rest) = split_digits(unsigned);
    if digits.is_empty() {
        return (Err(IntegerError::NoDigits), text);
    }
    let step = |value: i64, digit: u8| {
        let digit = i64::from(digit - b'0');
        let shifted = value.checked_mul(10)?;
        if negative {
            shifted.checked_sub(digit)
        } else {
            shifted.checked_add(digit)
        }
    };
    let value = digits.bytes().try_fold(0, step);
    let limit = if negative { i64::MIN } else { i64::MAX };
    (value.ok_or(IntegerError::OutOfRange(limit)), rest)
}

/// A range `a`, `a-`, `-b` or `a-b` as its two limits; `None` is an open side.
///
/// The text is split at the first `-`, so no limit can be negative.
pub(crate) fn parse_range(text: &str) -> Result<(Option<i64>, Option<i64>), RangeError> {
    let Some((low, high)) = text.split_once('-') else {
        let only = limit(text)?.ok_or(RangeError::BadInput)?;
        return Ok((Some(only), Some(only)));
    };
    let limits = (limit(low)?, limit(high)?);
    if limits == (None, None) {
        Err(RangeError::BadInput)
    } else {
        Ok(limits)
    }
}

fn limit(text: &str) -> Result<Option<i64>, RangeError> {
    if text.is_empty() {
        return Ok(None);
    }
    match leading_integer(text) {
        (Ok(value), "") => Ok(Some(value)),
        (Err(IntegerError::OutOfRange(_)), _) => Err(RangeError::OutOfRange),
        _ => Err(RangeError::BadInput),
    }
}

/// The blanks of the C locale.
pub(crate) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r')
}

/// Leading digits and the rest.
pub(crate) fn split_digits(text: &str) -> (&str, &str) {
    let end = text
        .bytes()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

/// Leading digits as a number, saturating, and the rest; `None` when there is no digit.
pub(crate) fn natural(text: &str) -> Option<(i64, &str)> {
    let (digits, rest) = split_digits(text);
    let value = digits.bytes().fold(0i64, |value, b| {
        value.saturating_mul(10).saturating_add(i64::from(b - b'0'))
    });
    (!digits.is_empty()).then_some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn integers_end_where_digits_end() {
        assert_eq!(scan_integer("1234"), Ok(1234));
        assert_eq!(scan_integer(" -12as"), Ok(-12));
        assert_eq!(scan_integer("0xf00d"), Ok(0));
        for bad in ["asdf", "as12", "", "-", "+ 1"] {
            assert_eq!(scan_integer(bad), Err(IntegerError::NoDigits), "{bad}");
        }
        assert_eq!(
            scan_integer("9223372036854775808"),
            Err(IntegerError::OutOfRange(i64::MAX))
        );
        assert_eq!(scan_integer("-9223372036854775808"), Ok(i64::MIN));
        assert_eq!(
            scan_integer("-9223372036854775809"),
            Err(IntegerError::OutOfRange(i64::MIN))
        );
    }

    #[test]
    fn ranges_have_one_or_two_limits() {
        assert_eq!(parse_range("1234"), Ok((Some(1234), Some(1234))));
        assert_eq!(parse_range("2000-"), Ok((Some(2000), None)));
        assert_eq!(parse_range("-2020"), Ok((None, Some(2020))));
        assert_eq!(parse_range("2000-2020"), Ok((Some(2000), Some(2020))));
        for bad in ["", "-", "2000-2020-2030", "2000x-", "-x2000"] {
            assert_eq!(parse_range(bad), Err(RangeError::BadInput), "{bad}");
        }
        assert_eq!(
            parse_range("9223372036854775808-"),
            Err(RangeError::OutOfRange)
        );
    }

    proptest! {
        #[test]
        fn any_text_can_be_scanned(text: String) {
            let _ = (scan_integer(&text), parse_range(&text), natural(&text));
        }

        #[test]
        fn printed_integers_are_read_back(value: i64, tail in "[^0-9]*") {
            prop_assert_eq!(scan_integer(&format!("{value}{tail}")), Ok(value));
        }
    }
}
