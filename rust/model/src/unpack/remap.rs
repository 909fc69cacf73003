//! What really came of an operation: executors report a status, but the result and what was expected say more.

use crate::ExecStatus;
use pcmk_base::Role;

pub(super) const OK_RC: i32 = 0;
#[cfg(test)]
pub(super) const ERROR_RC: i32 = 1;
pub(super) const NOT_RUNNING_RC: i32 = 7;
pub(super) const PROMOTED_RC: i32 = 8;

/// A result as recorded, with its circumstances.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub is_probe: bool,
    pub recurring: bool,
    pub status: ExecStatus,
    pub rc: i32,
    pub expected: Option<i32>,
    /// A probe that failed in a way that is taken for "not running".
    pub masked: bool,
    pub expired: bool,
    pub managed: bool,
}

/// What is made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Remapped {
    pub status: ExecStatus,
    pub rc: i32,
    /// The role this shows the resource to have. `Stopped` also ends earlier failures.
    pub role: Option<Role>,
    /// If this is a stop and the node cannot be fenced, nothing more can be done.
    pub needs_fencing: bool,
    /// The record does not say what was expected, where it matters.
    pub without_expected: bool,
}

/// A result that counts as another one: works, but not well.
pub(super) fn undegraded(rc: i32) -> i32 {
    match rc {
        190 => OK_RC,
        191 => PROMOTED_RC,
        other => other,
    }
}

pub(super) struct Row {
    /// What it is about, for readers and tests.
    #[cfg_attr(not(test), expect(dead_code))]
    pub name: &'static str,
    applies: fn(&Outcome) -> bool,
    /// The status, if not the one it has.
    status: Option<ExecStatus>,
    role: Option<Role>,
    needs_fencing: bool,
}

const fn row(
    name: &'static str,
    status: Option<ExecStatus>,
    role: Option<Role>,
    applies: fn(&Outcome) -> bool,
) -> Row {
    Row {
        name,
        applies,
        status,
        role,
        needs_fencing: false,
    }
}

const fn hard(name: &'static str, applies: fn(&Outcome) -> bool) -> Row {
    Row {
        name,
        applies,
        status: Some(ExecStatus::ErrorHard),
        role: None,
        needs_fencing: true,
    }
}

use ExecStatus::{Done, Error, ErrorFatal, NotSupported};

/// Rows for each result, the first that applies wins. By now the status is done if the result was expected, and
/// error if not.
pub(super) const ROWS: &[Row] = &[
    row("probe found it active", Some(Done), None, |o| {
        o.rc == OK_RC && o.is_probe && o.expected == Some(NOT_RUNNING_RC)
    }),
    row("success", None, None, |o| o.rc == OK_RC),
    row(
        "not running, as it may be",
        Some(Done),
        Some(Role::Stopped),
        |o| {
            let allowed = o.is_probe || o.expected == Some(o.rc) || !o.managed;
            o.rc == NOT_RUNNING_RC && allowed
        },
    ),
    row("not running", None, None, |o| o.rc == NOT_RUNNING_RC),
    row(
        "probe found it promoted",
        Some(Done),
        Some(Role::Promoted),
        |o| o.rc == PROMOTED_RC && o.is_probe && o.expected != Some(o.rc) && !o.expired,
    ),
    row("old probe found it promoted", Some(Done), None, |o| {
        o.rc == PROMOTED_RC && o.is_probe && o.expected != Some(o.rc)
    }),
    row("promoted", None, Some(Role::Promoted), |o| {
        o.rc == PROMOTED_RC && (!o.expired || o.expected == Some(o.rc))
    }),
    row("once promoted", None, None, |o| o.rc == PROMOTED_RC),
    row("failed promoted", Some(Error), Some(Role::Promoted), |o| {
        o.rc == 9 && !o.expired
    }),
    row("once failed promoted", Some(Error), None, |o| o.rc == 9),
    row("not configured", Some(ErrorFatal), None, |o| o.rc == 6),
    hard("not implemented", |o| o.rc == 3 && !o.recurring),
    row(
        "recurrence not implemented",
        Some(NotSupported),
        None,
        |o| o.rc == 3,
    ),
    hard("not possible on the node", |o| matches!(o.rc, 2 | 4 | 5)),
    row("other error", Some(Error), None, |o| o.status == Done),
    row("error", None, None, |_| true),
];

/// What is made of a result.
pub(super) fn remap(recorded: &Outcome) -> Remapped {
    let mut outcome = Outcome {
        rc: undegraded(recorded.rc),
        ..*recorded
    };
    if outcome.masked && (outcome.status != Done || outcome.rc != NOT_RUNNING_RC) {
        outcome.status = Done;
        outcome.rc = NOT_RUNNING_RC;
    }
    let kept = |status: ExecStatus| Remapped {
        status,
        rc: outcome.rc,
        role: None,
        needs_fencing: false,
        without_expected: false,
    };
    match outcome.status {
        Done | Error => {}
        ExecStatus::NoFenceDevice | ExecStatus::NoSecrets => return kept(ExecStatus::ErrorHard),
        other => return kept(other),
    }
    let as_expected = outcome.expected == Some(outcome.rc);
    outcome.status = if as_expected { Done } else { Error };
    let row = row_of(&outcome);
    Remapped {
        status: row.status.unwrap_or(outcome.status),
        rc: outcome.rc,
        role: row.role,
        needs_fencing: row.needs_fencing && !outcome.expired,
        without_expected: outcome.expected.is_none(),
    }
}

