//! Tickets, and where resources may not run.

use super::StatusOptions;
use super::failures::date;
use super::nodes::display_name;
use super::section::Section;
use pcmk_base::{Role, Score};
use pcmk_model::Model;

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

/// Location constraints with negative scores, newest first, of ids that begin with the prefix.
pub(super) fn bans(model: &Model, options: StatusOptions, prefix: &str) -> Option<Section> {
    let mut section = Section::new("Negative Location Constraints");
    let table: Vec<_> = model.locations.table.iter().map(|(_, it)| it).collect();
    for location in table.into_iter().rev() {
        if !location.id.starts_with(prefix) || !options.shows_resource(location.rsc) {
            continue;
        }
        for &(node, score) in &location.nodes {
            if score >= Score::ZERO || !options.shows(node) {
                continue;
            }
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
    }
    (!section.items.is_empty()).then_some(section)
}
