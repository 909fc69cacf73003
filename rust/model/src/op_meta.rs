//! The meta-attributes and own parameters of an action, from its operation's configuration and defaults.

use crate::on_fail::validate_on_fail;
use crate::{Attrs, Model, NodeId, OpConfig, RscId, Task, Variant, codes};
use pcmk_base::{Diagnostic, Diagnostics, Entity, IntervalMs, Level, Text};
use pcmk_rules::{Findings, IdIndex, RuleInput, merge_blocks};
use pcmk_time::{DateTime, interval_origin_delay_ms, start_delay_ms, timeout_ms};

/// What the configuration says about an action.
#[derive(Clone, Debug, Default)]
pub struct OpMeta {
    /// Meta-attributes: intervals, timeouts and delays in milliseconds, all else as configured. There is always a
    /// timeout; there is an interval only for recurring operations.
    pub meta: Attrs,
    /// Parameters that only this operation has.
    pub params: Attrs,
}

impl Model {
    /// The configuration of an operation: the first of this name and interval. A migration without one of its
    /// own uses that of `migrate`.
    pub fn op_config(
        &self,
        rsc: RscId,
        task: Task,
        interval: IntervalMs,
        with_disabled: bool,
    ) -> Option<&OpConfig> {
        let ops = self.ops(rsc);
        let find = |task: Task, interval: IntervalMs| {
            ops.iter().find(|op| {
                op.task == task && op.interval == interval && (with_disabled || op.enabled)
            })
        };
        find(task, interval).or_else(|| {
            if !matches!(task, Task::MigrateTo | Task::MigrateFrom) {
                return None;
            }
            find(Task::Other(self.names.get("migrate")?), 0)
        })
    }

    /// The meta-attributes and own parameters of an action. Precedence of meta-attributes: the attributes of the
    /// `op` element, its blocks, for a probe the timeout of the most frequent monitor, `op_defaults`.
    ///
    /// Without a node, rules about node attributes do not pass (they are for parameters only). `references` is
    /// the index of [`Model::cib`].
    pub fn op_meta(
        &self,
        rsc: RscId,
        task: Task,
        interval: IntervalMs,
        node: Option<NodeId>,
        references: &IdIndex<'_>,
        sink: &mut Diagnostics,
    ) -> OpMeta {
        let op = self.op_config(rsc, task, interval, true);
        let name = task.name(&self.names);
        let mut input = RuleInput::new(DateTime::from_epoch(self.now, 0), references);
        input.operation = Some((name, interval));
        input.agent = self.resources[rsc].primitive().map(|p| &*p.agent);
        let mut meta = Attrs::default();
        if let Some(op) = op {
            let mut findings = Findings::new(sink);
            merge_blocks(
                &op.xml,
                "meta_attributes",
                None,
                &input,
                &mut meta,
                &mut findings,
            );
            for (name, value) in op.xml.attrs() {
                meta.insert(name.into(), value.into());
            }
        }
        let is_probe = task == Task::Monitor && interval == 0;
        if is_probe && !meta.contains_key("timeout") {
            let timeout = self
                .most_frequent_monitor(rsc)
                .and_then(|op| op.xml.attr("timeout"));
            meta.extend(timeout.map(|t| (Text::from("timeout"), Text::from(t))));
        }
        if let Some(defaults) = &self.op_defaults {
            let mut findings = Findings::new(sink);
            merge_blocks(
                defaults,
                "meta_attributes",
                None,
                &input,
                &mut meta,
                &mut findings,
            );
        }
        meta.shift_remove("id");
        set_interval(&mut meta, interval);
        self.set_timeout(&mut meta, rsc, task, interval, node, references);
        validate_on_fail(self, rsc, task, op, &mut meta, sink);
        self.set_start_delay(&mut meta, rsc, interval, sink);
        OpMeta {
            meta,
            params: self.op_params(rsc, task, interval, node, references, sink),
        }
    }

    /// Configured operations of a resource.
    pub(crate) fn ops(&self, rsc: RscId) -> &[OpConfig] {
        match &self.resources[rsc].variant {
            Variant::Primitive(primitive) => &primitive.ops,
            Variant::Group(_) | Variant::Clone(_) | Variant::Bundle(_) => &[],
        }
    }

    fn most_frequent_monitor(&self, rsc: RscId) -> Option<&OpConfig> {
        let monitors = self
            .ops(rsc)
            .iter()
            .filter(|op| op.enabled && op.task == Task::Monitor && op.interval > 0);
        monitors.min_by_key(|op| op.interval)
    }

    /// A fence device's `pcmk_monitor_timeout` goes before any configured timeout of its start and probe.
    fn set_timeout(
        &self,
        meta: &mut Attrs,
        rsc: RscId,
        task: Task,
        interval: IntervalMs,
        node: Option<NodeId>,
        references: &IdIndex<'_>,
    ) {
        let is_device = self.resources[rsc]
            .primitive()
            .is_some_and(|p| p.agent.is_fence_device());
        if is_device && (task == Task::Start || task == Task::Monitor && interval == 0) {
            let mut unheard = Diagnostics::new(0);
            let (params, _) = self.parameters(rsc, node, references, &mut unheard);
            let own = params.get("pcmk_monitor_timeout");
            meta.extend(own.map(|t| (Text::from("timeout"), t.clone())));
        }
        let timeout = timeout_ms(meta.get("timeout").map(|t| &**t));
        meta.insert("timeout".into(), timeout.to_string().into());
    }

    fn set_start_delay(
        &self,
        meta: &mut Attrs,
        rsc: RscId,
        interval: IntervalMs,
        sink: &mut Diagnostics,
    ) {
        let delay = if let Some(text) = meta.get("start-delay") {
            i64::from(start_delay_ms(Some(text)))
        } else if let Some(text) = meta.get("interval-origin").filter(|_| interval > 0) {
            let now = DateTime::from_epoch(self.now, 0);
            let Ok(origin) = pcmk_time::parse(text, now) else {
                let entity = Entity::Resource(self.resources[rsc].id.to_string());
                let found = Diagnostic::new(Level::Error, codes::INVALID_OPERATION_META, entity);
                sink.push(found.with("name", "interval-origin").with("value", text));
                return;
            };
            interval_origin_delay_ms(origin, interval, now)
        } else {
            return;
        };
        meta.insert("start-delay".into(), delay.to_string().into());
    }

    /// Parameters that only this operation has.
    pub(crate) fn op_params(
        &self,
        rsc: RscId,
        task: Task,
        interval: IntervalMs,
        node: Option<NodeId>,
        references: &IdIndex<'_>,
        sink: &mut Diagnostics,
    ) -> Attrs {
        let mut params = Attrs::default();
        let Some(op) = self.op_config(rsc, task, interval, true) else {
            return params;
        };
        let attributes = node.map(|n| &self.nodes[n].attrs);
        let lookup = |name: &str| attributes.and_then(|a| a.get(name)).map(|value| &**value);
        let mut input = RuleInput::new(DateTime::from_epoch(self.now, 0), references);
        if node.is_some() {
            input.node_attributes = Some(&lookup);
        }
        let mut findings = Findings::new(sink);
        merge_blocks(
            &op.xml,
            "instance_attributes",
            None,
            &input,
            &mut params,
            &mut findings,
        );
        params
    }
}

fn set_interval(meta: &mut Attrs, interval: IntervalMs) {
    if interval > 0 {
        meta.insert("interval".into(), interval.to_string().into());
    } else {
        meta.shift_remove("interval");
    }
}
