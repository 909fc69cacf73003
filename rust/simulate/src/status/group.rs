//! A group with its members.

use super::resources::{Extent, collective_words, description, is_active, show as show_member};
use super::section::Section;
use super::text::in_parentheses;
use super::{StatusOptions, brief};
use pcmk_model::{Model, RscId};

/// Members that are not active are counted, unless inactive resources are shown.
pub(super) fn show(
    model: &Model,
    group: RscId,
    options: StatusOptions,
    depth: usize,
    section: &mut Section,
) {
    let members = &model.resources[group].children;
    let active = |member: RscId| is_active(model, member, Extent::All);
    let inactive = members.iter().filter(|&&m| !active(m)).count();
    let mut words = Vec::new();
    if !options.inactive && inactive > 0 && inactive < members.len() {
        let plural = if inactive == 1 { "" } else { "s" };
        words.push(format!("{inactive} member{plural} inactive"));
    }
    words.extend(collective_words(model, group));
    let heading = format!(
        "Resource Group: {}{}{}:",
        model.resources[group].id,
        in_parentheses(&words),
        description(model, group, options.description)
    );
    let mut listed = Section::default();
    if options.brief {
        let with_nodes = StatusOptions {
            by_node: false,
            ..options
        };
        brief::show(model, members, with_nodes, true, depth + 1, &mut listed);
    }
    for &member in members.iter().filter(|_| !options.brief) {
        if options.inactive || active(member) {
            show_member(model, member, options, depth + 1, &mut listed);
        }
    }
    if !listed.items.is_empty() {
        section.push(depth, heading);
        section.items.extend(listed.items);
    }
}
