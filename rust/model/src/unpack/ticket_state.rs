//! The recorded state of tickets.

use super::reader::Reader;
use super::tickets::ticket;
use pcmk_base::parse_bool;
use pcmk_time::scan_integer;
use pcmk_xml::Element;

/// Reads the `tickets` element.
pub(super) fn read(reader: &mut Reader<'_>, tickets: &Element) {
    for element in tickets.children_named("ticket_state") {
        let Some(id) = element.id().filter(|id| !id.is_empty()) else {
            continue;
        };
        let ticket = ticket(reader, id);
        let ticket = &mut reader.model.tickets[ticket];
        for (name, value) in element.attrs().filter(|(name, _)| *name != "id") {
            ticket.state.insert(name.into(), value.into());
        }
        let state = &ticket.state;
        let is_true = |name: &str| state.get(name).and_then(|v| parse_bool(v)) == Some(true);
        let (granted, standby) = (is_true("granted"), is_true("standby"));
        let last = state
            .get("last-granted")
            .map(|text| scan_integer(text).unwrap_or(0));
        ticket.last_granted = last.or(ticket.last_granted);
        ticket.granted = granted;
        ticket.standby = standby;
    }
}
