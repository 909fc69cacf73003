//! What elements are called by, compared without a look at the text of most, and where in a tree it may be found.

use std::sync::Arc;

use crate::Element;

/// The name and the id of an element, which an address names it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity<'a> {
    name: &'a str,
    id: Option<&'a str>,
    number: u32,
}

impl<'a> Identity<'a> {
    /// That of elements with this name and this id, or without one.
    pub fn new(name: &'a str, id: Option<&'a str>) -> Self {
        let number = id.map_or(NO_ID, number);
        Self { name, id, number }
    }

    /// That of an element.
    pub fn of(element: &'a Element) -> Self {
        Self {
            name: element.name(),
            id: element.id(),
            number: element.id_number(),
        }
    }

    /// The name.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Whether an element has it.
    #[inline]
    pub fn fits(&self, element: &Element) -> bool {
        element.id_number() == self.number && element.name() == self.name && element.id() == self.id
    }

    /// Whether an element somewhere below may have it; if not, none has.
    #[inline]
    pub fn may_be_below(&self, element: &Element) -> bool {
        self.number == NO_ID || element.ids_below() & bit(self.number) != 0
    }
}

/// The number of an element without an id.
pub(crate) const NO_ID: u32 = 0;

/// A number that equal ids have in common, and others rarely.
pub(crate) fn number(id: &str) -> u32 {
    let mixed = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |mixed, byte| {
        (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    ((mixed ^ (mixed >> 32)) as u32).max(NO_ID + 1)
}

/// Set in all bits that are known, so that they are never zero.
const KNOWN: u64 = 1 << BITS;
const BITS: u32 = 63;
/// With more children than that, all bits are set: so many ids would set nearly all.
const MANY: usize = 64;

#[inline]
fn bit(number: u32) -> u64 {
    1 << (number % BITS)
}

/// The ids that are somewhere below an element with these children, as bits that several ids share.
#[cold]
pub(crate) fn ids_below(children: &[Arc<Element>]) -> u64 {
    match children.len() {
        0..=MANY => children.iter().fold(KNOWN, |bits, child| {
            let own = match child.id_number() {
                NO_ID => 0,
                number => bit(number),
            };
            bits | own | child.ids_below()
        }),
        _ => u64::MAX,
    }
}
