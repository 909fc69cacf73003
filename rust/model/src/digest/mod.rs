//! Whether an operation was done with the parameters that are configured now.

mod report;

pub use report::{OperationDigest, OperationDigests};

use crate::{Attrs, Model, NodeId, OpRecord, RscId, Task};
use pcmk_base::{Diagnostics, IntervalMs, Text};
use pcmk_cib::digest::{of_parameters, operation_parameters};
use pcmk_rules::{IdIndex, compare_versions};
use pcmk_xml::Element;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

type CountsByDefinition = FxHashMap<(usize, Task, IntervalMs), (Arc<Element>, Arc<Counted>)>;

/// What counts where it is the same on every node. Instances share it.
#[derive(Debug, Default)]
pub struct Counts {
    /// By the address of a definition, which is kept as long as it is.
    known: Mutex<CountsByDefinition>,
}

impl Counts {
    /// Forgets what is of definitions that nobody else holds.
    pub(crate) fn forget_the_dead(&self) {
        self.lock()
            .retain(|_, (definition, _)| Arc::strong_count(definition) > 1);
    }

    fn lock(&self) -> MutexGuard<'_, CountsByDefinition> {
        // It is whole at any time, so a panic elsewhere does not matter.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The parameters of an operation.
#[derive(Debug)]
struct Counted {
    /// Those of the resource, also what does not count.
    of_resource: Attrs,
    /// Those that count.
    filtered: Vec<(Text, Text)>,
    /// The digest of those that count.
    digest: Text,
    /// Digests of those among them that need a restart, by the names of all that do.
    restart: Mutex<FxHashMap<Box<str>, Text>>,
    /// Some are of the operation alone.
    own: bool,
}

impl Counted {
    /// The digest of what needs a restart, as a record names it. Without names that is all.
    fn restart_digest(&self, record: &OpRecord) -> Text {
        let Some(names) = record.restart_names() else {
            return self.digest.clone();
        };
        // It is whole at any time, so a panic elsewhere does not matter.
        let mut known = self.restart.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(names) {
            return known.clone();
        }
        let made = digest(&restart_parameters(&self.filtered, record));
        known.insert(names.into(), made.clone());
        made
    }
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
                let counted = what.counted_once(model, references, address);
                digests(model, rsc, &counted, Some(record), model.sanitized)
            });
        let restart = if record.expired_failure {
            Some("calculated-failure-timeout")
        } else {
            record.restart_digest()
        };
        // A digest that is missing on one side says nothing.
        let restart_differs =
            matches!((known.restart.as_deref(), restart), (Some(a), Some(b)) if a != b);
        let change = if restart_differs {
            DigestChange::Restart
        } else {
            match record.digest() {
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
                && record.secure_digest() == secure,
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
        let counted = what.counted(self, references, Attrs::default());
        digests(self, device, &counted, None, true)
    }
}

struct Operation {
    rsc: RscId,
    task: Task,
    interval: IntervalMs,
    node: NodeId,
}

impl Operation {
    /// As [`Operation::counted`], looked up if it does not depend on the node.
    fn counted_once(
        &self,
        model: &Model,
        references: &IdIndex<'_>,
        address: Option<&str>,
    ) -> Arc<Counted> {
        // Other operations have numbers that differ between models.
        let is_own = address.is_some() || matches!(self.task, Task::Other(_));
        let (rsc, task, interval) = (self.rsc, self.task, self.interval);
        if is_own || model.parameters_depend_on_node(rsc, task, interval, references) {
            let address = address.map(|address| (Text::from("addr"), Text::from(address)));
            return Arc::new(self.counted(model, references, address.into_iter().collect()));
        }
        let definition = &model.resources[self.rsc].xml;
        let key = (Arc::as_ptr(definition).addr(), self.task, self.interval);
        let mut known = model.counts.lock();
        let (_, counted) = known.entry(key).or_insert_with(|| {
            let counted = self.counted(model, references, Attrs::default());
            (definition.clone(), Arc::new(counted))
        });
        Arc::clone(counted)
    }

    /// The parameters of the operation; what is given goes before what is configured.
    fn counted(&self, model: &Model, references: &IdIndex<'_>, given: Attrs) -> Counted {
        // What is wrong with the configuration is reported where actions are made.
        let mut unheard = Diagnostics::new(0);
        let node = Some(self.node);
        let (of_resource, _) = model.parameters(self.rsc, node, references, &mut unheard);
        let (task, interval) = (self.task, self.interval);
        let of_operation =
            model.op_params(self.rsc, task, interval, node, references, &mut unheard);
        let mut all = given;
        fill(&mut all, &of_resource);
        fill(&mut all, &of_operation);
        if interval > 0 {
            // Of meta-attributes, the timeout of what recurs counts.
            let meta = model
                .op_meta(self.rsc, task, interval, node, references, &mut unheard)
                .meta;
            for name in ["interval", "timeout"] {
                if let Some(value) = meta.get(name) {
                    let name = format!("CRM_meta_{name}").into();
                    all.entry(name).or_insert_with(|| value.clone());
                }
            }
        }
        let filtered = filter(&all);
        Counted {
            of_resource,
            digest: digest(&filtered),
            filtered,
            restart: Mutex::default(),
            own: !of_operation.is_empty(),
        }
    }
}

fn digests(
    model: &Model,
    rsc: RscId,
    counted: &Counted,
    record: Option<&OpRecord>,
    with_secure: bool,
) -> Digests {
    let restart = record
        .filter(|r| r.expired_failure || r.restart_digest().is_some())
        .map(|r| counted.restart_digest(r));
    let interval = record.map_or(0, |r| r.interval);
    Digests {
        all: counted.digest.clone(),
        secure: with_secure.then(|| digest(&secure_parameters(model, rsc, counted, record))),
        restart,
        own_parameters: interval == 0 && counted.own,
    }
}

fn restart_parameters(filtered: &[(Text, Text)], record: &OpRecord) -> Vec<(Text, Text)> {
    let names = record.restart_names();
    let kept = filtered
        .iter()
        .filter(|(name, _)| names.is_none_or(|names| is_listed(names, name)));
    kept.cloned().collect()
}

fn secure_parameters(
    model: &Model,
    rsc: RscId,
    counted: &Counted,
    record: Option<&OpRecord>,
) -> Vec<(Text, Text)> {
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
    let of_old = old.then(|| filter(&counted.of_resource));
    let kept = of_old.as_ref().unwrap_or(&counted.filtered);
    let kept = kept.iter().filter(|(name, _)| {
        // Controllers record it of recurring operations, schedulers never count it: so a change of private parameters
        // is not told from others there.
        let is_timeout = &**name == "CRM_meta_timeout";
        let is_of_fencer = old && is_device && is_fencer_parameter(name);
        !(is_timeout || is_of_fencer || is_listed(private, name))
    });
    kept.cloned().collect()
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
fn filter(all: &Attrs) -> Vec<(Text, Text)> {
    let given: Vec<(&str, &str)> = all
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    operation_parameters(&given)
        .filter_map(|(name, _)| all.get_key_value(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn digest<'a>(parameters: impl IntoIterator<Item = &'a (Text, Text)>) -> Text {
    let texts = parameters
        .into_iter()
        .map(|(name, value)| (&**name, &**value));
    of_parameters(texts).into()
}
