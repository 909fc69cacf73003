//! Shared texts and the boolean words.

use std::sync::Arc;

/// An immutable text that is cheap to copy.
pub type Text = Arc<str>;

/// Reads a boolean word, ignoring case: true/on/yes/y/1 and false/off/no/n/0.
pub fn parse_bool(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|w| w.eq_ignore_ascii_case(text));
    if is(&["true", "on", "yes", "y", "1"]) {
        Some(true)
    } else if is(&["false", "off", "no", "n", "0"]) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boolean_words() {
        assert_eq!(parse_bool("YES"), Some(true));
        assert_eq!(parse_bool("off"), Some(false));
        assert_eq!(parse_bool(""), None);
        assert_eq!(parse_bool("2"), None);
    }
}
