//! The digests of the operation that says how a resource is defined where it runs, for those who look at them.

use super::{Operation, digest, fill, restart_parameters, secure_parameters};
use crate::{Attrs, Model, NodeId, OpRecord, RscId, Task};
use pcmk_base::{IntervalMs, Text};
use pcmk_rules::IdIndex;

/// The digests of an operation as it is configured now.
#[derive(Clone, Debug)]
pub struct OperationDigests {
    /// The operation's task.
    pub task: Task,
    /// Its interval.
    pub interval: IntervalMs,
    /// Of all parameters that count.
    pub all: OperationDigest,
    /// Of those that are not private.
    pub public: OperationDigest,
    /// Of those whose change needs a restart, if the record has such a digest.
    pub restart: Option<OperationDigest>,
}

/// A digest, and what it is of.
#[derive(Clone, Debug)]
pub struct OperationDigest {
    /// The digest.
    pub hash: Text,
    /// The parameters.
    pub parameters: Vec<(Text, Text)>,
}

impl OperationDigest {
    fn of(parameters: Vec<(Text, Text)>) -> OperationDigest {
        OperationDigest {
            hash: digest(&parameters),
            parameters,
        }
    }
}

impl Model {
    /// The digests of a primitive on a node. They are of the operation in its history there that tells most about its
    /// parameters, or of a start if there is none. What is `given` goes before what is configured; an interval among
    /// it (`CRM_meta_interval`) is the operation's.
    pub fn operation_digests(
        &self,
        references: &IdIndex<'_>,
        rsc: RscId,
        node: NodeId,
        given: &Attrs,
    ) -> OperationDigests {
        let record = self.telling_record(rsc, node);
        let (task, recorded) = record.map_or((Task::Start, 0), |r| (r.task, r.interval));
        let interval = given
            .get("CRM_meta_interval")
            .and_then(|text| text.parse().ok());
        let operation = Operation {
            rsc,
            task,
            interval: interval.unwrap_or(recorded),
            node,
        };
        let mut counted = operation.counted(self, references, given.clone());
        let mut of_resource = given.clone();
        fill(&mut of_resource, &counted.of_resource);
        counted.of_resource = of_resource;
        let public = secure_parameters(self, rsc, &counted, record);
        let restart = record.filter(|record| record.restart_digest().is_some());
        OperationDigests {
            task,
            interval: operation.interval,
            public: OperationDigest::of(public),
            restart: restart
                .map(|record| OperationDigest::of(restart_parameters(&counted.filtered, record))),
            all: OperationDigest {
                hash: counted.digest,
                parameters: counted.filtered,
            },
        }
    }

    /// The record that tells most: of an operation that is compared with the configuration, else of a recurring one;
    /// rather a success than a failure, rather with a digest for restarts, rather the newest.
    fn telling_record(&self, rsc: RscId, node: NodeId) -> Option<&OpRecord> {
        let entries = self.history.values();
        let own = entries.filter(|entry| entry.rsc == Some(rsc) && entry.node == node);
        own.flat_map(|entry| &*entry.records).max_by_key(|record| {
            let begins = matches!(
                record.task,
                Task::Monitor | Task::Start | Task::Promote | Task::MigrateFrom
            );
            let effective = begins && record.interval == 0;
            (
                effective,
                effective || record.interval > 0,
                !record.is_last_failure,
                record.restart_digest().is_some(),
                record.call_id,
            )
        })
    }
}
