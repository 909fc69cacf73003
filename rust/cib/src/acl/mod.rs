//! Who may read and write what of a CIB: its `acls` section.
//!
//! A permission selects elements by an XPath and says `read`, `write` or `deny` of them and of all below them, as
//! far as nothing nearer says otherwise. Write includes read. At one element, deny goes before write and write before
//! read; where nothing is said, nothing is allowed. For writing, a nearer `read` does not take away what an element
//! further up grants. Permissions are meant for elements, never for single attributes: an XPath that selects an
//! attribute selects its element.
//!
//! Whoever may not read an element sees of it its name and its id, and these only if something below can be
//! read. What is written is compared with what was there: see [`Permissions::check`].

mod check;
mod marks;
mod permissions;
mod view;

pub use marks::Access;
pub use permissions::{Permissions, Subject, Unusable, unusable};
