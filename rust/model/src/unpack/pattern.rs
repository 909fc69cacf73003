//! Patterns of resource ids: POSIX extended regular expressions.

use pcmk_base::Text;
use regex_lite::Regex;

/// A pattern, inverted by a leading `!`.
pub(super) struct Pattern {
    regex: Regex,
    inverted: bool,
}

impl Pattern {
    /// Reads a pattern; `None` if it is not valid.
    pub fn parse(text: &str) -> Option<Pattern> {
        let (text, inverted) = match text.strip_prefix('!') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let regex = Regex::new(&translated(text)).ok()?;
        Some(Pattern { regex, inverted })
    }

    /// What the groups matched, the whole match first; nothing if inverted. `None` if the id does not match.
    pub fn matches(&self, id: &str) -> Option<Vec<Text>> {
        if self.inverted {
            return (!self.regex.is_match(id)).then(Vec::new);
        }
        let captures = self.regex.captures(id)?;
        let groups = captures.iter();
        Some(
            groups
                .map(|group| group.map_or("", |g| g.as_str()).into())
                .collect(),
        )
    }
}

/// The expression in the syntax of the engine, which differs within brackets and in what escapes mean.
fn translated(posix: &str) -> String {
    let mut made = String::new();
    let mut rest = posix;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '[' => rest = bracket(rest, &mut made),
            '\\' => {
                let escaped = rest.chars().next();
                rest = &rest[escaped.map_or(0, char::len_utf8)..];
                let plain = escaped.is_some_and(|e| e.is_alphabetic() && !"wWsSbB".contains(e));
                if !plain {
                    made.push('\\');
                }
                made.extend(escaped);
            }
            _ => made.push(c),
        }
    }
    made
}

/// Copies a bracket expression, where a backslash is nothing special and `]` may come first.
fn bracket<'t>(text: &'t str, made: &mut String) -> &'t str {
    made.push('[');
    let mut rest = text;
    if let Some(after) = rest.strip_prefix('^') {
        made.push('^');
        rest = after;
    }
    if let Some(after) = rest.strip_prefix(']') {
        made.push_str("\\]");
        rest = after;
    }
    while let Some(c) = rest.chars().next() {
        let class = rest.strip_prefix("[:").and_then(|r| r.find(":]"));
        if let Some(length) = class {
            let (class, after) = rest.split_at(length + 4);
            made.push_str(class);
            rest = after;
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            ']' => {
                made.push(']');
                return rest;
            }
            '\\' | '[' | '&' | '~' => made.extend(['\\', c]),
            _ => made.push(c),
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(pattern: &str, id: &str, groups: Option<&[&str]>) {
        let found = Pattern::parse(pattern).unwrap().matches(id);
        let groups = groups.map(|g| g.iter().map(|&g| Text::from(g)).collect());
        assert_eq!(found, groups, "{pattern}");
    }

    #[test]
    fn patterns_match_anywhere_and_tell_their_groups() {
        check("p-(.*)-(x)?", "ip-db-1", Some(&["p-db-", "db", ""]));
        check("^p", "ip", None);
        check("!^p", "ip", Some(&[]));
        check("!i", "ip", None);
        check(r"[\]x]", r"\x]", Some(&[r"\x]"]));
        check("[]a[:digit:]&&-]", "7", Some(&["7"]));
        check(r"\d\.", "d.", Some(&["d."]));
        assert!(Pattern::parse("(").is_none() && Pattern::parse("[a").is_none());
    }

    proptest! {
        #[test]
        fn no_pattern_is_too_much(pattern in r"[]\[^:\\a(){}*+?.|&-]{0,12}", id in "[a:-]{0,5}") {
            let _ = Pattern::parse(&pattern).and_then(|p| p.matches(&id));
        }
    }
}
