//! Which of two records of operations is newer.

use pcmk_base::merge_sort;
use pcmk_time::scan_integer;
use pcmk_xml::Element;
use std::cmp::Ordering;

/// Compares the age of two records: less means that the first is older.
///
/// On one node the order of calls decides, between nodes the time of the last change. Against a pending record,
/// which has no place in the order of calls, the transitions decide that both belong to.
pub(super) fn compare_age(a: &Element, b: &Element) -> Ordering {
    let same_node = a
        .attr("on_node")
        .unwrap_or_default()
        .eq_ignore_ascii_case(b.attr("on_node").unwrap_or_default());
    if same_node && a.id() == b.id() {
        return Ordering::Equal;
    }
    let (call_a, call_b) = (number(a, "call-id"), number(b, "call-id"));
    if call_a == -1 && call_b == -1 {
        return Ordering::Equal;
    }
    if same_node && call_a >= 0 && call_a < call_b {
        return Ordering::Less;
    }
    if same_node && call_b >= 0 && call_a > call_b {
        return Ordering::Greater;
    }
    if call_a >= 0 && call_b >= 0 {
        let changed = (number(a, "last-rc-change"), number(b, "last-rc-change"));
        return match changed {
            (a, b) if a >= 0 && a < b => Ordering::Less,
            (a, b) if b >= 0 && a > b => Ordering::Greater,
            _ => Ordering::Equal,
        };
    }
    let (Some(key_a), Some(key_b)) = (magic(a), magic(b)) else {
        return Ordering::Equal;
    };
    if !key_a.uuid.eq_ignore_ascii_case(key_b.uuid) || key_a.transition == key_b.transition {
        return if call_b == -1 {
            Ordering::Less
        } else if call_a == -1 {
            Ordering::Greater
        } else {
            Ordering::Equal
        };
    }
    let (a, b) = (key_a.transition, key_b.transition);
    if a >= 0 && a < b || b == -1 {
        Ordering::Less
    } else if b >= 0 && a > b || a == -1 {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}

/// Sorts records, oldest first. Records of the same age keep their order. With pending records "older" is not always
/// transitive.
pub(super) fn sort_by_age<T>(records: Vec<T>, xml: &impl Fn(&T) -> &Element) -> Vec<T> {
    merge_sort(records, |a, b| compare_age(xml(a), xml(b)))
}

/// What ties a record to the transition it was part of: `ACTION:TRANSITION:EXPECTED:UUID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TransitionKey<'t> {
    /// Number of the transition.
    pub transition: i64,
    /// The result that was expected; negative if none was.
    pub expected: i64,
    /// Who made the transition.
    pub uuid: &'t str,
}

impl<'t> TransitionKey<'t> {
    pub fn parse(text: &'t str) -> Option<TransitionKey<'t>> {
        let mut parts = text.splitn(4, ':');
        let mut integer = || parts.next()?.parse::<i32>().ok().map(i64::from);
        integer()?;
        let (transition, expected) = (integer()?, integer()?);
        let uuid = parts.next().filter(|uuid| !uuid.is_empty())?;
        Some(TransitionKey {
            transition,
            expected,
            uuid,
        })
    }

    /// From `STATUS:RC;` and the key.
    pub fn of_magic(text: &'t str) -> Option<TransitionKey<'t>> {
        let (result, key) = text.split_once(';')?;
        let (status, rc) = result.split_once(':')?;
        status.parse::<i32>().ok()?;
        rc.parse::<i32>().ok()?;
        TransitionKey::parse(key)
    }
}

fn magic(element: &Element) -> Option<TransitionKey<'_>> {
    TransitionKey::of_magic(element.attr("transition-magic")?)
}

/// An integer attribute, -1 if it is missing or is none.
fn number(element: &Element, name: &str) -> i64 {
    element
        .attr(name)
        .and_then(|text| scan_integer(text).ok())
        .unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, call: &str, change: &str, transition: &str) -> Element {
        Element::new("lrm_rsc_op")
            .with_attr("id", id)
            .with_attr("call-id", call)
            .with_attr("last-rc-change", change)
            .with_attr("transition-magic", format!("0:0;1:{transition}:0:u"))
    }

    #[test]
    fn calls_decide_on_one_node() {
        let (old, new) = (record("a", "3", "9", "1"), record("b", "4", "8", "1"));
        assert_eq!(compare_age(&old, &new), Ordering::Less);
        assert_eq!(compare_age(&new, &old), Ordering::Greater);
        assert_eq!(
            compare_age(&old, &record("a", "4", "8", "1")),
            Ordering::Equal
        );
    }

    #[test]
    fn times_decide_between_nodes_and_for_equal_calls() {
        let (old, new) = (record("a", "4", "8", "1"), record("b", "4", "9", "1"));
        assert_eq!(compare_age(&old, &new), Ordering::Less);
        let elsewhere = record("b", "3", "9", "1").with_attr("on_node", "n2");
        assert_eq!(compare_age(&old, &elsewhere), Ordering::Less);
        assert_eq!(compare_age(&elsewhere, &old), Ordering::Greater);
    }

    #[test]
    fn transitions_decide_about_pending_records() {
        let done = record("a", "7", "9", "5");
        let pending = |transition: &str| record("b", "-1", "1", transition);
        assert_eq!(compare_age(&done, &pending("5")), Ordering::Less);
        assert_eq!(compare_age(&pending("5"), &done), Ordering::Greater);
        assert_eq!(compare_age(&done, &pending("6")), Ordering::Less);
        assert_eq!(compare_age(&done, &pending("4")), Ordering::Greater);
        assert_eq!(
            compare_age(&pending("1"), &record("c", "-1", "2", "2")),
            Ordering::Equal
        );
    }

    #[test]
    fn records_of_the_same_age_keep_their_order() {
        let records: Vec<Element> = [("a", "2"), ("b", "1"), ("c", "2"), ("d", "0")]
            .iter()
            .map(|(id, call)| record(id, call, "1", "1"))
            .collect();
        let sorted = sort_by_age(records, &|r: &Element| r);
        let ids: Vec<_> = sorted.iter().filter_map(Element::id).collect();
        assert_eq!(ids, ["d", "b", "a", "c"]);
    }

    #[test]
    fn keys_have_four_parts() {
        let key = TransitionKey::parse("3:12:7:abc").unwrap();
        assert_eq!((key.transition, key.expected), (12, 7));
        for bad in ["", "1:2:3", "1:2:3:", "a:2:3:u", "1:2:x:u"] {
            assert_eq!(TransitionKey::parse(bad), None, "{bad}");
        }
        assert!(TransitionKey::of_magic("0:7;3:12:7:abc").is_some());
        assert!(TransitionKey::of_magic("3:12:7:abc").is_none());
    }
}
