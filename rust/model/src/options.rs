//! Cluster options, read and validated.

use crate::Attrs;
use pcmk_base::{Score, Text};

/// What to do without quorum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QuorumPolicy {
    /// Stop all resources.
    #[default]
    Stop,
    /// Keep what runs, start and promote nothing.
    Freeze,
    /// Carry on as if there was quorum.
    Ignore,
    /// Demote promoted instances, stop everything else.
    Demote,
    /// Fence the nodes of this partition.
    Fence,
}

/// How nodes are chosen with regard to utilization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// Utilization is not considered.
    #[default]
    Default,
    /// Only nodes with enough free capacity.
    Utilization,
    /// As few nodes as possible.
    Minimal,
    /// As even as possible.
    Balanced,
}

/// How node health attributes count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HealthStrategy {
    /// Not at all.
    #[default]
    None,
    /// A red attribute bans.
    MigrateOnRed,
    /// Anything but green bans.
    OnlyGreen,
    /// Scores from the options, added to a base.
    Progressive,
    /// Scores from the options.
    Custom,
}

impl HealthStrategy {
    /// The word in the configuration; also the id of the constraints it makes.
    pub const fn name(self) -> &'static str {
        match self {
            HealthStrategy::None => "none",
            HealthStrategy::MigrateOnRed => "migrate-on-red",
            HealthStrategy::OnlyGreen => "only-green",
            HealthStrategy::Progressive => "progressive",
            HealthStrategy::Custom => "custom",
        }
    }
}

/// What `red`, `yellow` and `green` mean wherever a score is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HealthScores {
    /// Score of `red`.
    pub red: Score,
    /// Score of `yellow`.
    pub yellow: Score,
    /// Score of `green`.
    pub green: Score,
}

impl HealthScores {
    /// Reads a score in any place where health words are allowed; `None` if it is neither word nor number.
    pub fn parse(&self, text: &str) -> Option<Score> {
        if text.eq_ignore_ascii_case("red") {
            Some(self.red)
        } else if text.eq_ignore_ascii_case("yellow") {
            Some(self.yellow)
        } else if text.eq_ignore_ascii_case("green") {
            Some(self.green)
        } else {
            Score::parse(text).ok()
        }
    }
}

/// Default fencing operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FenceOp {
    /// Power cycle.
    #[default]
    Reboot,
    /// Power off and leave off.
    Off,
    /// Power on, or give access back (unfencing).
    On,
}

impl FenceOp {
    /// The word agents and keys use.
    pub const fn name(self) -> &'static str {
        match self {
            FenceOp::Reboot => "reboot",
            FenceOp::Off => "off",
            FenceOp::On => "on",
        }
    }
}

/// Every cluster option the scheduler reads, after defaults, legacy names and validation.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // each field is the option of the same name
pub struct Options {
    pub enable_startup_probes: bool,
    pub have_watchdog: bool,
    /// As configured, for the graph header.
    pub fencing_timeout: Text,
    pub fencing_enabled: bool,
    pub fencing_action: FenceOp,
    pub concurrent_fencing: bool,
    /// Seconds.
    pub priority_fencing_delay: u32,
    pub stop_all_resources: bool,
    pub symmetric_cluster: bool,
    pub no_quorum_policy: QuorumPolicy,
    pub stop_removed_resources: bool,
    pub cancel_removed_actions: bool,
    pub maintenance_mode: bool,
    pub start_failure_is_fatal: bool,
    /// Already false if fencing is disabled.
    pub startup_fencing: bool,
    pub placement_strategy: Placement,
    pub shutdown_lock: bool,
    /// Seconds; zero means without limit.
    pub shutdown_lock_limit: u32,
    /// Seconds; zero means never.
    pub node_pending_timeout: u32,
    pub fence_remote_without_quorum: bool,
    pub node_health_strategy: HealthStrategy,
    pub node_health_base: Score,
    pub health: HealthScores,
    /// As configured, for the graph header.
    pub cluster_delay: Text,
    /// As configured, for the graph header.
    pub batch_limit: Text,
    /// As configured, for the graph header.
    pub migration_limit: Text,
    pub cluster_name: Option<Text>,
    /// All properties by name as configured, defaults of known options filled in.
    pub all: Attrs,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            enable_startup_probes: true,
            have_watchdog: false,
            fencing_timeout: "60s".into(),
            fencing_enabled: true,
            fencing_action: FenceOp::Reboot,
            concurrent_fencing: true,
            priority_fencing_delay: 0,
            stop_all_resources: false,
            symmetric_cluster: true,
            no_quorum_policy: QuorumPolicy::Stop,
            stop_removed_resources: true,
            cancel_removed_actions: true,
            maintenance_mode: false,
            start_failure_is_fatal: true,
            startup_fencing: true,
            placement_strategy: Placement::Default,
            shutdown_lock: false,
            shutdown_lock_limit: 0,
            node_pending_timeout: 0,
            fence_remote_without_quorum: false,
            node_health_strategy: HealthStrategy::None,
            node_health_base: Score::ZERO,
            health: HealthScores::default(),
            cluster_delay: "60s".into(),
            batch_limit: "0".into(),
            migration_limit: "-1".into(),
            cluster_name: None,
            all: Attrs::default(),
        }
    }
}
