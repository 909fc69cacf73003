//! One record of an operation: what it says about the resource on the node.

use super::expiry::settle_expiry;
use super::meaning::{Facts, Meaning, is_mask_candidate, meaning_of};
use super::migration;
use super::remap::{NOT_RUNNING_RC, Outcome, remap, undegraded};
use super::status::Status;
use crate::{
    ExecStatus, FailedOp, FailureHandling, NodeFlags, NodeId, OnFail, OpRecord, RscFlags, RscId,
    Source, Task, codes,
};
use pcmk_base::{Entity, Role, Score};

const NOT_INSTALLED_RC: i32 = 5;

/// What the records of a resource on a node have in common.
pub(super) struct Subject {
    pub rsc: RscId,
    pub node: NodeId,
    /// Inside a bundle, at any depth.
    pub bundled: bool,
    /// What is to be done about the failures so far.
    pub on_fail: OnFail,
    /// The last record that was a failure.
    pub last_failure: Option<OpRecord>,
}

impl Subject {
    pub fn new(status: &Status<'_, '_>, rsc: RscId, node: NodeId) -> Subject {
        Subject {
            rsc,
            node,
            bundled: status.reader.model.bundle_of(rsc).is_some(),
            on_fail: OnFail::Ignore,
            last_failure: None,
        }
    }
}

/// A record with what was made of its result.
pub(super) struct Result<'r> {
    pub record: &'r OpRecord,
    pub rc: i32,
}

/// Takes account of a record. True if it is to be done again because it is of a failure that expired.
pub(super) fn interpret(
    status: &mut Status<'_, '_>,
    subject: &mut Subject,
    record: &OpRecord,
) -> bool {
    if !affects_state(record.task) || record.status == ExecStatus::Cancelled {
        return false;
    }
    let (rsc, node) = (subject.rsc, subject.node);
    let expired = settle_expiry(status, subject, record);
    let masked = !subject.bundled && is_mask_candidate(record.is_probe(), record.status, record.rc);
    let shuts_down = status.node_is(node, NodeFlags::SHUTDOWN) && !status.is_online(node);
    if undegraded(record.rc) != record.rc && !expired && !shuts_down {
        note_failed(status, subject, record);
    }
    let remapped = remap(&Outcome {
        is_probe: record.is_probe(),
        recurring: record.interval > 0,
        status: record.status,
        rc: record.rc,
        expected: record.expected_rc,
        masked,
        expired,
        managed: status.rsc_is(rsc, RscFlags::MANAGED),
    });
    if remapped.without_expected {
        let entity = Entity::Action(record.key().to_owned());
        let code = codes::EXPECTED_RESULT_MISSING;
        status.reader.sink.warning(code, entity);
    }
    if let Some(role) = remapped.role {
        status.rsc(rsc).current_role = role;
        if role == Role::Stopped {
            subject.on_fail = OnFail::Ignore;
            status.rsc(rsc).next_role = Role::Unknown;
        }
    }
    if remapped.needs_fencing && record.task == Task::Stop && !status.can_fence(node) {
        block(status, rsc);
    }
    let failed = !matches!(remapped.status, ExecStatus::Pending | ExecStatus::Done);
    let handling = if failed {
        handling_of(status, subject, record)
    } else {
        FailureHandling {
            on_fail: OnFail::Ignore,
            role: Role::Started,
        }
    };
    let row = meaning_of(&Facts {
        task: record.task,
        recurring: record.interval > 0,
        status: remapped.status,
        rc: remapped.rc,
        raw_rc: record.rc,
        expected: record.expected_rc,
        masked,
        expired,
        node_works: status.is_clean_online(node),
        on_fail: handling.on_fail,
    });
    let result = Result {
        record,
        rc: remapped.rc,
    };
    match row.meaning {
        Meaning::ForgetRole => {
            let role = &mut status.rsc(rsc).current_role;
            if *role <= Role::Stopped {
                *role = Role::Unknown;
            }
        }
        Meaning::Nothing | Meaning::Reschedule => {}
        Meaning::CannotRun => {
            status.rsc(rsc).current_role = Role::Stopped;
            note_failed(status, subject, record);
            ban(status, subject, record);
        }
        Meaning::Pending => note_pending(status, subject, record),
        Meaning::Done => {
            update_state(status, subject, &result);
        }
        Meaning::NotInstalled => {
            if handling.on_fail == OnFail::Ignore {
                subject.on_fail = OnFail::Ban;
            }
            ban(status, subject, record);
            fail(status, subject, &result, handling);
        }
        Meaning::Pretended => {
            note_lost_connection(status, node, remapped.status);
            pretend(status, subject, record, handling.on_fail);
        }
        Meaning::FailedOnNode => {
            fail(status, subject, &result, handling);
            ban(status, subject, record);
        }
        Meaning::FailedAnywhere => {
            fail(status, subject, &result, handling);
            let banned = status.banned_with(rsc);
            status.model().add_score_everywhere(
                banned,
                Score::MINUS_INFINITY,
                source_of(subject.rsc, record),
            );
        }
        Meaning::Failed => {
            note_lost_connection(status, node, remapped.status);
            fail(status, subject, &result, handling);
        }
    }
    row.meaning == Meaning::Reschedule
}

