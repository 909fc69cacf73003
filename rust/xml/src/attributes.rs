//! The attributes of an element: names in a list that elements of the same kind share, and the text of all values.
//!
//! A status has millions of values. Each in an allocation of its own would take three times the memory, and reading
//! them in their order would wait for memory at each.

use std::ops::Range;
use std::sync::Arc;

use crate::name::{IntoName, Name};
use crate::name_list::{NameList, empty, extended, shared};

/// Names and values, in document order.
#[derive(Clone, Debug)]
pub(crate) struct Attributes {
    names: NameList,
    /// Where each value ends in `values`, in which they stand without anything between them.
    ends: Box<[u32]>,
    values: Box<str>,
}

impl Default for Attributes {
    fn default() -> Self {
        Self {
            names: empty(),
            ends: Box::default(),
            values: Box::default(),
        }
    }
}

impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
            && self.ends == other.ends
            && (Arc::ptr_eq(&self.names, &other.names) || self.names == other.names)
    }
}

impl Eq for Attributes {}

impl Attributes {
    #[inline]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| **known == *name)
    }

    #[inline]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.value(self.position(name)?)
    }

    /// The value at a place in document order.
    #[inline]
    pub fn value(&self, index: usize) -> Option<&str> {
        self.values.get(self.range(index)?)
    }

    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        let mut start = 0;
        self.names.iter().zip(&self.ends).map(move |(name, &end)| {
            let value = &self.values[start..end as usize];
            start = end as usize;
            (&**name, value)
        })
    }

    /// Sets a value: in place where the name is known, else as the last one.
    pub fn set(&mut self, name: impl IntoName, value: &str) {
        match self.position(name.as_ref()) {
            Some(index) => self.replace(index, value),
            None => {
                self.names = extended(&self.names, &name.into_name());
                self.values = [&*self.values, value].concat().into();
                self.ends = [&*self.ends, &[end(self.values.len())]].concat().into();
            }
        }
    }

    /// Removes an attribute, and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<Box<str>> {
        let index = self.position(name)?;
        let value = self.value(index)?.into();
        self.replace(index, "");
        self.ends = without(&self.ends, index).into();
        self.names = shared(&without(&self.names, index));
        Some(value)
    }

    fn replace(&mut self, index: usize, value: &str) {
        let Some(old) = self.range(index) else { return };
        let (before, after) = (&self.values[..old.start], &self.values[old.end..]);
        self.values = [before, value, after].concat().into();
        for later in &mut self.ends[index..] {
            *later = end(*later as usize - old.len() + value.len());
        }
    }

    #[inline]
    fn range(&self, index: usize) -> Option<Range<usize>> {
        let end = *self.ends.get(index)? as usize;
        let start = match index {
            0 => 0,
            _ => self.ends[index - 1] as usize,
        };
        Some(start..end)
    }
}

fn without<T: Clone>(items: &[T], index: usize) -> Vec<T> {
    [&items[..index], &items[index + 1..]].concat()
}

fn end(length: usize) -> u32 {
    u32::try_from(length).expect("the attributes of an element have less than 4 GiB")
}

/// The attributes of a tag as it is read, to be used again for the next one.
#[derive(Default)]
pub(crate) struct Gathered {
    names: Vec<Name>,
    ends: Vec<u32>,
    values: String,
}

impl Gathered {
    pub fn clear(&mut self) {
        self.names.clear();
        self.ends.clear();
        self.values.clear();
    }

    pub fn names(&self) -> &[Name] {
        &self.names
    }

    pub fn push(&mut self, name: Name, value: &str) {
        self.names.push(name);
        self.values.push_str(value);
        self.ends.push(end(self.values.len()));
    }

    pub fn attributes(&self) -> Attributes {
        Attributes {
            names: shared(&self.names),
            ends: self.ends.as_slice().into(),
            values: self.values.as_str().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Edit {
        Set(String, String),
        Remove(String),
    }

    fn edits() -> impl Strategy<Value = Vec<Edit>> {
        let edit = prop_oneof![
            3 => ("[a-f]{1,2}", "\\PC{0,5}").prop_map(|(name, value)| Edit::Set(name, value)),
            1 => "[a-f]{1,2}".prop_map(Edit::Remove),
        ];
        prop::collection::vec(edit, 0..40)
    }

    proptest! {
        #[test]
        fn they_are_a_list_of_pairs(edits in edits()) {
            let mut attributes = Attributes::default();
            let mut pairs: Vec<(String, String)> = Vec::new();
            for edit in edits {
                match edit {
                    Edit::Set(name, value) => {
                        attributes.set(name.as_str().into_name(), &value);
                        match pairs.iter_mut().find(|(known, _)| *known == name) {
                            Some(pair) => pair.1 = value,
                            None => pairs.push((name, value)),
                        }
                    }
                    Edit::Remove(name) => {
                        let index = pairs.iter().position(|(known, _)| *known == name);
                        let removed = index.map(|index| pairs.remove(index).1);
                        prop_assert_eq!(attributes.remove(&name), removed.map(Into::into));
                    }
                }
            }
            let found: Vec<_> = attributes.iter().collect();
            let expected: Vec<_> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
            prop_assert_eq!(found, expected);
            let mut again = Gathered::default();
            pairs.iter().for_each(|(name, value)| again.push(name.as_str().into_name(), value));
            prop_assert_eq!(again.attributes(), attributes);
        }
    }
}
