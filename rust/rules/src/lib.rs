//! Rules and attribute blocks: which name/value pairs hold at an instant.
