//! Interned texts: equal texts share a small id.

use crate::{Id, IdVec, Text, define_id};
use rustc_hash::FxHashMap;

define_id! {
    /// An interned text of one [`Interner`].
    pub struct Atom;
}

/// Gives out atoms. The same text always gives the same atom; numbering follows first use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interner {
    texts: IdVec<Atom, Text>,
    known: FxHashMap<Text, Atom>,
}

impl Interner {
    /// The atom of a text, new if the text is.
    pub fn intern(&mut self, text: &str) -> Atom {
        if let Some(&atom) = self.known.get(text) {
            return atom;
        }
        let text = Text::from(text);
        let atom = self.texts.push(text.clone());
        self.known.insert(text, atom);
        atom
    }

    /// The atom of a text, if it was interned before.
    pub fn get(&self, text: &str) -> Option<Atom> {
        self.known.get(text).copied()
    }

    /// The text of an atom of this interner.
    pub fn text(&self, atom: Atom) -> &str {
        &self.texts[atom]
    }

    /// Number of atoms.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether nothing was interned.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// All atoms in order of first use.
    pub fn atoms(&self) -> impl Iterator<Item = Atom> + use<> {
        (0..self.texts.len()).map(Atom::from_index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_an_atom() {
        let mut names = Interner::default();
        let a = names.intern("a");
        let b = names.intern("b");
        assert_ne!(a, b);
        assert_eq!(names.intern("a"), a);
        assert_eq!((names.text(a), names.get("c")), ("a", None));
    }
}
