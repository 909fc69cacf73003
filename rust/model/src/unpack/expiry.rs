//! Failures that are old enough to be forgotten.

use super::interpret::Subject;
use super::status::Status;
use crate::{
    DigestChange, ExecStatus, FailCounting, NodeFlags, OpRecord, PostponedCheck, Request, RscFlags,
    RscId, Task,
};
use pcmk_base::Diagnostics;

const PLAIN: FailCounting = FailCounting {
    effective: false,
    launched: false,
};
const EFFECTIVE: FailCounting = FailCounting {
    effective: true,
    launched: false,
};

/// Whether a record is too old to count as a failure. Asks for fail counts to be cleared that have no reason any
/// more, because they expired or the parameters of the failed operation changed.
pub(super) fn settle_expiry(
    status: &mut Status<'_, '_>,
    subject: &Subject,
    record: &OpRecord,
) -> bool {
    if record.status == ExecStatus::NotInstalled {
        return false;
    }
    let (rsc, node) = (subject.rsc, subject.node);
    let now = status.reader.model.now;
    let timeout = i64::from(status.reader.model.resources[rsc].failure_timeout);
    let is_last = record.is_last_failure;
    let mut expired = false;
    let mut unexpired_count = 0;
    if let Some(changed) = record.last_change.filter(|_| timeout > 0) {
        expired = now >= changed.saturating_add(timeout) && !is_held(status, rsc, record);
        note_blocking(status, subject, record);
        let failures = status
            .reader
            .model
            .fail_count(rsc, node, EFFECTIVE, Some(record));
        unexpired_count = failures.count;
        if unexpired_count != 0 {
            let over = failures.last_failure.saturating_add(timeout + 1);
            status.model().propose_recheck(over);
        }
    }
    let mut clear = false;
    if expired {
        let recorded = status
            .reader
            .model
            .fail_count(rsc, node, PLAIN, Some(record));
        if recorded.count == 0 {
            clear = is_last && status.reader.model.reconnect_interval(rsc) > 0;
        } else if unexpired_count == 0 {
            clear = true;
        } else {
            expired = false;
        }
    }
    if !expired && is_last && changed_since(status, subject, record) {
        clear = true;
    }
    if clear {
        request_clear(status, subject);
    }
    let plain_probe = record.is_probe() && matches!(record.rc, 0 | 7 | 8 | 190 | 191);
    expired && !plain_probe
}

/// Failures that block never expire: from the first one on, the resource has no failure timeout in this run.
fn note_blocking(status: &mut Status<'_, '_>, subject: &Subject, record: &OpRecord) {
    let (rsc, node) = (subject.rsc, subject.node);
    let model = status.model();
    let failed = model.fail_count(rsc, node, PLAIN, Some(record)).count > 0;
    if failed && model.failure_blocks(rsc, node, Some(record)) {
        model.resource_mut(rsc).failure_timeout = 0;
    }
}

/// With a reconnect interval, the monitor failure of a connection counts until its node was fenced: the executor
/// would not report it again.
fn is_held(status: &Status<'_, '_>, rsc: RscId, record: &OpRecord) -> bool {
    let model = &status.reader.model;
    model.reconnect_interval(rsc) > 0
        && model.options.fencing_enabled
        && record.interval > 0
        && record.task == Task::Monitor
        && model
            .node_named(&model.resources[rsc].id)
            .is_some_and(|node| !model.node_states[node].is(NodeFlags::REMOTE_FENCED))
}

/// Whether a start or monitor failed with other parameters than those of now. For the connection of a bundle that
/// is known only after assignment.
fn changed_since(status: &mut Status<'_, '_>, subject: &Subject, record: &OpRecord) -> bool {
    if !matches!(record.task, Task::Start | Task::Monitor) {
        return false;
    }
    let (rsc, node) = (subject.rsc, subject.node);
    let reader = &mut *status.reader;
    if reader.model.needs_bundle_address(rsc, &reader.references) {
        let check = PostponedCheck {
            rsc,
            node,
            record: record.clone(),
            last_failure: true,
        };
        reader.model.postponed_checks.insert(0, check);
        return false;
    }
    let compared =
        status
            .digests
            .compare(&reader.model, &reader.references, rsc, node, record, None);
    !matches!(compared.change, DigestChange::Match | DigestChange::Unknown)
}

fn request_clear(status: &mut Status<'_, '_>, subject: &Subject) {
    let (rsc, node) = (subject.rsc, subject.node);
    let required = status.rsc_is(rsc, RscFlags::MANAGED);
    let model = status.model();
    let waits = model.options.fencing_enabled && model.reconnect_interval(rsc) > 0;
    let remote = model.node_named(&model.resources[rsc].id);
    model.requests.push(Request::ClearFailcount {
        rsc,
        node,
        after_fencing: remote.filter(|_| waits),
        required,
    });
}

impl crate::Model {
    /// Whether this is a bundle's connection whose `addr` is the name of the node its container is on: `#uname`.
    pub fn needs_bundle_address(&self, rsc: RscId, references: &pcmk_rules::IdIndex<'_>) -> bool {
        if !self.states[rsc].is(RscFlags::REMOTE_CONNECTION) || self.bundle_of(rsc).is_none() {
            return false;
        }
        let mut unheard = Diagnostics::new(0);
        let (parameters, _) = self.parameters(rsc, None, references, &mut unheard);
        parameters
            .get("addr")
            .is_some_and(|addr| &**addr == "#uname")
    }
}
