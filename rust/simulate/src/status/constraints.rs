//! Tickets, and where resources may not run.

use super::StatusOptions;
use super::failures::date;
use super::nodes::display_name;
use super::section::Section;
use pcmk_base::{Role, Score};
use pcmk_model::{Location, Model, NodeId};

/// Tickets in order of mention; `None` if none is known.
pub(super) fn tickets(model: &Model) -> Option<Section> {
    let mut section = Section::new("Tickets");
    for (_, ticket) in model.tickets.iter() {
        let state = if ticket.granted { "granted" } else { "revoked" };
        let standby = if ticket.standby { " [standby]" } else { "" };
        let last = ticket.last_granted.map_or(String::new(), |time| {
            format!(" last-granted=\"{}\"", date(time))
        });
        section.push(1, format!("{}\t{state}{standby}{last}", ticket.id));
    }
    (!section.items.is_empty()).then_some(section)
}

/// Location constraints with negative scores, of ids that begin with the prefix.
pub(super) fn bans(model: &Model, options: StatusOptions, prefix: &str) -> Option<Section> {
    let mut section = Section::new("Negative Location Constraints");
    for (location, node, _) in negative_locations(model, options, prefix) {
        let role = match location.role {
            Some(Role::Promoted) => "in Promoted role ",
            _ => "",
        };
        let resource = &model.resources[location.rsc].id;
        let node = display_name(model, node, options.detail);
        let text = format!(
            "{}\tprevents {resource} from running {role}on {node}",
            location.id
        );
        section.push(1, text);
    }
    (!section.items.is_empty()).then_some(section)
}

/// Where location constraints keep resources from running, newest first, on all nodes.
pub(super) fn negative_locations<'a>(
    model: &'a Model,
    options: StatusOptions<'a>,
    prefix: &'a str,
) -> impl Iterator<Item = (&'a Location, NodeId, Score)> {
    let table: Vec<&Location> = model.locations.table.iter().map(|(_, it)| it).collect();
    let shown = table.into_iter().rev().filter(move |location| {
        let named = location.id.starts_with(prefix);
        named && location.explicit && options.shows_resource(location.rsc)
    });
    shown.flat_map(move |location| {
        let nodes = location.nodes.iter().copied();
        nodes
            .filter(|&(_, score)| score < Score::ZERO)
            .map(move |(node, score)| (location, node, score))
    })
}