fn affects_state(task: Task) -> bool {
    matches!(
        task,
        Task::Monitor
            | Task::Start
            | Task::Stop
            | Task::Promote
            | Task::Demote
            | Task::MigrateTo
            | Task::MigrateFrom
            | Task::AsyncMonitor
    )
}

fn handling_of(
    status: &mut Status<'_, '_>,
    subject: &Subject,
    record: &OpRecord,
) -> FailureHandling {
    let reader = &mut *status.reader;
    reader.model.failure_handling(
        subject.rsc,
        record.task,
        record.interval,
        &reader.references,
        &mut reader.sink,
    )
}

/// Marks a resource as beyond help.
fn block(status: &mut Status<'_, '_>, rsc: RscId) {
    let flags = &mut status.rsc(rsc).flags;
    *flags -= RscFlags::MANAGED;
    *flags |= RscFlags::BLOCKED;
}

/// Bans the resource from the node, with its clone if instances are not told apart.
fn ban(status: &mut Status<'_, '_>, subject: &Subject, record: &OpRecord) {
    let banned = status.banned_with(subject.rsc);
    status.model().add_score(
        banned,
        subject.node,
        Score::MINUS_INFINITY,
        source_of(subject.rsc, record),
    );
}

/// A result as what a score comes from.
fn source_of(rsc: RscId, record: &OpRecord) -> Source {
    Source::Operation {
        rsc,
        task: record.task,
        interval: record.interval,
        rc: record.rc,
    }
}

/// Lists a failed operation for displays.
fn note_failed(status: &mut Status<'_, '_>, subject: &Subject, record: &OpRecord) {
    if !status.is_online(subject.node) {
        return;
    }
    let failed = &mut status.model().failed_ops;
    let known = |op: &FailedOp| op.node == subject.node && op.record.key() == record.key();
    if !failed.iter().any(known) {
        failed.push(FailedOp {
            node: subject.node,
            rsc: subject.rsc,
            record: record.clone(),
        });
    }
}

/// A connection behind which an agent cannot be reached has failed, whatever else is known about it.
fn note_lost_connection(status: &mut Status<'_, '_>, node: NodeId, exec_status: ExecStatus) {
    let connection = status.reader.model.nodes[node].connection;
    if exec_status == ExecStatus::NotConnected
        && let Some(connection) = connection
        && status.rsc_is(connection, RscFlags::MANAGED)
    {
        status.set_rsc(connection, RscFlags::FAILED | RscFlags::STOP_IF_FAILED);
    }
}

/// The role of an active resource nothing else is known about.
fn set_active(status: &mut Status<'_, '_>, rsc: RscId) {
    let top = status.reader.model.top_of(rsc);
    let promotable = status.rsc_is(top, RscFlags::PROMOTABLE);
    status.rsc(rsc).current_role = if promotable {
        Role::Unpromoted
    } else {
        Role::Started
    };
}

fn note_pending(status: &mut Status<'_, '_>, subject: &Subject, record: &OpRecord) {
    if subject
        .last_failure
        .as_ref()
        .is_some_and(|f| ends(f, record))
    {
        return;
    }
    let rsc = subject.rsc;
    match record.task {
        Task::Start => {
            status.set_rsc(rsc, RscFlags::START_PENDING);
            set_active(status, rsc);
        }
        Task::Promote => status.rsc(rsc).current_role = Role::Promoted,
        Task::MigrateTo if status.node_is(subject.node, NodeFlags::UNCLEAN) => {
            let target = record.xml.attr("migrate_target");
            let target = target.and_then(|name| status.reader.model.node_named(name));
            if let Some(target) = target {
                status.request_stop(rsc, target);
            }
        }
        _ => {}
    }
    let pending = &mut status.model().activity[rsc].pending;
    if pending.is_none() && !record.is_probe() {
        *pending = Some((record.task, subject.node));
    }
}

/// Whether a failure is the newer result of an operation recorded as pending.
fn ends(failure: &OpRecord, pending: &OpRecord) -> bool {
    let newer = match (failure.last_change, pending.last_change) {
        (Some(failed), Some(began)) => failed >= began,
        _ => false,
    };
    newer
        && failure.task == pending.task
        && failure.interval == pending.interval
        && failure.xml.attr("interval").is_some()
}

