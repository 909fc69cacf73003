//! Date expressions: where an instant lies, and when that can next change.

use crate::arithmetic::Component;
use crate::datetime::DateTime;

/// Where an instant or a value lies relative to what is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// Lower than anything accepted.
    Before,
    /// Accepted.
    Within,
    /// Higher than anything accepted.
    After,
}

/// Limits that an instant is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateExpression {
    /// Earlier than this.
    LessThan(DateTime),
    /// Later than this.
    GreaterThan(DateTime),
    /// Not earlier than `start` and not later than `end`, where given.
    InRange {
        /// First accepted instant.
        start: Option<DateTime>,
        /// Last accepted instant.
        end: Option<DateTime>,
    },
}

/// What a date expression yields for an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateResult {
    /// Where the instant lies.
    pub position: Position,
    /// The first later instant with another position on which acceptance can depend. None when there is
    /// none.
    pub next_change: Option<DateTime>,
}

impl DateExpression {
    /// Where `now` lies. Instants are whole seconds, so what ends with an accepted instant changes one second
    /// after it.
    pub fn evaluate(&self, now: DateTime) -> DateResult {
        let (position, next_change) = match *self {
            Self::LessThan(end) if now.epoch() < end.epoch() => (Position::Within, Some(end)),
            Self::LessThan(_) => (Position::After, None),
            Self::GreaterThan(start) if now.epoch() > start.epoch() => (Position::Within, None),
            Self::GreaterThan(start) => (Position::Before, Some(second_after(start))),
            Self::InRange {
                start: Some(start), ..
            } if now.epoch() < start.epoch() => (Position::Before, Some(start)),
            Self::InRange { end: Some(end), .. } if now.epoch() > end.epoch() => {
                (Position::After, None)
            }
            Self::InRange { end, .. } => (Position::Within, end.map(second_after)),
        };
        DateResult {
            position,
            next_change,
        }
    }
}

fn second_after(date: DateTime) -> DateTime {
    date.plus(Component::Seconds, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> DateTime {
        DateTime::from_epoch(seconds, 0)
    }

    #[track_caller]
    fn check(expression: DateExpression, now: i64, position: Position, next_change: Option<i64>) {
        let expected = DateResult {
            position,
            next_change: next_change.map(at),
        };
        assert_eq!(
            expression.evaluate(at(now)),
            expected,
            "{expression:?} at {now}"
        );
    }

    #[test]
    fn limits_have_a_direction() {
        use Position::{After, Before, Within};
        check(DateExpression::LessThan(at(15)), 14, Within, Some(15));
        check(DateExpression::LessThan(at(15)), 15, After, None);
        check(DateExpression::GreaterThan(at(12)), 11, Before, Some(13));
        check(DateExpression::GreaterThan(at(12)), 12, Before, Some(13));
        check(DateExpression::GreaterThan(at(12)), 13, Within, None);
        let range = DateExpression::InRange {
            start: Some(at(12)),
            end: Some(at(15)),
        };
        check(range, 11, Before, Some(12));
        check(range, 12, Within, Some(16));
        check(range, 15, Within, Some(16));
        check(range, 16, After, None);
        check(
            DateExpression::InRange {
                start: Some(at(12)),
                end: None,
            },
            12,
            Within,
            None,
        );
        check(
            DateExpression::InRange {
                start: None,
                end: Some(at(15)),
            },
            0,
            Within,
            Some(16),
        );
        check(
            DateExpression::InRange {
                start: Some(at(9)),
                end: Some(at(5)),
            },
            7,
            Before,
            Some(9),
        );
        check(
            DateExpression::InRange {
                start: Some(at(9)),
                end: Some(at(5)),
            },
            9,
            After,
            None,
        );
    }

    #[test]
    fn equal_instants_in_different_zones_are_equal() {
        let expression = DateExpression::InRange {
            start: Some(at(86_400)),
            end: None,
        };
        let now = DateTime::from_epoch(86_400, -5 * 3600);
        assert_eq!(expression.evaluate(now).position, Position::Within);
    }

    fn expressions() -> impl Strategy<Value = DateExpression> {
        let limit = || proptest::option::of(1..60i64);
        prop_oneof![
            (1..60i64).prop_map(|end| DateExpression::LessThan(at(end))),
            (1..60i64).prop_map(|start| DateExpression::GreaterThan(at(start))),
            (limit(), limit()).prop_map(|(start, end)| DateExpression::InRange {
                start: start.map(at),
                end: end.map(at)
            }),
        ]
    }

    proptest! {
        /// Nothing changes before the change that is foretold, and it changes then.
        #[test]
        fn the_next_change_is_the_next(expression in expressions(), now in 0..64i64) {
            let present = expression.evaluate(at(now));
            let until = present.next_change.map_or(70, DateTime::epoch);
            prop_assert!(until > now);
            for later in now..until {
                prop_assert_eq!(expression.evaluate(at(later)).position, present.position);
            }
            if present.next_change.is_some() {
                prop_assert_ne!(expression.evaluate(at(until)).position, present.position);
            }
        }
    }
}
