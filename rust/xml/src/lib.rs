//! Persistent XML element trees: parse, write, address, and edit by path copying.
//!
//! A tree is an [`Arc<Element>`](Element). Cloning the `Arc` is a snapshot; an edit copies only the
//! elements on the way from the root to the change and shares every other subtree, so two versions of
//! a document can be compared by pointer where nothing changed, and have kept fingerprints there.
//!
//! The data model is the one the CIB needs: elements, attributes in document order, and the text of an
//! element as one string, and its comments. Processing instructions are read over and not kept, blank text
//! is dropped, and names keep their prefix as written (there is no namespace processing).

mod attributes;
mod element;
mod escape;
mod fingerprint;
mod identity;
mod kept;
mod name;
mod name_list;
mod parse;
mod path;
mod write;
pub mod xpath;

pub use element::{Element, Node};
pub use identity::Identity;
pub use name::{IntoName, Name};
pub use parse::{MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, ParseError, is_name, parse, parse_str};
pub use path::{Path, edit_at, find_called, find_path, get_at, insert_at, remove_at, replace_at};
pub use write::{write, write_pretty, write_without};
