//! A titled list of lines.

/// Lines under a title. Depth counts from one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Heading, without colon.
    pub title: String,
    /// Lines with their depth.
    pub items: Vec<(usize, String)>,
}

impl Section {
    /// An empty section.
    pub fn new(title: &str) -> Section {
        Section {
            title: title.to_owned(),
            items: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, depth: usize, text: impl Into<String>) {
        self.items.push((depth, text.into()));
    }

    /// The section as lines, as part of a list of this depth (zero: a list of its own).
    pub fn lines(&self, depth: usize) -> Vec<String> {
        let heading = if depth == 0 {
            format!("{}:", self.title)
        } else {
            item(depth, &format!("{}:", self.title))
        };
        let items = self.items.iter().map(|(d, text)| item(depth + d, text));
        std::iter::once(heading).chain(items).collect()
    }
}

fn item(depth: usize, text: &str) -> String {
    format!("{:1$}* {text}", "", 2 * depth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_lists_are_items_themselves() {
        let mut section = Section::new("Node List");
        section.push(1, "Online: [ n1 ]");
        assert_eq!(section.lines(0), ["Node List:", "  * Online: [ n1 ]"]);
        assert_eq!(section.lines(1), ["  * Node List:", "    * Online: [ n1 ]"]);
    }
}
