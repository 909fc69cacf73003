//! What is to be done about a failed operation.

use crate::{Attrs, Model, NodeKind, OnFail, OpConfig, OpRole, RscFlags, RscId, Task, codes};
use pcmk_base::{Code, Diagnostic, Diagnostics, Entity, IntervalMs, Level, Role, Text};
use pcmk_rules::IdIndex;

/// How a failure is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureHandling {
    /// What to do.
    pub on_fail: OnFail,
    /// The role the resource may have afterwards.
    pub role: Role,
}

impl Model {
    /// How a failure of an operation is handled according to its `on-fail`, or by default.
    pub fn failure_handling(
        &self,
        rsc: RscId,
        task: Task,
        interval: IntervalMs,
        references: &IdIndex<'_>,
        sink: &mut Diagnostics,
    ) -> FailureHandling {
        let configured = self.op_meta(rsc, task, interval, None, references, sink);
        let value = configured.meta.get("on-fail").map(|v| &**v);
        let on_fail = self.parse_on_fail(rsc, task, interval, value, sink);
        let reconnects = self.reconnect_interval(rsc) > 0;
        let role = match on_fail {
            OnFail::Stop => Role::Stopped,
            OnFail::ResetRemote if reconnects => Role::Stopped,
            _ if task == Task::Promote => Role::Unpromoted,
            _ => Role::Started,
        };
        FailureHandling { on_fail, role }
    }

    /// `reconnect_interval` of a remote connection in seconds, else zero.
    pub(crate) fn reconnect_interval(&self, rsc: RscId) -> u32 {
        self.resources[rsc]
            .primitive()
            .map_or(0, |p| p.reconnect_interval)
    }

    fn parse_on_fail(
        &self,
        rsc: RscId,
        task: Task,
        interval: IntervalMs,
        value: Option<&str>,
        sink: &mut Diagnostics,
    ) -> OnFail {
        let resets = self.drops_connection(rsc, task, interval);
        let managed = self.states[rsc].is(RscFlags::MANAGED);
        let explicit = value.and_then(|value| self.explicit_on_fail(rsc, task, value, sink));
        if let Some(on_fail) = explicit.filter(|_| !resets || managed) {
            return on_fail;
        }
        if self.resources[rsc].launcher.is_some() {
            OnFail::RestartContainer
        } else if resets && managed {
            OnFail::ResetRemote
        } else if resets {
            OnFail::Stop
        } else if task == Task::Stop && self.options.fencing_enabled {
            OnFail::Fence
        } else if task == Task::Stop {
            OnFail::Block
        } else {
            OnFail::Restart
        }
    }

    fn explicit_on_fail(
        &self,
        rsc: RscId,
        task: Task,
        value: &str,
        sink: &mut Diagnostics,
    ) -> Option<OnFail> {
        Some(match value.to_ascii_lowercase().as_str() {
            "block" => OnFail::Block,
            "fence" if self.options.fencing_enabled => OnFail::Fence,
            "fence" => {
                report(self, rsc, task, codes::ON_FAIL_NEEDS_FENCING, value, sink);
                OnFail::Stop
            }
            "standby" => OnFail::Standby,
            "ignore" | "nothing" => OnFail::Ignore,
            "migrate" => OnFail::Ban,
            "stop" => OnFail::Stop,
            "restart" => OnFail::Restart,
            "restart-container" => {
                return self.resources[rsc]
                    .launcher
                    .map(|_| OnFail::RestartContainer);
            }
            "demote" => OnFail::Demote,
            _ => {
                report(self, rsc, task, codes::INVALID_ON_FAIL, value, sink);
                return None;
            }
        })
    }

    /// Whether failing means that an active connection to a remote (not guest) node is lost.
    fn drops_connection(&self, rsc: RscId, task: Task, interval: IntervalMs) -> bool {
        let is_probe = task == Task::Monitor && interval == 0;
        self.states[rsc].is(RscFlags::REMOTE_CONNECTION)
            && task != Task::Start
            && !is_probe
            && self
                .node_named(&self.resources[rsc].id)
                .is_some_and(|node| self.nodes[node].kind == NodeKind::Remote)
    }
}

/// Drops or replaces an `on-fail` that the operation may not have.
pub(crate) fn validate_on_fail(
    model: &Model,
    rsc: RscId,
    task: Task,
    op: Option<&OpConfig>,
    meta: &mut Attrs,
    sink: &mut Diagnostics,
) {
    let value = meta.get("on-fail").cloned();
    let is = |word: &str| {
        value
            .as_deref()
            .is_some_and(|v| v.eq_ignore_ascii_case(word))
    };
    let refused = match task {
        Task::Stop => is("standby") || is("demote") || is("stop"),
        Task::Demote if value.is_none() => {
            let inherited = promoted_monitor_on_fail(model.ops(rsc));
            meta.extend(inherited.map(|v| (Text::from("on-fail"), v)));
            return;
        }
        Task::LrmDelete => {
            meta.insert("on-fail".into(), "ignore".into());
            return;
        }
        _ => is("demote") && !op.is_some_and(may_demote),
    };
    if refused {
        let value = value.as_deref().unwrap_or_default();
        report(model, rsc, task, codes::ON_FAIL_NOT_ALLOWED, value, sink);
        meta.shift_remove("on-fail");
    }
}

/// A demote does by default what the last enabled monitor of the promoted role does that has something to say.
fn promoted_monitor_on_fail(ops: &[OpConfig]) -> Option<Text> {
    let monitors = ops
        .iter()
        .filter(|op| op.enabled && is_promoted_monitor(op));
    let mut values = monitors.filter_map(|op| op.xml.attr("on-fail"));
    values
        .rfind(|value| !value.eq_ignore_ascii_case("demote"))
        .map(Text::from)
}

fn may_demote(op: &OpConfig) -> bool {
    op.task == Task::Promote || is_promoted_monitor(op)
}

fn is_promoted_monitor(op: &OpConfig) -> bool {
    op.task == Task::Monitor && op.interval > 0 && op.role == OpRole::Only(Role::Promoted)
}

fn report(model: &Model, rsc: RscId, task: Task, code: Code, value: &str, sink: &mut Diagnostics) {
    let entity = Entity::Resource(model.resources[rsc].id.to_string());
    let found = Diagnostic::new(Level::Error, code, entity);
    sink.push(
        found
            .with("operation", task.name(&model.names))
            .with("value", value),
    );
}
