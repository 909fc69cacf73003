//! The order in which nodes are listed.

use std::cmp::Ordering;
use std::iter::Peekable;
use std::str::Bytes;

/// Compares names ignoring case, with runs of digits compared as numbers: `node2` before `node10`.
///
/// Equal numbers with fewer digits come first, and so does a proper prefix.
pub fn compare_names(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.bytes().peekable(), b.bytes().peekable());
    loop {
        match (a.peek().copied(), b.peek().copied()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (x, y) = (take_number(&mut a), take_number(&mut b));
                match x.cmp(&y) {
                    Ordering::Equal => {}
                    other => return other,
                }
            }
            (Some(x), Some(y)) => {
                match x.to_ascii_lowercase().cmp(&y.to_ascii_lowercase()) {
                    Ordering::Equal => {}
                    other => return other,
                }
                a.next();
                b.next();
            }
        }
    }
}

/// A run of digits as a value that compares by number, then by number of digits.
fn take_number(bytes: &mut Peekable<Bytes<'_>>) -> (usize, Vec<u8>, usize) {
    let mut digits = Vec::new();
    let mut length = 0;
    while let Some(digit) = bytes.next_if(u8::is_ascii_digit) {
        length += 1;
        if digit != b'0' || !digits.is_empty() {
            digits.push(digit);
        }
    }
    (digits.len(), digits, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_compare_as_numbers() {
        assert_eq!(compare_names("node2", "node10"), Ordering::Less);
        assert_eq!(compare_names("Node2", "node2"), Ordering::Equal);
        assert_eq!(compare_names("n1", "n01"), Ordering::Less);
        assert_eq!(compare_names("node", "node1"), Ordering::Less);
        assert_eq!(
            compare_names("n99999999999999999999", "n100000000000000000000"),
            Ordering::Less
        );
    }

    proptest! {
        #[test]
        fn it_is_an_order(a in "[aB0-2]{0,5}", b in "[aB0-2]{0,5}", c in "[aB0-2]{0,5}") {
            prop_assert_eq!(compare_names(&a, &b), compare_names(&b, &a).reverse());
            if compare_names(&a, &b).is_le() && compare_names(&b, &c).is_le() {
                prop_assert!(compare_names(&a, &c).is_le());
            }
        }
    }
}
