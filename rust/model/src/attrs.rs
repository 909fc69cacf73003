//! Name/value tables.

use pcmk_base::Text;
use std::collections::BTreeMap;

/// Names with their values, in byte order of the names.
pub type Attrs = BTreeMap<Text, Text>;
