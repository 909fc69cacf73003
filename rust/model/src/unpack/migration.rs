//! Live migrations, which are recorded on two nodes: `migrate_to` at the source, then `migrate_from` at the target,
//! then a stop at the source. Either history may be cleared at any point of it.

use super::apply::add_active;
use super::interpret::Subject;
use super::recorded::is_result;
use super::status::Status;
use crate::{NodeId, OpRecord, RscFlags, codes};
use pcmk_base::{Role, Text};
use pcmk_time::scan_integer;
use pcmk_xml::Element;
use std::sync::Arc;

/// Both ends of a migration, and what its resource is called.
struct Ends {
    rsc: Text,
    source: Text,
    target: Text,
    record: Arc<Element>,
}

/// Which end the node with the record has to be.
#[derive(Clone, Copy)]
enum Here {
    Source,
    Target,
}

/// A migration left the source with success.
pub(super) fn to_succeeded(status: &mut Status<'_, '_>, subject: &Subject, record: &OpRecord) {
    let Some(ends) = ends_of(status, subject, record, Here::Source) else {
        return;
    };
    let rsc = subject.rsc;
    let past = &status.recorded;
    let acted_on_source = past.acted_after(&ends.rsc, &ends.source, &ends.record);
    let from = past.only(
        &ends.rsc,
        &ends.target,
        "migrate_from",
        Some(("migrate_source", &ends.source)),
    );
    if from.is_some() && acted_on_source {
        return;
    }
    let changed_on_target =
        past.changed_after_migration(&ends.rsc, &ends.target, Some(&ends.record), from);
    if acted_on_source && changed_on_target {
        return;
    }
    if from.is_some_and(|op| is_result(op, 0)) {
        status.rsc(rsc).current_role = Role::Stopped;
        add_dangling(status, subject);
        return;
    }
    let from_is_over = from.is_some_and(|op| {
        let pending = |text: &str| scan_integer(text) == Ok(-1);
        !op.attr("op-status").is_none_or(pending)
    });
    let unknown_on_target = past.is_unknown(&ends.rsc, &ends.target);
    status.rsc(rsc).current_role = Role::Started;
    let target = online_node(status, &ends.target);
    let active_on_target = target.filter(|_| !changed_on_target);
    if from_is_over {
        match active_on_target {
            Some(target) => add_active(status, rsc, target, true),
            None => prevent_migration(status, subject),
        }
        return;
    }
    // If it is not known there, a probe will tell.
    if target.is_some() && unknown_on_target {
        return;
    }
    if let Some(target) = active_on_target {
        add_active(status, rsc, target, false);
        if let Some(source) = online_node(status, &ends.source) {
            status.rsc(rsc).partial_migration = Some((source, target));
        }
    } else if !acted_on_source {
        prevent_migration(status, subject);
    }
}

/// A migration failed at the source.
pub(super) fn to_failed(status: &mut Status<'_, '_>, subject: &Subject, record: &OpRecord) {
    let Some(ends) = ends_of(status, subject, record, Here::Source) else {
        return;
    };
    status.rsc(subject.rsc).current_role = Role::Started;
    let past = &status.recorded;
    let from = past
        .only(
            &ends.rsc,
            &ends.target,
            "migrate_from",
            Some(("migrate_source", &ends.source)),
        )
        .filter(|op| is_result(op, 0));
    let (rsc, target) = (&ends.rsc, &ends.target);
    let still_there = !past.is_unknown(rsc, target)
        && !past.changed_after_migration(rsc, target, Some(&ends.record), from);
    if still_there {
        if let Some(target) = online_node(status, target) {
            add_active(status, subject.rsc, target, false);
        }
    } else if !past.acted_after(rsc, &ends.source, &ends.record) {
        add_dangling(status, subject);
    }
}

/// A migration failed at the target.
pub(super) fn from_failed(status: &mut Status<'_, '_>, subject: &Subject, record: &OpRecord) {
    let Some(ends) = ends_of(status, subject, record, Here::Target) else {
        return;
    };
    status.rsc(subject.rsc).current_role = Role::Started;
    let past = &status.recorded;
    let to = past
        .only(
            &ends.rsc,
            &ends.source,
            "migrate_to",
            Some(("migrate_target", &ends.target)),
        )
        .filter(|op| is_result(op, 0));
    let (rsc, source) = (&ends.rsc, &ends.source);
    let still_there = !past.is_unknown(rsc, source)
        && !past.changed_after_migration(rsc, source, to, Some(&ends.record));
    if still_there && let Some(source) = online_node(status, source) {
        add_active(status, subject.rsc, source, true);
    }
}

/// The ends that a record names, if it is on the right one of them.
fn ends_of(
    status: &mut Status<'_, '_>,
    subject: &Subject,
    record: &OpRecord,
    here: Here,
) -> Option<Ends> {
    let model = &status.reader.model;
    let source = record.xml.attr("migrate_source");
    let target = record.xml.attr("migrate_target");
    let named = match here {
        Here::Source => source,
        Here::Target => target,
    };
    let node = &model.nodes[subject.node].name;
    let right = named.is_some_and(|name| name.eq_ignore_ascii_case(node));
    match (source, target) {
        (Some(source), Some(target)) if right => Some(Ends {
            rsc: model.resources[subject.rsc].id.clone(),
            source: source.into(),
            target: target.into(),
            record: record.xml.clone(),
        }),
        _ => {
            let entity = super::reader::element_entity(&record.xml);
            status.reader.sink.error(codes::INVALID_HISTORY, entity);
            None
        }
    }
}

fn online_node(status: &Status<'_, '_>, name: &str) -> Option<NodeId> {
    let node = status.reader.model.node_named(name)?;
    status.is_online(node).then_some(node)
}

/// A stop is needed at the source all the same.
fn add_dangling(status: &mut Status<'_, '_>, subject: &Subject) {
    let sources = &mut status.model().activity[subject.rsc].dangling_sources;
    sources.insert(0, subject.node);
}

/// What is left of the migration has to be recovered from.
fn prevent_migration(status: &mut Status<'_, '_>, subject: &Subject) {
    let flags = &mut status.rsc(subject.rsc).flags;
    *flags |= RscFlags::FAILED | RscFlags::STOP_IF_FAILED;
    *flags -= RscFlags::MIGRATABLE;
}
