//! What reading a configuration gave, for another CIB with the same one.

use super::definition::Definitions;
use super::reader::Reader;
use crate::Model;
use pcmk_base::{Budget, Diagnostics, Text};
use pcmk_xml::Element;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Attributes of the root that say which CIB it is, but nothing that is read.
const IDENTITY: [&str; 8] = [
    "admin_epoch",
    "epoch",
    "num_updates",
    "cib-last-written",
    "update-origin",
    "update-client",
    "update-user",
    "execution-date",
];

/// A reader after the configuration.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// The root without its children: its attributes are read too.
    root: Element,
    /// Without its CIB, which is another one each time.
    model: Model,
    sink: Diagnostics,
    definitions: Arc<Definitions>,
    template_users: FxHashSet<(Text, Text)>,
    rsc_defaults: Option<Arc<Element>>,
    budget: Budget,
}

impl Snapshot {
    /// What a reader has that has read the configuration, and nothing else.
    pub fn of(reader: &Reader<'_>) -> Snapshot {
        let mut root = Element::new(reader.cib.name());
        root.copy_attrs(reader.cib);
        let mut model = reader.model.clone();
        model.cib = Arc::new(Element::new(reader.cib.name()));
        Snapshot {
            root,
            model,
            sink: reader.sink.clone(),
            definitions: reader.definitions.clone(),
            template_users: reader.template_users.clone(),
            rsc_defaults: reader.rsc_defaults.clone(),
            budget: reader.budget.clone(),
        }
    }

    /// Whether a reader that begins would come to this, if its configuration is the same.
    pub fn fits(&self, reader: &Reader<'_>) -> bool {
        self.model.sanitized == reader.model.sanitized
            && read_of(&self.root).eq(read_of(reader.cib))
    }

    /// Brings a reader that begins to where the other one was.
    pub fn restore(&self, reader: &mut Reader<'_>) {
        let begun = &reader.model;
        reader.model = Model {
            cib: begun.cib.clone(),
            now: begun.now,
            counts: begun.counts.clone(),
            ..self.model.clone()
        };
        reader.sink = self.sink.clone();
        reader.definitions = self.definitions.clone();
        reader.template_users = self.template_users.clone();
        reader.rsc_defaults = self.rsc_defaults.clone();
        reader.budget = self.budget.clone();
    }
}

fn read_of(root: &Element) -> impl Iterator<Item = (&str, &str)> {
    root.attrs().filter(|(name, _)| !IDENTITY.contains(name))
}
