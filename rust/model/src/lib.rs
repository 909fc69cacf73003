//! What is: cluster options, nodes, resources, constraints and operation history, read from a CIB.
//!
//! A [`Model`] is frozen once it is read. Bad configuration never fails: it gives diagnostics.

mod activity;
mod attrs;
pub mod codes;
mod constraint;
mod digest;
mod failcount;
mod fencing;
mod history;
mod ids;
mod memory;
mod meta;
mod model;
mod node;
mod on_fail;
mod op_meta;
mod operation;
mod options;
mod params;
mod recall;
mod resource;
mod rule_trace;
mod score_log;
mod scores;
mod state;
mod task;
mod unpack;

pub use attrs::Attrs;
pub use constraint::{
    Colocation, Colocations, Gate, Location, Locations, LossPolicy, Order, OrderEnd, OrderKinds,
    Rank, Ticket, TicketDependency,
};
pub use digest::{
    Counts, DigestCache, DigestChange, DigestComparison, Digests, OperationDigest, OperationDigests,
};
pub use failcount::{FailCount, FailCounting};
pub use history::{
    ActiveRange, DigestPlaces, ExecStatus, FailedOp, FenceReason, HistoryEntry, OpRecord,
    PostponedCheck, Request,
};
pub use ids::{ColocationId, GateId, HistoryId, LocationId, NodeId, RscId, TicketId};
pub use memory::Memory;
pub use meta::Meta;
pub use model::{Model, Names, ReadOptions};
pub use node::{Node, NodeFlags, NodeKind, NodeState, ProbeMode};
pub use on_fail::FailureHandling;
pub use op_meta::OpMeta;
pub use operation::{OnFail, OpConfig, OpRole, Utilization};
pub use options::{FenceOp, HealthScores, HealthStrategy, Options, Placement, QuorumPolicy};
pub use resource::{
    Bundle, CloneSpec, Group, MultipleActive, Primitive, Replica, Resource, Variant, VariantKind,
};
pub use rule_trace::RuleTrace;
pub use score_log::{
    Change, Hop, HopId, Preference, ScoreLog, ScorePart, Scored, Source, Withdrawal,
};
pub use scores::{Cell, SavedRow, ScoreTable};
pub use state::{Activity, RscFlags, RscState};
pub use task::Task;
