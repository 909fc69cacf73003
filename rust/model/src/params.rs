//! Instance parameters of a resource as they are on a node.

use crate::{Attrs, Model, NodeId, RscId};
use pcmk_base::Diagnostics;
use pcmk_rules::{Findings, IdIndex, RuleInput, merge_blocks};
use pcmk_time::DateTime;

impl Model {
    /// The `instance_attributes` of a resource on a node, then those of its ancestors for names not yet set.
    ///
    /// Without a node, rules about node attributes do not pass. `references` is the index of [`Model::cib`].
    /// The second value is when a rule will change, epoch seconds.
    pub fn parameters<'a>(
        &'a self,
        rsc: RscId,
        node: Option<NodeId>,
        references: &'a IdIndex<'a>,
        sink: &mut Diagnostics,
    ) -> (Attrs, Option<i64>) {
        let attributes = node.map(|n| &self.nodes[n].attrs);
        let lookup = |name: &str| attributes.and_then(|a| a.get(name)).map(|value| &**value);
        let mut input = RuleInput::new(DateTime::from_epoch(self.now, 0), references);
        if node.is_some() {
            input.node_attributes = Some(&lookup);
        }
        input.agent = self.resources[rsc].primitive().map(|p| &*p.agent);
        let mut values = Attrs::default();
        let mut findings = Findings::new(sink);
        let mut at = Some(rsc);
        while let Some(current) = at {
            let xml = &self.resources[current].xml;
            merge_blocks(
                xml,
                "instance_attributes",
                None,
                &input,
                &mut values,
                &mut findings,
            );
            at = self.resources[current].parent;
        }
        (values, findings.next_change.map(|change| change.epoch()))
    }
}
