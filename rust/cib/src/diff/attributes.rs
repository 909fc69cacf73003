//! Which attributes of an element changed.

use pcmk_xml::Element;

use crate::patchset::AttrEdit;

/// The edits that make the attributes of `new` of those of `old`, or `None` if they are the same.
///
/// An attribute that only changed places is set again, unless the order does not count. As in Pacemaker, an
/// attribute found earlier than expected is out of the count from then on in the old order, and one found
/// later in the new order.
pub(super) fn edits(old: &Element, new: &Element, ignore_order: bool) -> Option<Vec<AttrEdit>> {
    if old.attrs().eq(new.attrs()) {
        return None;
    }
    let after: Vec<_> = new.attrs().collect();
    let mut changed = vec![true; after.len()];
    let mut skip_old = vec![false; old.attrs().len()];
    let mut skip_new = vec![false; after.len()];
    let mut removed = Vec::new();
    for (old_index, (name, value)) in old.attrs().enumerate() {
        let Some(index) = after.iter().position(|(n, _)| *n == name) else {
            removed.push(AttrEdit::Unset { name: name.into() });
            continue;
        };
        if after[index].1 != value {
            continue;
        }
        changed[index] = false;
        let old_place = uncounted(&skip_old[..old_index]);
        let new_place = uncounted(&skip_new[..index]);
        if ignore_order || old_place == new_place {
            continue;
        }
        changed[index] = true;
        match old_place > new_place {
            true => skip_old[old_index] = true,
            false => skip_new[index] = true,
        }
    }
    let mut edits: Vec<_> = after
        .iter()
        .zip(changed)
        .filter(|(_, changed)| *changed)
        .map(|((name, value), _)| AttrEdit::Set {
            name: (*name).into(),
            value: (*value).into(),
        })
        .collect();
    edits.append(&mut removed);
    (!(ignore_order && edits.is_empty())).then_some(edits)
}

fn uncounted(skipped: &[bool]) -> usize {
    skipped.iter().filter(|skip| !**skip).count()
}
