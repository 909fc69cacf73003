//! What runs on one CIB after another share, because it did not change between them.
//!
//! Elements are values: one that is still at its address, and was held meanwhile, is the same. So what was made of
//! an element is kept with it, and is found by its address.

use crate::recall::{Histories, Records};
use crate::unpack::Snapshot;
use crate::{Counts, ReadOptions};
use pcmk_xml::Element;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What a run leaves for the next. A run gives the same result with it as without.
#[derive(Debug, Default)]
pub struct Memory {
    configuration: Option<Configuration>,
    /// Histories of the run before that were not asked for yet, by the id of a node's state.
    before: FxHashMap<Box<str>, Vec<Records>>,
    /// Those of this run.
    now: FxHashMap<Box<str>, Vec<Records>>,
}

/// A configuration that means the same at any time, whatever the status.
#[derive(Debug)]
struct Configuration {
    given: Arc<Element>,
    schema: Option<String>,
    /// In the newest spelling.
    normal: Arc<Element>,
    counts: Arc<Counts>,
    /// What reading it gave.
    read: Option<Arc<Snapshot>>,
}

impl Memory {
    /// Begins a run on a CIB: the CIB in the newest spelling, which `normalise` gives, and counted parameters.
    pub(crate) fn begin(
        &mut self,
        cib: &Arc<Element>,
        normalise: impl FnOnce(&Arc<Element>) -> Arc<Element>,
    ) -> (Arc<Element>, Arc<Counts>) {
        let Some(given) = cib.child("configuration").filter(|c| is_timeless(c, self)) else {
            self.configuration = None;
            return (normalise(cib), Arc::default());
        };
        let schema = cib.attr("validate-with");
        if let Some(known) = &self.configuration {
            known.counts.forget_the_dead();
            if Arc::ptr_eq(&known.given, given) && known.schema.as_deref() == schema {
                return (known.put_into(cib), known.counts.clone());
            }
        }
        let normal_cib = normalise(cib);
        let counts = Arc::<Counts>::default();
        self.configuration = normal_cib
            .child("configuration")
            .map(|normal| Configuration {
                given: given.clone(),
                schema: schema.map(str::to_owned),
                normal: normal.clone(),
                counts: counts.clone(),
                read: None,
            });
        (normal_cib, counts)
    }

    /// What reading this CIB's configuration gave before.
    pub(crate) fn configuration(&self) -> Option<Arc<Snapshot>> {
        self.configuration.as_ref()?.read.clone()
    }

    /// Keeps what reading it gave, if that is the same at any time.
    pub(crate) fn keep_configuration(&mut self, read: Arc<Snapshot>) {
        if let Some(configuration) = &mut self.configuration {
            configuration.read = Some(read);
        }
    }

    /// Ends it: what was not asked for is forgotten.
    pub(crate) fn end(&mut self) {
        self.before = std::mem::take(&mut self.now);
    }

    /// Takes out what was read of the history of a node, by the id of its state.
    pub(crate) fn take_history(&mut self, state: &str) -> Histories {
        let before = self.before.remove(state).unwrap_or_default();
        Histories::after(before)
    }

    /// Keeps it for the next run.
    pub(crate) fn keep_history(&mut self, state: &str, histories: Histories) {
        self.now.insert(state.into(), histories.into_records());
    }
}

impl Configuration {
    fn put_into(&self, cib: &Arc<Element>) -> Arc<Element> {
        if Arc::ptr_eq(&self.given, &self.normal) {
            return cib.clone();
        }
        let mut cib = Element::clone(cib);
        for child in cib.children_mut() {
            if Arc::ptr_eq(child, &self.given) {
                *child = self.normal.clone();
            }
        }
        Arc::new(cib)
    }
}

/// Whether nothing in a configuration depends on the time, or refers to what may be elsewhere.
fn is_timeless(configuration: &Arc<Element>, memory: &Memory) -> bool {
    let known = memory.configuration.as_ref();
    known.is_some_and(|known| Arc::ptr_eq(&known.given, configuration))
        || !configuration
            .descendants()
            .any(|e| e.name() == "date_expression" || e.attr("id-ref").is_some())
}

impl crate::Model {
    /// As [`Model::read`](crate::Model::read) after a run on nearly the same CIB.
    pub fn read_again(
        cib: &Arc<Element>,
        options: &ReadOptions,
        memory: &mut Memory,
    ) -> (crate::Model, Vec<pcmk_base::Diagnostic>) {
        crate::unpack::read_again(cib, options, memory)
    }
}
