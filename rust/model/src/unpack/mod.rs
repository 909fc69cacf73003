//! Reading a CIB into a model, one file a section.
//!
//! Order of work (later steps read what earlier ones set): top-level attributes, options, nodes, resources,
//! tags, status, health, constraints.

mod agents;
mod apply;
mod bundle;
mod clone;
mod colocation;
#[cfg(test)]
mod constraint_tests;
mod constraints;
mod containers;
mod definition;
mod expiry;
mod fencing;
mod find;
mod group;
mod health;
mod history;
mod interpret;
mod launchers;
mod location;
mod locks;
mod meaning;
mod meta;
mod migration;
mod names;
mod node_state;
mod nodes;
mod ops;
mod options;
mod order_loops;
mod ordering;
mod pattern;
mod reader;
mod recorded;
mod remap;
mod remote;
mod remote_state;
mod removed;
#[cfg(test)]
mod resource_tests;
mod resources;
mod sets;
mod snapshot;
mod sort;
mod status;
mod stops;
mod tags;
mod templates;
mod ticket_state;
mod tickets;
mod topology;

use crate::codes;
use crate::memory::Memory;
use crate::model::{Extent, Model, ReadOptions};
use pcmk_base::{Diagnostic, Entity, FEATURE_SET, Level, parse_bool};
use pcmk_cib::upgrade::newest;
use pcmk_rules::compare_versions;
use pcmk_xml::Element;
use reader::Reader;
pub(crate) use snapshot::Snapshot;
use std::sync::Arc;

/// Reads a CIB. A newer feature set gives an empty model and an error.
pub(crate) fn read(
    cib: &Arc<Element>,
    read: &ReadOptions,
    extent: Extent,
) -> (Model, Vec<Diagnostic>) {
    let cib = newest(cib);
    read_normal(Reader::new(&cib, read), extent)
}

/// Reads a CIB for scheduling, with what is known from reading another one, and leaves what is known now.
pub(crate) fn read_again(
    cib: &Arc<Element>,
    read: &ReadOptions,
    memory: &mut Memory,
) -> (Model, Vec<Diagnostic>) {
    let (cib, counts) = memory.begin(cib, newest);
    let mut reader = Reader::new(&cib, read);
    reader.model.counts = counts;
    reader.memory = Some(memory);
    read_normal(reader, Extent::Scheduling)
}

fn read_normal(mut reader: Reader<'_>, extent: Extent) -> (Model, Vec<Diagnostic>) {
    let cib = reader.cib;
    if extent == Extent::Tracing {
        reader.model.scores.keep_log();
        reader.model.rules = Some(Vec::new());
    }
    if let Some(theirs) = cib
        .attr("crm_feature_set")
        .filter(|t| compare_versions(t, FEATURE_SET).is_gt())
    {
        let found = Diagnostic::new(Level::Error, codes::FEATURE_SET_TOO_NEW, Entity::Cluster);
        reader
            .sink
            .push(found.with("theirs", theirs).with("ours", FEATURE_SET));
        return reader.finish();
    }
    read_configuration_again(&mut reader);
    status::read(&mut reader);
    if extent != Extent::Status {
        health::read(&mut reader);
        constraints::read(&mut reader);
    }
    reader.finish()
}

/// What comes before the status, from memory if it was read from the same configuration.
fn read_configuration_again(reader: &mut Reader<'_>) {
    let memory = reader.memory.as_deref();
    let known = memory.and_then(Memory::configuration);
    if let Some(known) = known.filter(|known| known.fits(reader)) {
        known.restore(reader);
        return;
    }
    read_configuration(reader);
    if reader.memory.is_some() {
        let snapshot = Arc::new(Snapshot::of(reader));
        if let Some(memory) = &mut reader.memory {
            memory.keep_configuration(snapshot);
        }
    }
}

/// What comes before the status.
fn read_configuration(reader: &mut Reader<'_>) {
    let cib = reader.cib;
    reader.model.quorate = cib.attr("have-quorum").and_then(parse_bool) == Some(true);
    read_defaults(reader);
    options::read(reader);
    nodes::read(reader);
    resources::read(reader);
    topology::check(reader);
    tags::read(reader);
}

/// The first defaults, wherever they are but in the status, which is the larger part by far.
fn read_defaults(reader: &mut Reader<'_>) {
    let sections = reader.cib.children().iter();
    let sections = sections.filter(|section| section.name() != "status");
    for element in sections.flat_map(|s| std::iter::once(s).chain(s.descendants())) {
        let known = match element.name() {
            "rsc_defaults" => &mut reader.rsc_defaults,
            "op_defaults" => &mut reader.model.op_defaults,
            _ => continue,
        };
        known.get_or_insert_with(|| element.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_feature_set_is_refused() {
        let cib = pcmk_xml::parse_str(r#"<cib crm_feature_set="99.0" have-quorum="1"/>"#).unwrap();
        let (model, found) = Model::read(
            &cib,
            &ReadOptions {
                now: 0,
                sanitized: false,
            },
        );
        assert!(!model.quorate);
        assert_eq!(found[0].code, codes::FEATURE_SET_TOO_NEW);
    }
}
