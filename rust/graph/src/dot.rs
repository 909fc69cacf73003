//! A drawing of the plan in Graphviz' language.

use std::fmt::Write;

/// What is drawn. The scheduler fills it in, since actions outside the graph are drawn too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DotGraph {
    /// Actions in order of drawing.
    pub nodes: Vec<DotNode>,
    /// Arrows: from, to, and whether both ends are in the graph (bold) or not (dashed).
    pub edges: Vec<(String, String, bool)>,
}

/// One drawn action.
#[derive(Clone, Debug, PartialEq)]
pub struct DotNode {
    /// Label, such as `db_start_0 node1`.
    pub name: String,
    /// How it is drawn.
    pub style: DotStyle,
    /// Pseudo-actions are written in orange.
    pub pseudo: bool,
}

/// Why an action is drawn the way it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DotStyle {
    /// In the graph.
    InGraph,
    /// Its resource is unmanaged.
    Unmanaged,
    /// Not needed.
    Optional,
    /// Needed, and cannot run.
    Blocked,
}

impl DotGraph {
    /// The text of the drawing.
    pub fn to_text(&self) -> String {
        let mut out = String::from(" digraph \"g\" {\n");
        for node in &self.nodes {
            let (style, color, font) = match node.style {
                DotStyle::InGraph => ("bold", "green", "black"),
                DotStyle::Unmanaged => ("dashed", "red", "purple"),
                DotStyle::Optional => ("dashed", "blue", "black"),
                DotStyle::Blocked => ("dashed", "red", "black"),
            };
            let font = if node.pseudo && font == "black" {
                "orange"
            } else {
                font
            };
            let _ = writeln!(
                out,
                "\"{}\" [ style={style} color=\"{color}\" fontcolor=\"{font}\"]",
                node.name
            );
        }
        for (from, to, bold) in &self.edges {
            let style = if *bold { "bold" } else { "dashed" };
            let _ = writeln!(out, "\"{from}\" -> \"{to}\" [ style = {style}]");
        }
        out.push_str("}\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudo_actions_are_orange() {
        let node = DotNode {
            name: "G_start_0".into(),
            style: DotStyle::InGraph,
            pseudo: true,
        };
        let graph = DotGraph {
            nodes: vec![node],
            edges: vec![("a".into(), "b".into(), false)],
        };
        let text = graph.to_text();
        assert!(
            text.contains("\"G_start_0\" [ style=bold color=\"green\" fontcolor=\"orange\"]\n")
        );
        assert!(text.contains("\"a\" -> \"b\" [ style = dashed]\n"));
    }
}