/// The state after a result that is no failure (or is not to be one).
fn update_state(status: &mut Status<'_, '_>, subject: &mut Subject, result: &Result<'_>) {
    let rsc = subject.rsc;
    let role = status.rsc(rsc).current_role;
    let set = |status: &mut Status<'_, '_>, role: Role| status.rsc(rsc).current_role = role;
    let clears = if result.rc == NOT_INSTALLED_RC {
        set(status, Role::Stopped);
        false
    } else if result.rc == NOT_RUNNING_RC {
        true
    } else {
        match result.record.task {
            Task::Monitor => {
                if role < Role::Started {
                    set_active(status, rsc);
                }
                let failure = subject.last_failure.as_ref();
                failure.is_some_and(|f| f.key() == result.record.key())
            }
            Task::Start | Task::MigrateFrom => {
                set(status, Role::Started);
                true
            }
            Task::Stop => {
                set(status, Role::Stopped);
                true
            }
            Task::Promote => {
                set(status, Role::Promoted);
                true
            }
            Task::Demote => {
                set(status, Role::Unpromoted);
                subject.on_fail == OnFail::Demote
            }
            Task::MigrateTo => {
                migration::to_succeeded(status, subject, result.record);
                false
            }
            _ => {
                if role < Role::Started {
                    set_active(status, rsc);
                }
                false
            }
        }
    };
    if clears {
        clear_failures(status, subject);
    }
}

/// A success ends earlier failures, unless they are to be dealt with in any case.
fn clear_failures(status: &mut Status<'_, '_>, subject: &mut Subject) {
    let cleared = match subject.on_fail {
        OnFail::Stop | OnFail::Ban | OnFail::Standby | OnFail::Fence => false,
        OnFail::ResetRemote => status.reader.model.reconnect_interval(subject.rsc) == 0,
        OnFail::Ignore
        | OnFail::Demote
        | OnFail::Restart
        | OnFail::RestartContainer
        | OnFail::Block => true,
    };
    if cleared {
        subject.on_fail = OnFail::Ignore;
        status.rsc(subject.rsc).next_role = Role::Unknown;
    }
}

/// Treats a failure as the expected result.
fn pretend(status: &mut Status<'_, '_>, subject: &mut Subject, record: &OpRecord, on_fail: OnFail) {
    let expected = Result {
        record,
        rc: record.expected_rc.unwrap_or(-1),
    };
    update_state(status, subject, &expected);
    status.set_rsc(subject.rsc, RscFlags::IGNORE_FAILURE);
    note_failed(status, subject, record);
    if on_fail == OnFail::RestartContainer && subject.on_fail <= OnFail::Restart {
        subject.on_fail = on_fail;
    }
}

/// Takes account of a failure.
fn fail(
    status: &mut Status<'_, '_>,
    subject: &mut Subject,
    result: &Result<'_>,
    handling: FailureHandling,
) {
    let (rsc, node, record) = (subject.rsc, subject.node, result.record);
    subject.last_failure = Some(record.clone());
    let symmetric = status.reader.model.options.symmetric_cluster;
    if symmetric || result.rc != NOT_INSTALLED_RC {
        note_failed(status, subject, record);
    }
    subject.on_fail = subject.on_fail.max(handling.on_fail);
    match record.task {
        Task::Stop => {
            let source = source_of(rsc, record);
            status
                .model()
                .add_score(rsc, node, Score::MINUS_INFINITY, source);
        }
        Task::MigrateTo => migration::to_failed(status, subject, record),
        Task::MigrateFrom => migration::from_failed(status, subject, record),
        Task::Promote => status.rsc(rsc).current_role = Role::Promoted,
        Task::Demote if handling.on_fail == OnFail::Block => {
            status.rsc(rsc).current_role = Role::Promoted;
            status.rsc(rsc).next_role = Role::Stopped;
        }
        Task::Demote if result.rc == NOT_RUNNING_RC => {
            status.rsc(rsc).current_role = Role::Stopped;
        }
        // As promoted it would be demoted again and again; the stop of recovery comes first anyway.
        Task::Demote => status.rsc(rsc).current_role = Role::Unpromoted,
        _ => {}
    }
    if record.is_probe() && result.rc == NOT_INSTALLED_RC {
        status.rsc(rsc).current_role = Role::Stopped;
    } else if status.rsc(rsc).current_role < Role::Started {
        set_active(status, rsc);
    }
    let state = status.rsc(rsc);
    if handling.role != Role::Started && state.next_role < handling.role {
        state.next_role = handling.role;
    }
    if handling.role == Role::Stopped {
        let whole = status.reader.model.anonymous_clone_of(rsc).unwrap_or(rsc);
        status.empty_table(whole, source_of(rsc, record));
    }
}
