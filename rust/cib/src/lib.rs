//! The CIB as a value: versions, diffs, patchsets, digests, operations, access control, and the languages it can be
//! written in.
//!
//! A CIB is a shared [`Element`](pcmk_xml::Element) tree with the root `cib`. Nothing here changes a tree in
//! place: an operation gives a new tree that shares what it did not touch, and a refused one gives an error.

pub mod acl;
mod address;
pub mod diff;
pub mod digest;
mod error;
pub mod grammar;
mod ids;
pub mod ops;
pub mod patchset;
mod section;
mod tree;
pub mod upgrade;
mod version;

pub use diff::diff;
pub use error::{Error, Kind};
pub use patchset::Patchset;
pub use section::{SECTIONS, find_section, only, without_history};
pub use tree::{MAX_DEPTH, alike_to_schema, empty, parse};
pub use version::{Version, check_feature_set};
