//! Operation history: the records, and what reading them asks for.

use crate::{NodeId, RscId, Task};
use pcmk_base::IntervalMs;
use pcmk_xml::Element;
use std::num::NonZeroU16;
use std::sync::Arc;

/// One `lrm_resource` entry of one node.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    /// Where it was recorded.
    pub node: NodeId,
    /// The resource it was found to belong to.
    pub rsc: Option<RscId>,
    /// Its id is that of the resource, not one of an instance or from before.
    pub has_own_id: bool,
    /// The agent that it names is not the one that is configured.
    pub has_other_agent: bool,
    /// The entry.
    pub xml: Arc<Element>,
    /// Its usable records, oldest first. Runs share them as long as the entry is the same.
    pub records: Arc<[OpRecord]>,
}

/// Which records of an entry are about what runs now: positions of the last start (or what implies one) and of the
/// last stop. A stop after the start means that nothing runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActiveRange {
    /// The last start, or else what shows that there was one.
    pub start: Option<usize>,
    /// The last successful stop.
    pub stop: Option<usize>,
}

impl HistoryEntry {
    /// Which of its records are about what runs now.
    pub fn active_range(&self) -> ActiveRange {
        let mut range = ActiveRange::default();
        let (mut monitored, mut promoted) = (None, None);
        for (position, record) in self.records.iter().enumerate() {
            match record.task {
                Task::Stop if record.status == ExecStatus::Done => range.stop = Some(position),
                Task::Start | Task::MigrateFrom => range.start = Some(position),
                Task::Monitor if monitored <= range.stop && matches!(record.rc, 0 | 8) => {
                    monitored = Some(position);
                }
                Task::Promote | Task::Demote => promoted = Some(position),
                _ => {}
            }
        }
        range.start = range.start.or(promoted).or(monitored);
        range
    }
}

/// One `lrm_rsc_op` record.
#[derive(Clone, Debug)]
pub struct OpRecord {
    /// What was done.
    pub task: Task,
    /// Interval, zero if not recurring.
    pub interval: IntervalMs,
    /// How execution went.
    pub status: ExecStatus,
    /// What the agent returned.
    pub rc: i32,
    /// What it should have returned; `None` if the record does not say.
    pub expected_rc: Option<i32>,
    /// Order of calls on the node; -1 while pending.
    pub call_id: i64,
    /// When the result last changed, epoch seconds.
    pub last_change: Option<i64>,
    /// Its id says that it is the last failure of an operation.
    pub is_last_failure: bool,
    /// A failure expired: compare as if the restart parameters had changed.
    pub expired_failure: bool,
    /// Where among its attributes its digests are.
    pub digests: DigestPlaces,
    /// The record itself, for digests and displays.
    pub xml: Arc<Element>,
}

/// Where a record has its digests, as places among its attributes: each record is compared with the configuration, long
/// after it was read, and looking for them again would touch all that it says.
#[derive(Clone, Copy, Debug, Default)]
pub struct DigestPlaces {
    all: Place,
    restart: Place,
    restart_names: Place,
    secure: Place,
}

impl DigestPlaces {
    /// Keeps the place of an attribute if it is a digest or belongs to one.
    pub(crate) fn note(&mut self, name: &str, index: usize) {
        let place = match name {
            "op-digest" => &mut self.all,
            "op-restart-digest" => &mut self.restart,
            "op-force-restart" => &mut self.restart_names,
            "op-secure-digest" => &mut self.secure,
            _ => return,
        };
        *place = Place::new(index);
    }
}

/// The place of an attribute, if there is one.
#[derive(Clone, Copy, Debug, Default)]
struct Place(Option<NonZeroU16>);

impl Place {
    fn new(index: usize) -> Place {
        let number = u16::try_from(index + 1).ok();
        Place(number.and_then(NonZeroU16::new))
    }

    fn value(self, xml: &Element) -> Option<&str> {
        xml.attr_at(usize::from(self.0?.get()) - 1)
    }
}

impl OpRecord {
    /// Id of the record, such as `db_last_failure_0`.
    pub fn id(&self) -> &str {
        self.xml.id().unwrap_or_default()
    }

    /// `operation_key`, or the id if that is empty.
    pub fn key(&self) -> &str {
        let key = self.xml.attr("operation_key");
        key.filter(|key| !key.is_empty()).unwrap_or(self.id())
    }

    /// `op-digest`: that of all parameters.
    pub fn digest(&self) -> Option<&str> {
        self.digests.all.value(&self.xml)
    }

    /// `op-restart-digest`: that of those that need a restart.
    pub fn restart_digest(&self) -> Option<&str> {
        self.digests.restart.value(&self.xml)
    }

