//! Constraints on tickets, and what tickets that are missing do at once.

use super::colocation::RECORD_WORK;
use super::constraints::role;
use super::fencing::fence_node;
use super::names::Names;
use super::reader::Reader;
use super::sets::{self, Side};
use crate::{
    Attrs, FenceReason, LossPolicy, RscFlags, RscId, Source, Ticket, TicketDependency, TicketId,
    codes,
};
use pcmk_base::{Entity, Role, Score, Text};
use pcmk_xml::Element;

const SIDES: [Side; 1] = [Side {
    name: "rsc",
    setting: ("rsc-role", "role"),
}];

/// The ticket of this id; one that nobody mentioned before is not granted.
pub(super) fn ticket(reader: &mut Reader<'_>, id: &str) -> TicketId {
    if let Some(&known) = reader.ticket_ids.get(id) {
        return known;
    }
    let ticket = reader.model.tickets.push(Ticket {
        id: id.into(),
        granted: false,
        standby: false,
        last_granted: None,
        state: Attrs::default(),
    });
    reader.ticket_ids.insert(id.into(), ticket);
    ticket
}

/// Reads an `rsc_ticket`.
pub(super) fn read(reader: &mut Reader<'_>, names: &Names, element: &Element) {
    let id = element.id().unwrap_or_default();
    let Some(name) = element.attr("ticket") else {
        let entity = Entity::Constraint(id.to_owned());
        reader.sink.error(codes::WITHOUT_TICKET, entity);
        return;
    };
    let ticket = ticket(reader, name);
    let Some(sets) = sets::read(reader, names, element, &SIDES, false) else {
        return;
    };
    let loss = element.attr("loss-policy");
    if sets.is_empty() {
        let rsc = element.attr("rsc").unwrap_or_default();
        if let Some(rsc) = names.expect(reader, id, rsc) {
            depend(reader, id, rsc, ticket, element.attr("rsc-role"), loss);
        }
    }
    for set in &sets {
        if set.id.is_empty() {
            let entity = Entity::Constraint(id.to_owned());
            reader.sink.error(codes::SET_WITHOUT_ID, entity);
            return;
        }
        for member in &set.members {
            let Some(rsc) = names.expect(reader, id, member) else {
                return;
            };
            depend(reader, &set.id, rsc, ticket, set.attr("role"), loss);
        }
    }
}

fn depend(
    reader: &mut Reader<'_>,
    id: &str,
    rsc: RscId,
    ticket: TicketId,
    role_text: Option<&str>,
    loss: Option<&str>,
) {
    let Some(role) = role(reader, id, role_text) else {
        return;
    };
    let dependency = TicketDependency {
        id: id.into(),
        ticket,
        rsc,
        role,
        loss: loss_policy(reader, ticket, role, loss),
    };
    if !reader.spend(RECORD_WORK) {
        return;
    }
    let Ticket {
        granted, standby, ..
    } = reader.model.tickets[ticket];
    if !granted || standby {
        for leaf in reader.model.subtree(rsc) {
            if reader.model.resources[leaf].children.is_empty() {
                act_on_loss(reader, leaf, &dependency, granted);
            }
        }
    }
    reader.model.ticket_dependencies.push(dependency);
}

fn loss_policy(
    reader: &mut Reader<'_>,
    ticket: TicketId,
    role: Option<Role>,
    text: Option<&str>,
) -> LossPolicy {
    let is = |word: &str| text.is_some_and(|t| t.eq_ignore_ascii_case(word));
    if is("fence") {
        if reader.model.options.fencing_enabled {
            return LossPolicy::Fence;
        }
        let id: Text = reader.model.tickets[ticket].id.clone();
        let entity = Entity::Ticket(id.to_string());
        reader.sink.error(codes::LOSS_POLICY_NEEDS_FENCING, entity);
        LossPolicy::Stop
    } else if is("freeze") {
        LossPolicy::Freeze
    } else if is("demote") {
        LossPolicy::Demote
    } else if is("stop") || role != Some(Role::Promoted) {
        LossPolicy::Stop
    } else {
        LossPolicy::Demote
    }
}

/// What a ticket that is not granted, or in standby, does to a leaf.
fn act_on_loss(reader: &mut Reader<'_>, rsc: RscId, dependency: &TicketDependency, granted: bool) {
    let model = &mut reader.model;
    let promoted_only = dependency.role == Some(Role::Promoted);
    let active_on = model.activity[rsc].active_on.clone();
    let role_matches = dependency
        .role
        .is_none_or(|role| role == model.states[rsc].current_role);
    let ban = if granted || active_on.is_empty() {
        !promoted_only || dependency.loss == LossPolicy::Stop
    } else {
        match dependency.loss {
            LossPolicy::Stop => true,
            LossPolicy::Demote => !promoted_only,
            LossPolicy::Fence => role_matches,
            LossPolicy::Freeze => {
                if role_matches {
                    let flags = &mut model.states[rsc].flags;
                    if !flags.contains(RscFlags::BLOCKED) {
                        *flags |= RscFlags::BLOCKED | RscFlags::FROZEN;
                    }
                    *flags -= RscFlags::MANAGED;
                }
                false
            }
        }
    };
    if ban {
        let source = Source::Ticket(dependency.ticket);
        model.add_score_everywhere(rsc, Score::MINUS_INFINITY, source);
    }
    if ban && !granted && dependency.loss == LossPolicy::Fence {
        for node in active_on {
            fence_node(reader, node, FenceReason::TicketLost, false);
        }
    }
}
