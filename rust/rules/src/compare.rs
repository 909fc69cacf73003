//! Comparing values by type.

use std::cmp::Ordering;

use pcmk_time::scan_integer;

use crate::float::scan_float;
use crate::version::compare_versions;

/// How the texts of values are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueType {
    /// Text, ignoring the case of ASCII letters.
    String,
    /// The integer a text begins with.
    Integer,
    /// The floating point number a text begins with.
    Number,
    /// Numbers joined by points.
    Version,
}

impl ValueType {
    pub(crate) const WORDS: &'static [(&'static str, Self)] = &[
        ("string", Self::String),
        ("integer", Self::Integer),
        ("number", Self::Number),
        ("version", Self::Version),
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Version => "version",
        }
    }
}

pub(crate) struct Compared {
    pub(crate) order: Ordering,
    /// The values are not of the type, so their texts were compared.
    pub(crate) as_text: bool,
}

/// Order of two values. Those that are not both numbers are compared as text even if numbers are asked for.
pub(crate) fn compare_texts(a: &str, b: &str, value_type: ValueType) -> Compared {
    let order = match value_type {
        ValueType::String => Some(compare_ignoring_case(a, b)),
        ValueType::Integer => match (scan_integer(a), scan_integer(b)) {
            (Ok(a), Ok(b)) => Some(a.cmp(&b)),
            _ => None,
        },
        ValueType::Number => match (scan_float(a), scan_float(b)) {
            // What is neither lower nor higher (not a number) counts as equal.
            (Some(a), Some(b)) => Some(a.partial_cmp(&b).unwrap_or(Ordering::Equal)),
            _ => None,
        },
        ValueType::Version => Some(compare_versions(a, b)),
    };
    Compared {
        order: order.unwrap_or_else(|| compare_ignoring_case(a, b)),
        as_text: order.is_none(),
    }
}

fn compare_ignoring_case(a: &str, b: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(lower).cmp(b.bytes().map(lower))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Ordering::{Equal, Greater, Less};
    use proptest::prelude::*;

    #[test]
    fn values_compare_by_type() {
        for (a, b, value_type, order) in [
            ("Bar", "bAR", ValueType::String, Equal),
            ("10", "9", ValueType::String, Less),
            ("10.5", "10", ValueType::Integer, Equal),
            ("10", "9", ValueType::Integer, Greater),
            ("10", "x", ValueType::Integer, Less),
            ("99999999999999999999", "2", ValueType::Integer, Greater),
            ("10.5", "10.50", ValueType::Number, Equal),
            ("nan", "1", ValueType::Number, Equal),
            ("foo", "FOO", ValueType::Number, Equal),
            ("3.10", "3.9", ValueType::Version, Greater),
        ] {
            assert_eq!(compare_texts(a, b, value_type).order, order, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn comparison_is_antisymmetric(a: String, b: String, near_a in "[-+. 0-9a-fxEe]{0,8}", near_b in "[-+. 0-9a-fxEe]{0,8}") {
            for (a, b) in [(a.as_str(), b.as_str()), (near_a.as_str(), near_b.as_str())] {
                for &(_, value_type) in ValueType::WORDS {
                    let there = compare_texts(a, b, value_type).order;
                    prop_assert_eq!(compare_texts(b, a, value_type).order, there.reverse());
                    prop_assert_eq!(compare_texts(a, a, value_type).order, Equal);
                }
            }
        }
    }
}
