//! Definitions of resources, each read once however many instances it has.

use super::reader::Reader;
use super::{ops, templates};
use crate::OpConfig;
use pcmk_base::AgentSpec;
use pcmk_xml::Element;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// What all instances of a resource share.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    /// With the template merged in.
    pub xml: Arc<Element>,
    pub ops: Arc<[OpConfig]>,
    pub agent: Arc<AgentSpec>,
}

/// Definitions by the address of their element, which is kept alive here. Never iterated.
#[derive(Clone, Debug, Default)]
pub(crate) struct Definitions {
    known: FxHashMap<usize, (Arc<Element>, Option<Definition>)>,
    /// Different agents are few.
    agents: FxHashSet<Arc<AgentSpec>>,
}

impl Definitions {
    fn agent(&mut self, spec: AgentSpec) -> Arc<AgentSpec> {
        if let Some(known) = self.agents.get(&spec) {
            return known.clone();
        }
        let made = Arc::new(spec);
        self.agents.insert(made.clone());
        made
    }
}

/// The definition a resource element gives; `None` if its template cannot be used.
pub(super) fn of(reader: &mut Reader<'_>, xml: &Arc<Element>) -> Option<Definition> {
    let address = Arc::as_ptr(xml).addr();
    if let Some((_, known)) = reader.definitions.known.get(&address) {
        return known.clone();
    }
    let made = templates::merge(reader, xml).map(|xml| Definition {
        ops: ops::read(reader, &xml),
        agent: Arc::make_mut(&mut reader.definitions).agent(AgentSpec::new(
            xml.attr("class").unwrap_or_default(),
            xml.attr("provider"),
            xml.attr("type").unwrap_or_default(),
        )),
        xml,
    });
    let entry = (xml.clone(), made.clone());
    let definitions = Arc::make_mut(&mut reader.definitions);
    definitions.known.insert(address, entry);
    made
}
