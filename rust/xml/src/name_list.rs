//! Lists of attribute names, shared by all elements that a thread makes: what has the same names in the same order has
//! one list.

use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::name::{self, Name};

/// The names of an element's attributes, in document order.
pub(crate) type NameList = Arc<[Name]>;

/// How many lists a thread keeps, and the names in the longest: more than documents use, and a bound on what hostile
/// ones cost.
const MOST: usize = 2048;
const LONGEST: usize = 64;

/// The lists that are kept, each reached from the one that is shorter by a name.
struct Lists {
    empty: NameList,
    /// By the addresses of the shorter list and of the name, both of which are kept.
    longer: FxHashMap<(usize, usize), NameList>,
    /// Lists that were looked up lately.
    recent: [Option<NameList>; SLOTS],
}

const SLOTS: usize = 64;

impl Default for Lists {
    fn default() -> Self {
        Self {
            empty: Arc::new([]),
            longer: FxHashMap::default(),
            recent: [const { None }; SLOTS],
        }
    }
}

thread_local! {
    static KEPT: RefCell<Lists> = RefCell::default();
}

/// The list without a name.
pub(crate) fn empty() -> NameList {
    KEPT.with_borrow(|kept| Arc::clone(&kept.empty))
}

impl Lists {
    /// A kept list with one more name, if it is kept or can be.
    fn longer(&mut self, list: &NameList, name: &Name) -> Option<NameList> {
        let key = key(list, name);
        if let Some(longer) = self.longer.get(&key) {
            return Some(Arc::clone(longer));
        }
        if self.longer.len() >= MOST || list.len() >= LONGEST {
            return None;
        }
        let longer: NameList = list.iter().chain([name]).cloned().collect();
        self.longer.insert(key, Arc::clone(&longer));
        Some(longer)
    }

    fn list(&mut self, names: &[Name]) -> Option<NameList> {
        let slot = slot(names);
        let recent = self.recent[slot].as_ref();
        if let Some(known) = recent.filter(|known| are_same(known, names)) {
            return Some(Arc::clone(known));
        }
        let empty = Arc::clone(&self.empty);
        let found = names
            .iter()
            .try_fold(empty, |list, name| self.longer(&list, name));
        self.recent[slot].clone_from(&found);
        found
    }
}

fn slot(names: &[Name]) -> usize {
    let last = names.last().map_or(0, |name| name.as_ptr().addr() / 16);
    (31 * names.len() + last) % SLOTS
}

fn are_same(list: &[Name], names: &[Name]) -> bool {
    let mut pairs = list.iter().zip(names);
    list.len() == names.len() && pairs.all(|(one, other)| Arc::ptr_eq(one, other))
}

fn key(list: &NameList, name: &Name) -> (usize, usize) {
    (list.as_ptr().addr(), name.as_ptr().addr())
}

/// The list of these names.
pub(crate) fn shared(names: &[Name]) -> NameList {
    KEPT.with_borrow_mut(|kept| kept.list(names).unwrap_or_else(|| names.into()))
}

/// The list with one more name at its end.
pub(crate) fn extended(list: &NameList, name: &Name) -> NameList {
    let known = KEPT.with_borrow(|kept| kept.longer.get(&key(list, name)).map(Arc::clone));
    known.unwrap_or_else(|| {
        // Where it is of another thread, or nobody keeps it, its address says nothing.
        let names = list.iter().chain([name]).map(|name| name::shared(name));
        shared(&names.collect::<Vec<_>>())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::IntoName;

    fn names(words: &str) -> Vec<Name> {
        words.split(' ').map(|word| word.into_name()).collect()
    }

    #[test]
    fn equal_lists_are_one() {
        let list = shared(&names("id name value"));
        assert!(Arc::ptr_eq(&list, &shared(&names("id name value"))));
        assert!(Arc::ptr_eq(
            &list,
            &extended(&shared(&names("id name")), &"value".into_name())
        ));
        assert_eq!(*list, *names("id name value"));
    }

    #[test]
    fn a_list_of_another_thread_is_as_good() {
        let other = std::thread::spawn(|| shared(&names("id name")));
        let longer = extended(&other.join().unwrap(), &"value".into_name());
        assert!(Arc::ptr_eq(&longer, &shared(&names("id name value"))));
    }

    #[test]
    fn more_than_are_kept_are_lists_all_the_same() {
        for number in 0..MOST + 10 {
            let names = names(&format!("a{number} b c"));
            assert_eq!(*shared(&names), *names);
            assert_eq!(*extended(&shared(&names[..2]), &names[2]), *names);
        }
        let many: Vec<_> = (0..LONGEST + 10)
            .map(|n| format!("n{n}").into_name())
            .collect();
        assert_eq!(*shared(&many), *many);
    }
}
