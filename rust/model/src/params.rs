//! Instance parameters of a resource as they are on a node.

use crate::{Attrs, Model, NodeId, RscId, Task};
use pcmk_base::{Diagnostics, IntervalMs};
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

    /// Whether parameters of an operation are under a rule, so that they may differ between nodes: those of the
    /// resource, of its ancestors and of the operation alone.
    pub fn parameters_depend_on_node(
        &self,
        rsc: RscId,
        task: Task,
        interval: IntervalMs,
        references: &IdIndex<'_>,
    ) -> bool {
        let op = self.op_config(rsc, task, interval, true);
        let mut holder = Some(rsc);
        let above = std::iter::from_fn(|| {
            let current = &self.resources[holder?];
            holder = current.parent;
            Some(&*current.xml)
        });
        let mut blocks = above
            .chain(op.map(|op| &*op.xml))
            .flat_map(|xml| xml.children_named("instance_attributes"));
        blocks.any(|block| {
            let block = references.resolve(block);
            block.is_some_and(|block| block.child("rule").is_some())
        })
    }
}
