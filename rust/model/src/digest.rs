//! Whether an operation was done with the parameters that are configured now.

use crate::{Attrs, Model, NodeId, OpRecord, RscId, Task};
use pcmk_base::{Diagnostics, IntervalMs, Text};
use pcmk_cib::digest::{of_parameters, operation_parameters};
use pcmk_rules::{IdIndex, compare_versions};
use rustc_hash::FxHashMap;

/// The feature set from which on digests without private parameters are made of all parameters.
const SECURE_OF_ALL_SINCE: &str = "3.16.0";

/// Parameters that are private unless a record names others.
const PRIVATE: &str = "passwd password user";

/// Parameters of the fencer, not of its agents.
const FENCER_PARAMETERS: [&str; 9] = [
    "provides",
    "stonith-timeout",
    "pcmk_action_limit",
    "pcmk_delay_base",
    "pcmk_delay_max",
    "pcmk_host_argument",
    "pcmk_host_check",
    "pcmk_host_list",
    "pcmk_host_map",
];

/// What changed since an operation was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestChange {
    /// Nothing.
    Match,
    /// Something; a reload may be enough.
    Mismatch,
    /// Something that needs a restart.
    Restart,
    /// The record does not say what the parameters were.
    Unknown,
}

/// The outcome of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigestComparison {
    /// What changed.
    pub change: DigestChange,
    /// In sanitized input: without private parameters, nothing did.
    pub same_without_private: bool,
}

/// Digests of parameters as configured.
#[derive(Clone, Debug)]
pub struct Digests {
    /// Of all that count.
    pub all: Text,
    /// Of those that are not private, if asked for.
    pub secure: Option<Text>,
    /// Of those that need a restart, if the record has such a digest.
    pub restart: Option<Text>,
    /// The operation has parameters of its own and does not recur: it can't be a reload.
    own_parameters: bool,
}

/// Digests calculated in a run, by node and operation.
///
/// Several records of the same operation share what was calculated for the first of them.
#[derive(Clone, Debug, Default)]
pub struct DigestCache {
    known: FxHashMap<(NodeId, RscId, Task, IntervalMs), Digests>,
}

impl DigestCache {
    /// What changed since an operation was done on a node. `address` is the value of a bundle connection's
    /// `addr`, once it is known. `references` is the index of [`Model::cib`].
    pub fn compare(
        &mut self,
        model: &Model,
        references: &IdIndex<'_>,
        rsc: RscId,
        node: NodeId,
        record: &OpRecord,
        address: Option<&str>,
    ) -> DigestComparison {
        let (task, interval) = (record.task, record.interval);
        let known = self
            .known
            .entry((node, rsc, task, interval))
            .or_insert_with(|| {
                let what = Operation {
                    rsc,
                    task,
                    interval,
                    node,
                };
                calculate(
                    model,
                    references,
                    &what,
                    Some(record),
                    address,
                    model.sanitized,
                )
            });
        let recorded = |name: &str| record.xml.attr(name);
        let restart = if record.expired_failure {
            Some("calculated-failure-timeout")
        } else {
            recorded("op-restart-digest")
        };
        // A digest that is missing on one side says nothing.
        let restart_differs =
            matches!((known.restart.as_deref(), restart), (Some(a), Some(b)) if a != b);
        let change = if restart_differs {
            DigestChange::Restart
        } else {
            match recorded("op-digest") {
                None => DigestChange::Unknown,
                Some(digest) if *digest == *known.all => DigestChange::Match,
                Some(_) if interval == 0 && known.own_parameters => DigestChange::Restart,
                Some(_) => DigestChange::Mismatch,
            }
        };
        // What was found stands for the records that follow.
        known.own_parameters = change == DigestChange::Restart;
        let secure = known.secure.as_deref();
        DigestComparison {
            change,
            same_without_private: change != DigestChange::Match
                && secure.is_some()
                && recorded("op-secure-digest") == secure,
        }
    }
}

