//! Scores: integers with two infinities, as placement and constraints use them.

use std::fmt;
use std::ops::{Add, AddAssign, Neg};

/// A score between minus infinity and infinity, where infinity is 1,000,000.
///
/// Addition follows "Pacemaker Explained": minus infinity wins over everything, then infinity wins,
/// anything else is the sum, kept within the infinities.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(i32);

/// Why a text is not a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a score")]
pub struct ParseScoreError;

impl Score {
    /// The score that is larger than all others.
    pub const INFINITY: Score = Score(1_000_000);
    /// The score that bans.
    pub const MINUS_INFINITY: Score = Score(-1_000_000);
    /// No preference.
    pub const ZERO: Score = Score(0);

    /// A score from a number, kept within the infinities.
    #[inline]
    pub const fn new(value: i64) -> Score {
        if value >= 1_000_000 {
            Score::INFINITY
        } else if value <= -1_000_000 {
            Score::MINUS_INFINITY
        } else {
            Score(value as i32)
        }
    }

    /// The number behind the score; infinities are ±1,000,000.
    #[inline]
    pub const fn value(self) -> i32 {
        self.0
    }

    /// Whether this is plus or minus infinity.
    #[inline]
    pub const fn is_infinite(self) -> bool {
        self.0.abs() >= 1_000_000
    }

    /// Reads `INFINITY`, `+INFINITY`, `-INFINITY` (exactly so) or the decimal integer of any size that the text
    /// begins with; what follows it is ignored, so `2.0` is 2.
    ///
    /// Numbers beyond infinity, even beyond 64 bits, count as infinity. The health words `red`,
    /// `yellow` and `green` depend on cluster options and are not read here.
    ///
    /// # Errors
    /// A text that does not begin with a number is [`ParseScoreError`].
    pub fn parse(text: &str) -> Result<Score, ParseScoreError> {
        match text {
            "INFINITY" | "+INFINITY" => return Ok(Score::INFINITY),
            "-INFINITY" => return Ok(Score::MINUS_INFINITY),
            _ => {}
        }
        let text = text.trim_start_matches([' ', '\t', '\n', '\r']);
        let (negative, digits) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let end = digits.find(|c: char| !c.is_ascii_digit());
        let digits = &digits[..end.unwrap_or(digits.len())];
        if digits.is_empty() {
            return Err(ParseScoreError);
        }
        let magnitude = digits.parse::<i64>().unwrap_or(i64::MAX);
        Ok(Score::new(if negative { -magnitude } else { magnitude }))
    }
}

impl Add for Score {
    type Output = Score;
    #[inline]
    fn add(self, other: Score) -> Score {
        if self <= Score::MINUS_INFINITY || other <= Score::MINUS_INFINITY {
            Score::MINUS_INFINITY
        } else if self >= Score::INFINITY || other >= Score::INFINITY {
            Score::INFINITY
        } else {
            Score::new(i64::from(self.0) + i64::from(other.0))
        }
    }
}

impl AddAssign for Score {
    fn add_assign(&mut self, other: Score) {
        *self = *self + other;
    }
}

impl Neg for Score {
    type Output = Score;
    fn neg(self) -> Score {
        Score(-self.0)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Score::INFINITY => f.pad("INFINITY"),
            Score::MINUS_INFINITY => f.pad("-INFINITY"),
            Score(n) => fmt::Display::fmt(&n, f),
        }
    }
}

impl fmt::Debug for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn minus_infinity_wins_over_infinity() {
        assert_eq!(
            Score::INFINITY + Score::MINUS_INFINITY,
            Score::MINUS_INFINITY
        );
        assert_eq!(Score::INFINITY + Score::new(-5), Score::INFINITY);
        assert_eq!(Score::new(900_000) + Score::new(900_000), Score::INFINITY);
    }

    #[test]
    fn parse_knows_the_spellings() {
        let infinity = Ok(Score::INFINITY);
        assert_eq!(Score::parse("INFINITY"), infinity);
        assert_eq!(Score::parse("+INFINITY"), infinity);
        assert_eq!(Score::parse("99999999999999999999999"), infinity);
        assert_eq!(
            Score::parse("-99999999999999999999999"),
            Ok(Score::MINUS_INFINITY)
        );
        assert_eq!(Score::parse("+12"), Ok(Score::new(12)));
        assert_eq!(Score::parse("12x"), Ok(Score::new(12)));
        assert_eq!(Score::parse("-1.5"), Ok(Score::new(-1)));
        for bad in ["", "infinity", "x12", "-", "- 1", ".5"] {
            assert_eq!(Score::parse(bad), Err(ParseScoreError), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn addition_commutes_and_stays_in_range(a in -2_000_000i64..2_000_000, b in -2_000_000i64..2_000_000) {
            let (a, b) = (Score::new(a), Score::new(b));
            prop_assert_eq!(a + b, b + a);
            prop_assert!((a + b).value().abs() <= 1_000_000);
        }

        #[test]
        fn text_reads_back(a in -2_000_000i64..2_000_000) {
            let a = Score::new(a);
            prop_assert_eq!(Score::parse(&a.to_string()), Ok(a));
        }
    }
}
