//! Resources that are tied to a node while it is down for a clean shutdown.

use super::status::Status;
use crate::{NodeId, Request, RscFlags, RscId};
use pcmk_time::scan_integer;
use pcmk_xml::Element;

/// Reads the lock of a history entry. One that is too old is forgotten, with the entry.
pub(super) fn read(status: &mut Status<'_, '_>, rsc: RscId, node: NodeId, entry: &Element) {
    let time = entry
        .attr("shutdown-lock")
        .and_then(|text| scan_integer(text).ok())
        .unwrap_or(0);
    if time == 0 {
        return;
    }
    let model = &status.reader.model;
    let limit = i64::from(model.options.shutdown_lock_limit);
    if limit > 0 && model.now > time.saturating_add(limit) {
        let required = status.rsc_is(rsc, RscFlags::MANAGED);
        status.model().requests.push(Request::LrmDelete {
            rsc,
            node,
            required,
        });
    } else {
        status.rsc(rsc).lock = Some((node, time));
    }
}
