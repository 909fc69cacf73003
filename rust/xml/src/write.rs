//! Trees as text.

use crate::escape::{push_attribute, push_text};
use crate::{Element, Node};

/// The element on one line, with no blanks between tags: `<a b="c"><d/></a>`.
pub fn write(element: &Element) -> String {
    write_without(element, |_| false)
}

/// Like [`write()`], without the attributes, on whatever element, whose names `skip` is true for.
pub fn write_without(element: &Element, skip: impl Fn(&str) -> bool) -> String {
    let mut out = String::new();
    write_element(&mut out, element, None, &skip);
    out
}

/// The element with a line for each tag, two blanks of indentation for each level, and a line end after
/// the last. An element that holds text is kept on its line, so that the text is not changed.
pub fn write_pretty(element: &Element) -> String {
    let mut out = String::new();
    write_element(&mut out, element, Some(0), &|_| false);
    out
}

fn write_element(
    out: &mut String,
    element: &Element,
    indent: Option<usize>,
    skip: &impl Fn(&str) -> bool,
) {
    push_indent(out, indent);
    out.push('<');
    out.push_str(element.name());
    for (name, value) in element.attrs().filter(|(name, _)| !skip(name)) {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        push_attribute(out, value);
        out.push('"');
    }
    let is_plain = element.comments().is_empty();
    if element.children().is_empty() && element.text().is_empty() && is_plain {
        out.push_str("/>");
        end_line(out, indent);
        return;
    }
    out.push('>');
    push_text(out, element.text());
    let inner = indent
        .filter(|_| element.text().is_empty())
        .map(|level| level + 1);
    end_line(out, inner);
    if is_plain {
        for child in element.children() {
            write_element(out, child, inner, skip);
        }
    } else {
        for node in element.nodes() {
            match node {
                Node::Element(child) => write_element(out, &child, inner, skip),
                Node::Comment(text) => write_comment(out, &text, inner),
            }
        }
    }
    push_indent(out, inner.and(indent));
    out.push_str("</");
    out.push_str(element.name());
    out.push('>');
    end_line(out, indent);
}

fn write_comment(out: &mut String, text: &str, indent: Option<usize>) {
    push_indent(out, indent);
    out.extend(["<!--", text, "-->"]);
    end_line(out, indent);
}

fn push_indent(out: &mut String, indent: Option<usize>) {
    for _ in 0..indent.unwrap_or(0) {
        out.push_str("  ");
    }
}

fn end_line(out: &mut String, indent: Option<usize>) {
    if indent.is_some() {
        out.push('\n');
    }
}