    /// `op-force-restart`: the names of those that need a restart.
    pub fn restart_names(&self) -> Option<&str> {
        self.digests.restart_names.value(&self.xml)
    }

    /// `op-secure-digest`: that of those that are not private.
    pub fn secure_digest(&self) -> Option<&str> {
        self.digests.secure.value(&self.xml)
    }

    /// A monitor that does not recur.
    pub fn is_probe(&self) -> bool {
        self.task == Task::Monitor && self.interval == 0
    }
}

/// `op-status`: how execution went, apart from the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i8)]
#[allow(missing_docs)]
pub enum ExecStatus {
    Pending = -1,
    Done = 0,
    Cancelled = 1,
    Timeout = 2,
    NotSupported = 3,
    Error = 4,
    ErrorHard = 5,
    ErrorFatal = 6,
    NotInstalled = 7,
    NotConnected = 8,
    Invalid = 9,
    NoFenceDevice = 10,
    NoSecrets = 11,
}

impl ExecStatus {
    /// The status of this number.
    pub const fn of(number: i64) -> Option<ExecStatus> {
        use ExecStatus as E;
        Some(match number {
            -1 => E::Pending,
            0 => E::Done,
            1 => E::Cancelled,
            2 => E::Timeout,
            3 => E::NotSupported,
            4 => E::Error,
            5 => E::ErrorHard,
            6 => E::ErrorFatal,
            7 => E::NotInstalled,
            8 => E::NotConnected,
            9 => E::Invalid,
            10 => E::NoFenceDevice,
            11 => E::NoSecrets,
            _ => return None,
        })
    }
}

/// An action that reading the status asked for. The first pass makes them, in this order.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// A stop.
    Stop {
        /// Whose.
        rsc: RscId,
        /// Where.
        node: NodeId,
        /// False if the resource was not managed by then.
        required: bool,
    },
    /// A demote.
    Demote {
        /// Whose.
        rsc: RscId,
        /// Where.
        node: NodeId,
        /// False if the resource was not managed by then.
        required: bool,
    },
    /// Stops made so far on this node are not needed after all.
    RelaxStops(RscId, NodeId),
    /// A recurring operation that runs: an optional action.
    Recurring {
        /// Whose.
        rsc: RscId,
        /// What.
        task: Task,
        /// How often.
        interval: IntervalMs,
        /// Where.
        node: NodeId,
    },
    /// Forget fail counts.
    ClearFailcount {
        /// Whose.
        rsc: RscId,
        /// Where.
        node: NodeId,
        /// Only after this (remote) node is fenced.
        after_fencing: Option<NodeId>,
        /// False if the resource was not managed by then.
        required: bool,
    },
    /// Forget the history of a resource whose shutdown lock expired.
    LrmDelete {
        /// Whose.
        rsc: RscId,
        /// Where.
        node: NodeId,
        /// False if the resource was not managed by then.
        required: bool,
    },
    /// The optional fencing action of a node, made when the node was found unclean.
    Fence {
        /// Which node.
        node: NodeId,
        /// Why; the first reason stays.
        reason: FenceReason,
        /// Whether `priority-fencing-delay` applies.
        priority_delay: bool,
    },
}

/// Why a node is to be fenced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the texts say it
pub enum FenceReason {
    NoQuorum,
    UnexpectedlyDown,
    NeverSeen,
    Banned,
    Requested,
    PendingTimeout,
    NotMember,
    ProcessGone,
    UnknownJoinState,
    ActiveThere(RscId),
    ActiveThereRevocable(RscId),
    FailedThere(RscId),
    ConnectionUnrecoverable,
    StopUnrunnable,
    TicketLost,
    ConnectionUnrecoverableProbe,
    ResourcesActive,
    ResourcesUnknown,
    ContainerFailed,
    GuestUnclean,
    NodeUnclean,
    DeviceParametersChanged,
    DeviceParametersReload,
    DeviceParametersReschedule,
    DeviceDefinitionChanged,
    RequiredBy(RscId, Task),
}

/// A failed operation, as displays list them: first of its key and node, in order of discovery.
#[derive(Clone, Debug)]
pub struct FailedOp {
    /// Where.
    pub node: NodeId,
    /// Whose.
    pub rsc: RscId,
    /// The record.
    pub record: OpRecord,
}

/// A check of recorded parameters that must wait until bundle containers have nodes.
#[derive(Clone, Debug)]
pub struct PostponedCheck {
    /// Whose.
    pub rsc: RscId,
    /// Where.
    pub node: NodeId,
    /// The record.
    pub record: OpRecord,
    /// For the last failure (else: for an active operation).
    pub last_failure: bool,
}
