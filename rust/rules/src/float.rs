//! Reading floating point numbers as C's `strtod` does.

/// The floating point number a text begins with: optional blanks, a sign, a decimal or hexadecimal number,
/// `inf`, `infinity` or `nan`; the rest is ignored. `None` if there is no number, or if it is too large or too
/// small to be told from infinity or zero. (Zero itself must be written with nothing but `0`, `.` and `e`.)
pub(crate) fn scan_float(text: &str) -> Option<f64> {
    let unblanked = text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let (negative, unsigned) = match unblanked.as_bytes().first() {
        Some(b'-') => (true, &unblanked[1..]),
        Some(b'+') => (false, &unblanked[1..]),
        _ => (false, unblanked),
    };
    let (magnitude, length) = word(unsigned)
        .or_else(|| hexadecimal(unsigned))
        .or_else(|| decimal(unsigned))?;
    let finite_text = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if finite_text && magnitude.is_infinite() {
        return None;
    }
    if magnitude <= f64::MIN_POSITIVE {
        let consumed = &text[..text.len() - unsigned.len() + length];
        if !consumed
            .bytes()
            .all(|b| matches!(b, b'0' | b'.' | b'e' | b'E'))
        {
            return None;
        }
    }
    Some(if negative { -magnitude } else { magnitude })
}

/// Value and length of a word for something that is not finite.
fn word(text: &str) -> Option<(f64, usize)> {
    let begins = |word: &str| {
        text.get(..word.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(word))
    };
    if begins("inf") {
        return Some((f64::INFINITY, 3));
    }
    begins("nan").then_some((f64::NAN, 3))
}

fn decimal(text: &str) -> Option<(f64, usize)> {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let whole = digits(0);
    let mut end = whole;
    let mut fraction = 0;
    if bytes.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        end += 1 + fraction;
    }
    if whole + fraction == 0 {
        return None;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let start = end + 1 + sign;
        let exponent = if start <= bytes.len() {
            digits(start)
        } else {
            0
        };
        if exponent > 0 {
            end = start + exponent;
        }
    }
    Some((text[..end].parse().ok()?, end))
}

/// Above this a double has no bits for another hexadecimal digit.
const MOST_PRECISE: f64 = (1u64 << 56) as f64;

fn hexadecimal(text: &str) -> Option<(f64, usize)> {
    let body = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))?;
    let digit = |at: usize| {
        body.as_bytes()
            .get(at)
            .and_then(|b| char::from(*b).to_digit(16))
    };
    let (mut value, mut scale, mut at, mut seen, mut point) = (0.0f64, 0i32, 0usize, false, false);
    loop {
        if let Some(d) = digit(at) {
            seen = true;
            // Digits beyond the precision only move the point.
            if value < MOST_PRECISE {
                value = value * 16.0 + f64::from(d);
                scale = if point {
                    scale.saturating_sub(4)
                } else {
                    scale
                };
            } else if !point {
                scale = scale.saturating_add(4);
            }
        } else if !point && body.as_bytes().get(at) == Some(&b'.') {
            point = true;
        } else {
            break;
        }
        at += 1;
    }
    if !seen {
        return None;
    }
    let (exponent, length) = binary_exponent(&body[at..]);
    let power = if value == 0.0 {
        0
    } else {
        scale.saturating_add(exponent)
    };
    Some((value * 2f64.powi(power), 2 + at + length))
}

/// Value and length of `p` and an exponent.
fn binary_exponent(text: &str) -> (i32, usize) {
    let Some(rest) = text.strip_prefix(['p', 'P']) else {
        return (0, 0);
    };
    let sign = usize::from(rest.starts_with(['+', '-']));
    let count = rest[sign..].bytes().take_while(u8::is_ascii_digit).count();
    if count == 0 {
        return (0, 0);
    }
    let limit = if rest.starts_with('-') {
        i32::MIN
    } else {
        i32::MAX
    };
    (
        rest[..sign + count].parse().unwrap_or(limit),
        1 + sign + count,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_end_where_they_end() {
        for (text, value) in [
            ("10", 10.0),
            ("10.5x", 10.5),
            (" -2.", -2.0),
            (".5e1", 5.0),
            ("1e", 1.0),
            ("1e+", 1.0),
            ("1e5", 100_000.0),
            ("0", 0.0),
            ("0.00", 0.0),
            ("0x10", 16.0),
            ("0x1.8p1", 3.0),
            ("0x", 0.0),
            ("0x.p1", 0.0),
            ("0xfffffffffffffffff", 2f64.powi(68)),
            ("0x.00000000000000000000000001p104", 1.0),
            ("infinity", f64::INFINITY),
            ("-INF", f64::NEG_INFINITY),
        ] {
            assert_eq!(scan_float(text), Some(value), "{text}");
        }
        assert!(scan_float("nan").is_some_and(f64::is_nan));
        for text in [
            "",
            " ",
            "x",
            ".",
            "-",
            "e5",
            "1e999",
            "-1e999",
            "1e-999",
            "-0",
            "0x1p99999",
            "0x0",
        ] {
            assert_eq!(scan_float(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_scanned(text: String, near in "[-+ ]?[0-9a-fxpPiInN.eE+-]{0,12}") {
            let _ = (scan_float(&text), scan_float(&near));
        }

        #[test]
        fn printed_numbers_are_read_back(value in -1e300..1e300f64) {
            prop_assume!(value.abs() > f64::MIN_POSITIVE);
            prop_assert_eq!(scan_float(&format!("{value:e};")), Some(value));
        }
    }
}
