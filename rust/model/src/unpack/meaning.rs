//! What a record of an operation means: one table, the first row that applies wins.

use crate::{ExecStatus, OnFail, Task};

/// What the table looks at. Status and result are those after [`remap`](super::remap).
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub task: Task,
    pub recurring: bool,
    pub status: ExecStatus,
    pub rc: i32,
    /// The result as recorded.
    pub raw_rc: i32,
    pub expected: Option<i32>,
    /// A probe that failed in a way that is taken for "not running".
    pub masked: bool,
    /// Older than failures are remembered.
    pub expired: bool,
    /// The node is online and clean.
    pub node_works: bool,
    /// What a failure of the operation does.
    pub on_fail: OnFail,
}

/// What a record means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Not even that the resource is not running there.
    ForgetRole,
    /// Nothing.
    Nothing,
    /// Nothing, but the operation is to be started anew, since it reports only changes.
    Reschedule,
    /// The resource cannot run there, and does not.
    CannotRun,
    /// Under way.
    Pending,
    /// Done, with the effect of its result.
    Done,
    /// The agent is not there.
    NotInstalled,
    /// Failed, and treated as if it had the expected result.
    Pretended,
    /// Failed in a way that any attempt on that node will.
    FailedOnNode,
    /// Failed in a way that any attempt anywhere will.
    FailedAnywhere,
    /// Failed.
    Failed,
}

/// A row of the table.
pub(super) struct Row {
    /// What it is about, for readers and tests.
    #[cfg_attr(not(test), expect(dead_code))]
    pub name: &'static str,
    applies: fn(&Facts) -> bool,
    pub meaning: Meaning,
}

const fn row(name: &'static str, meaning: Meaning, applies: fn(&Facts) -> bool) -> Row {
    Row {
        name,
        applies,
        meaning,
    }
}

fn is_unexpected(facts: &Facts) -> bool {
    facts.expected != Some(facts.rc)
}

/// The table. The last row applies to everything.
pub(super) const ROWS: &[Row] = &[
    row("expired masked probe", Meaning::ForgetRole, |f| {
        f.expired && f.masked && f.expected != Some(f.raw_rc)
    }),
    row("expired failure", Meaning::Nothing, |f| {
        f.expired && is_unexpected(f) && !f.recurring
    }),
    row("expired recurring failure", Meaning::Reschedule, |f| {
        f.expired && is_unexpected(f) && f.node_works
    }),
    row("masked probe", Meaning::CannotRun, |f| f.masked),
    row("under way", Meaning::Pending, |f| {
        f.status == ExecStatus::Pending
    }),
    row("done", Meaning::Done, |f| f.status == ExecStatus::Done),
    row("agent missing", Meaning::NotInstalled, |f| {
        f.status == ExecStatus::NotInstalled
    }),
    row("failure to be ignored", Meaning::Pretended, |f| {
        f.on_fail == OnFail::Ignore
    }),
    row("stop that the launcher does", Meaning::Pretended, |f| {
        f.on_fail == OnFail::RestartContainer && f.task == Task::Stop
    }),
    row("hard error", Meaning::FailedOnNode, |f| {
        f.status == ExecStatus::ErrorHard
    }),
    row("fatal error", Meaning::FailedAnywhere, |f| {
        f.status == ExecStatus::ErrorFatal
    }),
    row("failure", Meaning::Failed, |_| true),
];

/// The first row that applies.
pub(super) fn meaning_of(facts: &Facts) -> &'static Row {
    ROWS.iter()
        .find(|row| (row.applies)(facts))
        .unwrap_or(&ROWS[ROWS.len() - 1])
}

/// Whether a recorded probe failed in a way that is taken for "not running": agent not installed, or parameters
/// that are not valid there.
pub(super) fn is_mask_candidate(is_probe: bool, status: ExecStatus, rc: i32) -> bool {
    is_probe && (matches!(rc, 2 | 5) || status == ExecStatus::NotInstalled)
}

#[cfg(test)]
mod tests {
    use super::super::remap::{ERROR_RC, NOT_RUNNING_RC};
    use super::*;

    const FAILED: Facts = Facts {
        task: Task::Monitor,
        recurring: true,
        status: ExecStatus::Error,
        rc: ERROR_RC,
        raw_rc: ERROR_RC,
        expected: Some(0),
        masked: false,
        expired: false,
        node_works: true,
        on_fail: OnFail::Restart,
    };

    /// Each row by name with facts it is the first for.
    fn examples() -> Vec<(&'static str, Facts)> {
        let expired = Facts {
            expired: true,
            ..FAILED
        };
        let masked = Facts {
            recurring: false,
            masked: true,
            status: ExecStatus::Done,
            rc: NOT_RUNNING_RC,
            raw_rc: 5,
            expected: Some(NOT_RUNNING_RC),
            ..FAILED
        };
        let status = |status: ExecStatus| Facts { status, ..FAILED };
        vec![
            (
                "expired masked probe",
                Facts {
                    expired: true,
                    ..masked
                },
            ),
            (
                "expired failure",
                Facts {
                    recurring: false,
                    ..expired
                },
            ),
            ("expired recurring failure", expired),
            ("masked probe", masked),
            ("under way", status(ExecStatus::Pending)),
            ("done", status(ExecStatus::Done)),
            ("agent missing", status(ExecStatus::NotInstalled)),
            (
                "failure to be ignored",
                Facts {
                    on_fail: OnFail::Ignore,
                    ..FAILED
                },
            ),
            (
                "stop that the launcher does",
                Facts {
                    task: Task::Stop,
                    on_fail: OnFail::RestartContainer,
                    ..FAILED
                },
            ),
            ("hard error", status(ExecStatus::ErrorHard)),
            ("fatal error", status(ExecStatus::ErrorFatal)),
            ("failure", FAILED),
        ]
    }

    #[test]
    fn each_row_is_the_first_for_something() {
        let examples = examples();
        let names: Vec<_> = ROWS.iter().map(|row| row.name).collect();
        let shown: Vec<_> = examples.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, shown);
        for (name, facts) in &examples {
            assert_eq!(meaning_of(facts).name, *name);
        }
    }

    #[test]
    fn only_failures_expire() {
        let expected = Facts {
            expired: true,
            status: ExecStatus::Done,
            rc: 0,
            ..FAILED
        };
        assert_eq!(meaning_of(&expected).meaning, Meaning::Done);
        let on_lost_node = Facts {
            expired: true,
            node_works: false,
            ..FAILED
        };
        assert_eq!(meaning_of(&on_lost_node).meaning, Meaning::Failed);
    }

    #[test]
    fn only_probes_are_masked() {
        assert!(is_mask_candidate(true, ExecStatus::Error, 5));
        assert!(is_mask_candidate(true, ExecStatus::NotInstalled, 0));
        assert!(!is_mask_candidate(true, ExecStatus::Error, 4));
        assert!(!is_mask_candidate(false, ExecStatus::Error, 5));
    }
}
