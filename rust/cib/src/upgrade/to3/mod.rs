//! From schema 2 to 3: names of options and parameters, and settings that moved.

mod operations;
mod options;
mod references;

use std::collections::HashSet;
use std::sync::Arc;

use pcmk_xml::Element;

use super::rewrite::{self, Rewriting, with_attr, with_children};
use super::{dropped, ids, permissions};
use options::Moved;

/// What ids of elements that come with this step begin with.
const PREFIX: &str = "_2TO3_";

const PARAMETERS: &[(&str, &str)] = &[
    ("pcmk_list_cmd", "pcmk_list_action"),
    ("pcmk_monitor_cmd", "pcmk_monitor_action"),
    ("pcmk_off_cmd", "pcmk_off_action"),
    ("pcmk_on_cmd", "pcmk_on_action"),
    ("pcmk_reboot_cmd", "pcmk_reboot_action"),
    ("pcmk_status_cmd", "pcmk_status_action"),
];

/// The document in the spelling of schema 3.
pub(super) fn rewritten(cib: &Arc<Element>, notes: &mut Vec<String>) -> Arc<Element> {
    // A block that stands for another one is rewritten as what it is where it stands.
    let resolved = references::resolved(cib);
    let has_references = !Arc::ptr_eq(&resolved, cib);
    let mut rewriting = Version2 {
        moved: Moved::default(),
        notes,
    };
    let mut new = rewrite::configuration(&resolved, &mut rewriting);
    if has_references {
        new = references::restored(&new);
    }
    let new = without_lost(cib, new);
    permissions::mended(cib, new, &permissions::Replaced::new(), notes)
}

struct Version2<'n> {
    moved: Moved,
    notes: &'n mut Vec<String>,
}

impl Rewriting for Version2<'_> {
    fn edit(&mut self, element: Arc<Element>, above: &[&str]) -> Vec<Arc<Element>> {
        let edited = match (above, element.name()) {
            ([], "configuration") => self.moved.with_defaults(&element),
            ([.., "crm_config"], "cluster_property_set") => self.moved.take(element, self.notes),
            (_, "node") if element.attr("type") == Some("normal") => {
                Some(with_attr(&element, "type", "member"))
            }
            ([.., "primitive" | "template"], "instance_attributes") => self.parameters(element),
            ([.., "primitive" | "template"], "meta_attributes") => self.meta(element),
            ([.., "primitive" | "template", "operations"], "op") => {
                Some(operations::with_settings_moved(&element))
            }
            (_, "primitive" | "template") => Some(operations::with_requires(&element, self.notes)),
            (_, "rsc_colocation") => Some(self.colocation(element)),
            _ => Some(element),
        };
        edited.into_iter().collect()
    }
}

impl Version2<'_> {
    fn parameters(&mut self, block: Arc<Element>) -> Option<Arc<Element>> {
        with_pairs(&block, |pair, name, value| {
            if name == "pcmk_arg_map" {
                // Of several arguments there is no telling which one is meant.
                let argument = value.strip_prefix("port:").filter(|v| !v.contains(','));
                let Some(argument) = argument else {
                    self.notes
                        .push(dropped(name, pair.id(), "it is not supported any more"));
                    return None;
                };
                let renamed = Element::clone(pair).with_attr("name", "pcmk_host_argument");
                return Some(Arc::new(renamed.with_attr("value", argument)));
            }
            match PARAMETERS.iter().find(|(old, _)| *old == name) {
                Some((_, now)) => Some(with_attr(pair, "name", now)),
                None => Some(pair.clone()),
            }
        })
    }

    fn meta(&mut self, block: Arc<Element>) -> Option<Arc<Element>> {
        let (mut stopped, mut threshold) = (false, false);
        with_pairs(&block, |pair, name, value| {
            let (now, value, is_there) = match name {
                "isolation" | "isolation-host" | "isolation-instance" | "isolation-wrapper" => {
                    let what = "resources are not isolated any more, so the resource stays stopped";
                    let id = pair.id().unwrap_or_default();
                    self.notes
                        .push(format!("{name} {id} becomes target-role=Stopped: {what}"));
                    ("target-role", "Stopped", &mut stopped)
                }
                "resource-failure-stickiness" | "resource_failure_stickiness" => {
                    if value != "-INFINITY" {
                        let instead = "there is migration-threshold instead";
                        self.notes.push(dropped(name, pair.id(), instead));
                        return None;
                    }
                    ("migration-threshold", "1", &mut threshold)
                }
                _ => return Some(pair.clone()),
            };
            if std::mem::replace(is_there, true) {
                return None;
            }
            let renamed = Element::clone(pair).with_attr("name", now);
            Some(Arc::new(renamed.with_attr("value", value)))
        })
    }

    fn colocation(&mut self, element: Arc<Element>) -> Arc<Element> {
        let old = ["score-attribute", "score-attribute-mangle"];
        if old.iter().all(|name| element.attr(name).is_none()) {
            return element;
        }
        let mut edited = Element::clone(&element);
        for name in old {
            if edited.remove_attr(name).is_some() {
                let why = "it never had an effect";
                self.notes.push(dropped(name, element.id(), why));
            }
        }
        Arc::new(edited)
    }
}

/// The block with its pairs edited, by name and value; `None` if that leaves none of them.
fn with_pairs(
    block: &Arc<Element>,
    mut edit: impl FnMut(&Arc<Element>, &str, &str) -> Option<Arc<Element>>,
) -> Option<Arc<Element>> {
    let edited =
        block
            .children()
            .iter()
            .filter_map(|child| match (child.name(), child.attr("name")) {
                ("nvpair", Some(name)) => {
                    edit(child, name, child.attr("value").unwrap_or_default())
                }
                _ => Some(child.clone()),
            });
    let edited = with_children(block, edited.collect());
    let has_pairs = |block: &Element| block.child("nvpair").is_some();
    (has_pairs(&edited) || !has_pairs(block)).then_some(edited)
}

/// Whether a block applies without a rule.
fn is_plain(block: &Element) -> bool {
    block.child("rule").is_none()
}

/// Whether a block has a pair of that name.
fn defines(block: &Element, name: &str) -> bool {
    let mut pairs = block.children_named("nvpair");
    pairs.any(|pair| pair.attr("name") == Some(name))
}

/// The document without members of tags, and references of pairs, that name what got lost.
fn without_lost(old: &Arc<Element>, new: Arc<Element>) -> Arc<Element> {
    if Arc::ptr_eq(old, &new) {
        return new;
    }
    let (before, after) = (ids::own_ids(old), ids::own_ids(&new));
    let lost: HashSet<&str> = before.difference(&after).copied().collect();
    match lost.is_empty() {
        true => Arc::clone(&new),
        false => rewrite::configuration(&new, &mut WithoutLost { lost }),
    }
}

struct WithoutLost<'a> {
    lost: HashSet<&'a str>,
}

impl Rewriting for WithoutLost<'_> {
    fn edit(&mut self, element: Arc<Element>, _above: &[&str]) -> Vec<Arc<Element>> {
        let is_lost = match element.name() {
            "obj_ref" => element.id().is_some_and(|id| self.lost.contains(id)),
            "nvpair" => {
                let of = element.attr("id-ref");
                of.is_some_and(|id| self.lost.contains(id))
            }
            "tag" => element.children().is_empty(),
            _ => false,
        };
        if is_lost { Vec::new() } else { vec![element] }
    }
}
