//! What runs on one CIB after another share, because it did not change between them.
//!
//! Elements are values: one that is still at its address, and was held meanwhile, is the same. So what was made of
//! an element is looked up by its address and kept with it.

use crate::unpack::Snapshot;
use crate::{Counts, OpRecord, ReadOptions, Task};
use pcmk_xml::Element;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What a run leaves for the next. A run gives the same result with it as without.
#[derive(Debug, Default)]
pub struct Memory {
    configuration: Option<Configuration>,
    /// By address of an entry of history.
    records: FxHashMap<usize, Records>,
    /// Counts runs.
    run: u64,
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

#[derive(Debug)]
struct Records {
    entry: Arc<Element>,
    records: Arc<[OpRecord]>,
    /// When they were last asked for.
    run: u64,
}

impl Memory {
    /// Begins a run on a CIB: the CIB in the newest spelling, which `normalise` gives, and counted parameters.
    pub(crate) fn begin(
        &mut self,
        cib: &Arc<Element>,
        normalise: impl FnOnce(&Arc<Element>) -> Arc<Element>,
    ) -> (Arc<Element>, Arc<Counts>) {
        self.run += 1;
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
        let run = self.run;
        self.records.retain(|_, records| records.run == run);
    }

    /// The usable records of an entry of history, oldest first, if they were read before.
    pub(crate) fn records(&mut self, entry: &Arc<Element>) -> Option<Vec<OpRecord>> {
        let known = self.records.get_mut(&Arc::as_ptr(entry).addr())?;
        known.run = self.run;
        Some(known.records.to_vec())
    }

    /// Keeps what was read, unless there was something to be said about it, or operations have names that are
    /// numbered anew in every run.
    pub(crate) fn keep(&mut self, entry: &Arc<Element>, records: &[OpRecord]) {
        let all = entry.children_named("lrm_rsc_op").count();
        let named = |r: &OpRecord| matches!(r.task, Task::Other(_));
        if all == records.len() && !records.iter().any(named) {
            let records = Records {
                entry: entry.clone(),
                records: records.into(),
                run: self.run,
            };
            self.records
                .insert(Arc::as_ptr(&records.entry).addr(), records);
        }
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
