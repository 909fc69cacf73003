//! Operations: settings are meta-attributes, and what a start requires is the resource's.

use std::sync::Arc;

use pcmk_xml::Element;

use super::super::dropped;
use super::super::rewrite::{pair, with_children};
use super::{PREFIX, defines, is_plain, with_pairs};

/// Settings that could be among an operation's instance attributes.
const SETTINGS: &[&str] = &[
    "interval-origin",
    "start-delay",
    "enabled",
    "on-fail",
    "record-pending",
    "role",
    "timeout",
];

/// An operation with settings among its meta-attributes. Of blocks that define the same, the last counts; where the
/// meta-attributes define it already, they do.
pub(super) fn with_settings_moved(op: &Arc<Element>) -> Arc<Element> {
    let mut plain: Vec<Arc<Element>> = Vec::new();
    let mut ruled = Vec::new();
    let mut children = Vec::with_capacity(op.children().len());
    for child in op.children() {
        if child.name() != "instance_attributes" {
            children.push(child.clone());
            continue;
        }
        let mut taken = Vec::new();
        children.extend(with_pairs(child, |pair, name, _| {
            if !SETTINGS.contains(&name) {
                return Some(pair.clone());
            }
            if !defined_by_meta(op, name) {
                taken.push(pair.clone());
            }
            None
        }));
        if is_plain(child) {
            plain.retain(|old| taken.iter().all(|new| new.attr("name") != old.attr("name")));
            plain.append(&mut taken);
        } else if !taken.is_empty() {
            let left = children.last().filter(|last| last.id() == child.id());
            ruled.push(ruled_block(child, left.is_some(), taken));
        }
    }
    if !plain.is_empty() {
        let target = |e: &Arc<Element>| e.name() == "meta_attributes" && is_plain(e);
        match children.iter().position(target) {
            Some(at) => {
                let block = Element::clone(&children[at]).with_children(plain);
                children[at] = Arc::new(block);
            }
            None => {
                let id = format!("{PREFIX}{}-meta", op.id().unwrap_or_default());
                let block = Element::new("meta_attributes").with_attr("id", id);
                children.push(Arc::new(block.with_children(plain)));
            }
        }
    }
    children.extend(ruled);
    with_children(op, children)
}

fn defined_by_meta(op: &Element, name: &str) -> bool {
    op.children_named("meta_attributes")
        .any(|block| is_plain(block) && defines(block, name))
}

/// Pairs of a block with a rule, as meta-attributes with that rule.
fn ruled_block(block: &Element, is_left: bool, pairs: Vec<Arc<Element>>) -> Arc<Element> {
    let mut made = Element::new("meta_attributes");
    made.copy_attrs(block);
    made.set_attr("id", format!("{PREFIX}{}", block.id().unwrap_or_default()));
    for rule in block.children_named("rule") {
        match rule.id().filter(|_| is_left) {
            Some(id) => made.push_child(Element::new("rule").with_attr("id-ref", id)),
            None => made.push_child(rule.clone()),
        }
    }
    Arc::new(made.with_children(pairs))
}

/// Where an operation said what it requires.
enum Source {
    /// The operation's attribute: id of the operation, and the value.
    Attribute(String, String),
    /// A block of the operation, as the block that it becomes.
    Block(Arc<Element>),
}

/// A resource with what its start or promote operations require as a meta-attribute of its own, unless it has that
/// already. On other operations it meant nothing. Attributes of operations count before their meta-attributes, and
/// those before instance attributes; of equals the last counts.
pub(super) fn with_requires(resource: &Arc<Element>, notes: &mut Vec<String>) -> Arc<Element> {
    let mut found = Found::default();
    let mut children = Vec::with_capacity(resource.children().len());
    for child in resource.children() {
        match child.name() {
            "operations" => {
                let ops = child.children().iter().map(|op| found.take(op, notes));
                children.push(with_children(child, ops.collect()));
            }
            _ => children.push(child.clone()),
        }
    }
    let has_own = resource
        .children_named("meta_attributes")
        .any(|block| is_plain(block) && defines(block, "requires"));
    if !has_own {
        children.extend(found.blocks(resource));
    }
    with_children(resource, children)
}

#[derive(Default)]
struct Found {
    attribute: Option<Source>,
    meta: Option<Source>,
    instance: Option<Source>,
    ruled: Vec<Arc<Element>>,
}

impl Found {
    /// An operation without what it requires, which is noted here.
    fn take(&mut self, op: &Arc<Element>, notes: &mut Vec<String>) -> Arc<Element> {
        let counts = matches!(op.attr("name"), Some("start" | "promote"));
        let lost = |id, notes: &mut Vec<String>| {
            if !counts {
                let why = "it means nothing except for start and promote";
                notes.push(dropped("requires of operation", id, why));
            }
        };
        let mut edited = Arc::clone(op);
        if let Some(value) = op.attr("requires") {
            lost(op.id(), notes);
            if counts {
                let id = op.id().unwrap_or_default().to_owned();
                self.attribute = Some(Source::Attribute(id, value.to_owned()));
            }
            Arc::make_mut(&mut edited).remove_attr("requires");
        }
        let mut children = Vec::with_capacity(op.children().len());
        for block in op.children() {
            let is_meta = block.name() == "meta_attributes";
            if !is_meta && block.name() != "instance_attributes" {
                children.push(block.clone());
                continue;
            }
            let mut taken = None;
            let left = with_pairs(block, |pair, name, _| {
                if name != "requires" {
                    return Some(pair.clone());
                }
                lost(op.id(), notes);
                taken = taken.take().or(Some(pair.clone()));
                None
            });
            if let Some(pair) = taken.filter(|_| counts) {
                let moved = ruled_block(block, left.is_some(), vec![pair]);
                match (is_plain(block), is_meta) {
                    (false, _) => self.ruled.push(moved),
                    (true, true) => self.meta = Some(Source::Block(moved)),
                    (true, false) => self.instance = Some(Source::Block(moved)),
                }
            }
            children.extend(left);
        }
        with_children(&edited, children)
    }

    /// The blocks that the resource gets.
    fn blocks(self, resource: &Element) -> Vec<Arc<Element>> {
        let plain = self.attribute.or(self.meta).or(self.instance);
        let plain = plain.map(|source| match source {
            Source::Block(block) => block,
            Source::Attribute(op, value) => {
                let id = format!("{PREFIX}{}-meta", resource.id().unwrap_or_default());
                let block = Element::new("meta_attributes").with_attr("id", id);
                let id = format!("{PREFIX}{op}-meta-requires");
                Arc::new(block.with_child(pair(&id, "requires", &value)))
            }
        });
        plain.into_iter().chain(self.ruled).collect()
    }
}
