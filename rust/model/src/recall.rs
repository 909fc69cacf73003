//! Records of a node's history, from one run to the next.

use crate::{OpRecord, Task};
use pcmk_xml::Element;
use std::sync::Arc;

/// What was read of an entry of history.
#[derive(Debug)]
pub(crate) struct Records {
    entry: Arc<Element>,
    /// The usable records, oldest first.
    records: Arc<[OpRecord]>,
    /// What the resource was defined by.
    definition: Arc<Element>,
    /// The entry names another agent than that.
    has_other_agent: bool,
}

/// What was read of a node's entries in the run before, and what is in this one; both in the order of the document.
///
/// Entries keep their order from one CIB to the next but for a few, so the one that is asked for is the next one, or
/// near it. A walk goes through memory in order; a table by address of all entries would be as large and would not.
#[derive(Debug, Default)]
pub(crate) struct Histories {
    before: std::vec::IntoIter<Records>,
    now: Vec<Records>,
}

/// How many entries may have gone in one place. One that is farther away is read again.
const NEAR: usize = 8;

impl Histories {
    /// Those of a run after another one.
    pub fn after(before: Vec<Records>) -> Histories {
        Histories {
            now: Vec::with_capacity(before.len()),
            before: before.into_iter(),
        }
    }

    /// For the run after this one.
    pub fn into_records(self) -> Vec<Records> {
        self.now
    }

    /// The records of an entry, if they were read before, and whether it names another agent than the definition of
    /// its resource; if that is another one, it is looked at again.
    pub fn recall(
        &mut self,
        entry: &Arc<Element>,
        definition: &Arc<Element>,
        has_other_agent: impl FnOnce() -> bool,
    ) -> Option<(Arc<[OpRecord]>, bool)> {
        let mut near = self.before.as_slice().iter().take(NEAR);
        let gone = near.position(|known| Arc::ptr_eq(&known.entry, entry))?;
        let mut known = self.before.nth(gone)?;
        if !Arc::ptr_eq(&known.definition, definition) {
            known.definition = definition.clone();
            known.has_other_agent = has_other_agent();
        }
        let found = (known.records.clone(), known.has_other_agent);
        self.now.push(known);
        Some(found)
    }

    /// Keeps what was read, unless there was something to be said about it, or operations have names that are
    /// numbered anew in every run.
    pub fn keep(
        &mut self,
        entry: &Arc<Element>,
        definition: &Arc<Element>,
        records: &Arc<[OpRecord]>,
        has_other_agent: bool,
    ) {
        let all = entry.children_named("lrm_rsc_op").count();
        let named = |r: &OpRecord| matches!(r.task, Task::Other(_));
        if all == records.len() && !records.iter().any(named) {
            self.now.push(Records {
                entry: entry.clone(),
                records: records.clone(),
                definition: definition.clone(),
                has_other_agent,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(count: usize) -> Vec<Arc<Element>> {
        let entry = || Arc::new(Element::new("lrm_resource"));
        std::iter::repeat_with(entry).take(count).collect()
    }

    /// A run on these entries. Which of them are known from the run before?
    fn run(before: &mut Vec<Records>, entries: &[&Arc<Element>]) -> Vec<bool> {
        let mut histories = Histories::after(std::mem::take(before));
        let definition = Arc::new(Element::new("primitive"));
        let mut known = Vec::new();
        for entry in entries {
            let recalled = histories.recall(entry, &definition, || true);
            known.push(recalled.is_some());
            match recalled {
                // The definition is always another one.
                Some((_, has_other_agent)) => assert!(has_other_agent),
                None => histories.keep(entry, &definition, &Arc::default(), false),
            }
        }
        *before = histories.into_records();
        known
    }

    #[test]
    fn entries_that_are_the_same_are_known() {
        let made = entries(20);
        let all: Vec<_> = made.iter().collect();
        let mut memory = Vec::new();
        assert_eq!(run(&mut memory, &all), [false; 20]);
        assert_eq!(run(&mut memory, &all), [true; 20]);
    }

    #[test]
    fn what_comes_and_goes_leaves_the_others_known() {
        let (made, new) = (entries(4), entries(2));
        let [a, b, c, d] = [&made[0], &made[1], &made[2], &made[3]];
        let mut memory = Vec::new();
        run(&mut memory, &[a, b, c, d]);
        assert_eq!(
            run(&mut memory, &[a, &new[0], c, d]),
            [true, false, true, true]
        );
        assert_eq!(
            run(&mut memory, &[&new[1], a, &new[0], d]),
            [false, true, true, true]
        );
        assert_eq!(run(&mut memory, &[d, a]), [true, false]);
    }
}
