//! Names of elements and attributes, shared by all trees of a thread.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A name of an element or an attribute. Names are shared: cloning one copies no text.
pub type Name = Arc<str>;

/// What an element or attribute can be named with.
pub trait IntoName: AsRef<str> {
    /// The name.
    fn into_name(self) -> Name;
}

impl IntoName for &str {
    fn into_name(self) -> Name {
        shared(self)
    }
}

impl IntoName for String {
    fn into_name(self) -> Name {
        shared(&self)
    }
}

impl IntoName for Name {
    fn into_name(self) -> Name {
        self
    }
}

/// How many names a thread keeps: far more than documents use, and a bound on what hostile ones cost.
const MOST: usize = 4096;
/// Bytes of a name that is kept.
const LONGEST: usize = 64;

thread_local! {
    static KEPT: RefCell<Names> = RefCell::default();
}

/// The name, shared with others if it is of the common kind.
pub(crate) fn shared(name: &str) -> Name {
    if name.len() > LONGEST {
        return name.into();
    }
    KEPT.with_borrow_mut(|kept| match kept.get(name) {
        Some(known) => known,
        None if kept.all.len() < MOST => kept.add(name.into()),
        None => name.into(),
    })
}

/// Different names. Looking one up is quick if it was looked up lately, and never slow.
pub(crate) struct Names {
    recent: [Option<Name>; SLOTS],
    all: BTreeSet<Name>,
}

const SLOTS: usize = 256;

impl Default for Names {
    fn default() -> Self {
        Self {
            recent: [const { None }; SLOTS],
            all: BTreeSet::new(),
        }
    }
}

impl Names {
    /// The name, if it was added.
    pub fn get(&mut self, name: &str) -> Option<Name> {
        let slot = slot(name);
        let recent = self.recent[slot].as_ref();
        if let Some(known) = recent.filter(|known| ***known == *name) {
            return Some(Arc::clone(known));
        }
        let known = self.all.get(name)?;
        self.recent[slot] = Some(Arc::clone(known));
        Some(Arc::clone(known))
    }

    /// Adds a name, and gives it back.
    pub fn add(&mut self, name: Name) -> Name {
        self.recent[slot(&name)] = Some(Arc::clone(&name));
        self.all.insert(Arc::clone(&name));
        name
    }
}

fn slot(name: &str) -> usize {
    let bytes = name.as_bytes();
    let at = |index: usize| usize::from(bytes.get(index).copied().unwrap_or_default());
    let (middle, last) = (bytes.len() / 2, bytes.len().saturating_sub(1));
    (at(0) + 31 * at(middle) + 7 * at(last) + 13 * bytes.len()) % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_are_one() {
        assert!(Arc::ptr_eq(
            &"nvpair".into_name(),
            &String::from("nvpair").into_name()
        ));
        assert_eq!(&*shared(&"n".repeat(LONGEST + 1)), "n".repeat(LONGEST + 1));
    }
}
