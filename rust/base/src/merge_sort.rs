//! A stable sort for comparisons that are not always transitive.

use std::cmp::Ordering;

/// Sorts by halving (the smaller half first) and merging; of two that compare as equal the earlier one stays first.
///
/// Comparisons of instances, nodes by capacity, and records by age can go in circles. The sorts of the standard
/// library may panic then, and what they answer is not specified. Here the result depends on the order of `items`
/// and on the comparisons alone, and it is the one that a sort of linked lists by halving arrives at.
pub fn merge_sort<T>(items: Vec<T>, mut compare: impl FnMut(&T, &T) -> Ordering) -> Vec<T> {
    if items.len() < 2 {
        return items;
    }
    let mut order: Vec<usize> = (0..items.len()).collect();
    let mut spare = order.clone();
    sort(&mut order, &mut spare, &mut |a, b| {
        compare(&items[a], &items[b])
    });
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    order
        .into_iter()
        .filter_map(|index| items[index].take())
        .collect()
}

fn sort(
    order: &mut [usize],
    spare: &mut [usize],
    compare: &mut impl FnMut(usize, usize) -> Ordering,
) {
    if order.len() < 2 {
        return;
    }
    let (first, second) = order.split_at_mut(order.len() / 2);
    let (spare_first, spare_second) = spare.split_at_mut(first.len());
    sort(first, spare_first, compare);
    sort(second, spare_second, compare);
    let (mut left, mut right) = (first.iter().peekable(), second.iter().peekable());
    for slot in spare.iter_mut() {
        let from_left = match (left.peek(), right.peek()) {
            (Some(&&a), Some(&&b)) => compare(a, b).is_le(),
            (left, _) => left.is_some(),
        };
        let next = if from_left { left.next() } else { right.next() };
        *slot = next.copied().unwrap_or_default();
    }
    order.copy_from_slice(spare);
}

#[cfg(test)]
mod tests {
    use super::merge_sort;
    use proptest::prelude::*;
    use std::cmp::Ordering;

    #[test]
    fn circles_are_cut_where_the_halves_meet() {
        // Each of 0, 1, 2 beats the next one, and 2 beats 0.
        let beats = |a: &i32, b: &i32| {
            if (a + 1) % 3 == *b {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        };
        // The first alone against the other two, sorted.
        assert_eq!(merge_sort(vec![0, 2, 1], beats), [0, 1, 2]);
        assert_eq!(merge_sort(vec![1, 0, 2], beats), [1, 2, 0]);
        assert_eq!(merge_sort(vec![2, 1, 0], beats), [2, 0, 1]);
    }

    #[test]
    fn nothing_and_one_are_sorted() {
        assert_eq!(merge_sort(Vec::<u8>::new(), |_, _| Ordering::Greater), []);
        assert_eq!(merge_sort(vec![7], |_, _| Ordering::Greater), [7]);
    }

    proptest! {
        #[test]
        fn total_orders_give_what_any_stable_sort_gives(
            items in prop::collection::vec((0u8..9, any::<u16>()), 0..200),
        ) {
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            prop_assert_eq!(merge_sort(items, |a, b| a.0.cmp(&b.0)), expected);
        }

        #[test]
        fn arbitrary_answers_lose_and_repeat_nothing(
            length in 0usize..200,
            answers in prop::collection::vec(-1i8..=1, 1..97),
        ) {
            let mut answers = answers.iter().cycle();
            let sorted = merge_sort((0..length).collect(), |_, _| {
                answers.next().map_or(Ordering::Equal, |answer| answer.cmp(&0))
            });
            let mut all = sorted;
            all.sort_unstable();
            prop_assert_eq!(all, (0..length).collect::<Vec<_>>());
        }
    }
}
