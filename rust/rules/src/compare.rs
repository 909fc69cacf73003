//! Comparing values by type.

use std::cmp::Ordering;

use pcmk_time::scan_integer;

use crate::float::scan_float;
use crate::version::compare_versions;

/// How the texts of values are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
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

/// Order of two values. A missing one is lower than any other. Values that are not both numbers are
/// compared as text even if numbers are asked for.
pub fn compare_values(a: Option<&str>, b: Option<&str>, value_type: ValueType) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => compare_texts(a, b, value_type).order,
        _ => a.is_some().cmp(&b.is_some()),
    }
}

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
    let lower = |text: &'_ str| {
        text.bytes()
            .map(|b| b.to_ascii_lowercase())
            .collect::<Vec<_>>()
    };
    lower(a).cmp(&lower(b))
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
            assert_eq!(
                compare_values(Some(a), Some(b), value_type),
                order,
                "{a} {b}"
            );
        }
        assert_eq!(compare_values(None, Some(""), ValueType::String), Less);
        assert_eq!(compare_values(None, None, ValueType::String), Equal);
    }

    proptest! {
        #[test]
        fn comparison_is_antisymmetric(a: String, b: String, near_a in "[-+. 0-9a-fxEe]{0,8}", near_b in "[-+. 0-9a-fxEe]{0,8}") {
            for (a, b) in [(a.as_str(), b.as_str()), (near_a.as_str(), near_b.as_str())] {
                for &(_, value_type) in ValueType::WORDS {
                    let there = compare_values(Some(a), Some(b), value_type);
                    prop_assert_eq!(compare_values(Some(b), Some(a), value_type), there.reverse());
                    prop_assert_eq!(compare_values(Some(a), Some(a), value_type), Equal);
                }
            }
        }
    }
}