/// The first row that applies.
fn row_of(outcome: &Outcome) -> &'static Row {
    ROWS.iter()
        .find(|row| (row.applies)(outcome))
        .unwrap_or(&ROWS[ROWS.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONITOR: Outcome = Outcome {
        is_probe: false,
        recurring: true,
        status: Done,
        rc: OK_RC,
        expected: Some(OK_RC),
        masked: false,
        expired: false,
        managed: true,
    };
    const PROBE: Outcome = Outcome {
        is_probe: true,
        recurring: false,
        expected: Some(NOT_RUNNING_RC),
        ..MONITOR
    };

    /// Each row by name with facts it is the first for.
    fn examples() -> Vec<(&'static str, Outcome)> {
        let monitor = |rc: i32| Outcome {
            rc,
            status: Error,
            ..MONITOR
        };
        let probe = |rc: i32| Outcome { rc, ..PROBE };
        let old = |outcome: Outcome| Outcome {
            expired: true,
            ..outcome
        };
        let once = |outcome: Outcome| Outcome {
            recurring: false,
            ..outcome
        };
        let odd = Outcome {
            expected: Some(1),
            ..monitor(1)
        };
        vec![
            ("probe found it active", probe(OK_RC)),
            ("success", MONITOR),
            ("not running, as it may be", probe(NOT_RUNNING_RC)),
            ("not running", monitor(NOT_RUNNING_RC)),
            ("probe found it promoted", probe(PROMOTED_RC)),
            ("old probe found it promoted", old(probe(PROMOTED_RC))),
            ("promoted", monitor(PROMOTED_RC)),
            ("once promoted", old(monitor(PROMOTED_RC))),
            ("failed promoted", monitor(9)),
            ("once failed promoted", old(monitor(9))),
            ("not configured", monitor(6)),
            ("not implemented", once(monitor(3))),
            ("recurrence not implemented", monitor(3)),
            ("not possible on the node", monitor(4)),
            (
                "other error",
                Outcome {
                    status: Done,
                    ..odd
                },
            ),
            ("error", monitor(1)),
        ]
    }

    #[test]
    fn each_row_is_the_first_for_something() {
        let examples = examples();
        let names: Vec<_> = ROWS.iter().map(|row| row.name).collect();
        let shown: Vec<_> = examples.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, shown);
        for (name, outcome) in &examples {
            assert_eq!(row_of(outcome).name, *name);
        }
    }

    #[track_caller]
    fn check(outcome: Outcome, status: ExecStatus, rc: i32, role: Option<Role>) {
        let found = remap(&outcome);
        assert_eq!((found.status, found.rc, found.role), (status, rc, role));
    }

    #[test]
    fn expectations_decide() {
        check(MONITOR, Done, 0, None);
        let promoted = Some(Role::Promoted);
        let rc = |rc: i32| Outcome { rc, ..MONITOR };
        check(rc(7), Error, 7, None);
        check(rc(8), Error, 8, promoted);
        check(rc(190), Done, 0, None);
        check(rc(1), Error, 1, None);
        let expected = |rc: i32, expected: i32| Outcome {
            rc,
            expected: Some(expected),
            ..MONITOR
        };
        check(expected(0, 8), Error, 0, None);
        check(expected(191, 8), Done, 8, promoted);
        check(expected(6, 6), ErrorFatal, 6, None);
        check(expected(5, 5), ExecStatus::ErrorHard, 5, None);
        check(expected(1, 1), Error, 1, None);
        let unmanaged = Outcome {
            managed: false,
            ..rc(7)
        };
        check(unmanaged, Done, 7, Some(Role::Stopped));
        let unknown = Outcome {
            expected: None,
            ..MONITOR
        };
        check(unknown, Error, 0, None);
        assert!(remap(&unknown).without_expected);
    }

    #[test]
    fn a_status_other_than_done_or_error_is_final() {
        let status = |status: ExecStatus| Outcome { status, ..MONITOR };
        check(status(ExecStatus::Timeout), ExecStatus::Timeout, 0, None);
        check(
            status(ExecStatus::NoSecrets),
            ExecStatus::ErrorHard,
            0,
            None,
        );
    }

    #[test]
    fn masked_probes_count_as_not_running() {
        let masked = Outcome {
            rc: 5,
            status: Error,
            masked: true,
            ..PROBE
        };
        check(masked, Done, NOT_RUNNING_RC, Some(Role::Stopped));
    }

    #[test]
    fn hard_errors_need_fencing_unless_expired() {
        let hard = Outcome { rc: 4, ..MONITOR };
        assert!(remap(&hard).needs_fencing);
        let old = Outcome {
            expired: true,
            ..hard
        };
        assert!(!remap(&old).needs_fencing);
    }
}
