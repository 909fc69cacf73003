//! A number for the content of an element with all that is below it, kept in the element until an edit: after a change
//! only the way from the root to it is counted anew, however large the document.

use xxhash_rust::xxh3::xxh3_64;

use crate::Element;

/// The fingerprint of an element, those of its children being kept. Bytes are gathered behind those that `scratch` holds,
/// and taken away again.
pub(crate) fn of(element: &Element, scratch: &mut Vec<u8>) -> u64 {
    let start = scratch.len();
    gather(element, scratch);
    let number = xxh3_64(&scratch[start..]).max(1);
    scratch.truncate(start);
    number
}

/// Everything that makes up an element, no two of them as the same bytes: each text is preceded by its length, each
/// list by how many it has. Of a child its fingerprint stands for it.
fn gather(element: &Element, into: &mut Vec<u8>) {
    text(element.name(), into);
    let attrs = element.attrs();
    count(attrs.len(), into);
    for (name, value) in attrs {
        text(name, into);
        text(value, into);
    }
    text(element.text(), into);
    count(element.comments().len(), into);
    for (before, comment) in element.comments() {
        count(*before, into);
        text(comment, into);
    }
    for child in element.children() {
        let number = child.fingerprint_with(into);
        into.extend(number.to_le_bytes());
    }
}

fn text(text: &str, into: &mut Vec<u8>) {
    count(text.len(), into);
    into.extend(text.as_bytes());
}

fn count(number: usize, into: &mut Vec<u8>) {
    into.extend((number as u64).to_le_bytes());
}