impl Model {
    /// The digests (of all parameters, and without private ones) of what a device needs for unfencing a node.
    pub fn unfencing_digests(
        &self,
        references: &IdIndex<'_>,
        device: RscId,
        node: NodeId,
    ) -> Digests {
        let task = self
            .names
            .get("stonith-on")
            .map_or(Task::Fence, Task::Other);
        let what = Operation {
            rsc: device,
            task,
            interval: 0,
            node,
        };
        calculate(self, references, &what, None, None, true)
    }
}

struct Operation {
    rsc: RscId,
    task: Task,
    interval: IntervalMs,
    node: NodeId,
}

fn calculate(
    model: &Model,
    references: &IdIndex<'_>,
    what: &Operation,
    record: Option<&OpRecord>,
    address: Option<&str>,
    with_secure: bool,
) -> Digests {
    // What is wrong with the configuration is reported where actions are made.
    let mut unheard = Diagnostics::new(0);
    let node = Some(what.node);
    let (parameters, _) = model.parameters(what.rsc, node, references, &mut unheard);
    let configured = model.op_meta(
        what.rsc,
        what.task,
        what.interval,
        node,
        references,
        &mut unheard,
    );
    let mut all = Attrs::new();
    all.extend(address.map(|a| (Text::from("addr"), Text::from(a))));
    fill(&mut all, &parameters);
    fill(&mut all, &configured.params);
    for (name, value) in &configured.meta {
        if !name.contains(['#', ':']) {
            let name = format!("CRM_meta_{}", name.replace('-', "_"));
            all.entry(name.into()).or_insert_with(|| value.clone());
        }
    }
    let filtered = filter(&all);
    let restart = record
        .filter(|r| r.expired_failure || r.xml.attr("op-restart-digest").is_some())
        .map(|r| restart_digest(&filtered, r));
    Digests {
        all: digest(&filtered),
        secure: with_secure.then(|| secure_digest(model, what.rsc, &parameters, &filtered, record)),
        restart,
        own_parameters: what.interval == 0 && !configured.params.is_empty(),
    }
}

fn restart_digest(filtered: &[(&str, &str)], record: &OpRecord) -> Text {
    match record.xml.attr("op-force-restart") {
        None => digest(filtered),
        Some(names) => {
            let kept = filtered
                .iter()
                .filter(|(name, _)| is_listed(names, name))
                .copied();
            digest(&kept.collect::<Vec<_>>())
        }
    }
}

fn secure_digest(
    model: &Model,
    rsc: RscId,
    parameters: &Attrs,
    filtered: &[(&str, &str)],
    record: Option<&OpRecord>,
) -> Text {
    let version = record
        .and_then(|r| r.xml.attr("crm_feature_set"))
        .or_else(|| model.cib.attr("crm_feature_set"));
    let old = version.is_some_and(|v| compare_versions(v, SECURE_OF_ALL_SINCE).is_lt());
    let private = match record {
        None => PRIVATE,
        Some(record) => record.xml.attr("op-secure-params").unwrap_or_default(),
    };
    let is_device = model.resources[rsc]
        .primitive()
        .is_some_and(|p| p.agent.is_fence_device());
    let of_old = filter(parameters);
    let kept = if old { &of_old[..] } else { filtered };
    let kept = kept.iter().copied().filter(|(name, _)| {
        !(is_listed(private, name) || old && is_device && is_fencer_parameter(name))
    });
    digest(&kept.collect::<Vec<_>>())
}

fn is_fencer_parameter(name: &str) -> bool {
    let of_action = |name: &str| {
        ["_action", "_timeout", "_retries"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    FENCER_PARAMETERS.contains(&name) || name.strip_prefix("pcmk_").is_some_and(of_action)
}

fn is_listed(names: &str, name: &str) -> bool {
    names.split(' ').any(|listed| listed == name)
}

fn fill(into: &mut Attrs, from: &Attrs) {
    for (name, value) in from {
        into.entry(name.clone()).or_insert_with(|| value.clone());
    }
}

/// The parameters that count.
fn filter(all: &Attrs) -> Vec<(&str, &str)> {
    let given: Vec<(&str, &str)> = all
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    operation_parameters(&given).collect()
}

fn digest(parameters: &[(&str, &str)]) -> Text {
    of_parameters(parameters.iter().copied()).into()
}
