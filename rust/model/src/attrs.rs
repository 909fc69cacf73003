//! Name/value tables.

/// Names with their values, in the order in which they were set.
pub type Attrs = pcmk_rules::NameValues;
