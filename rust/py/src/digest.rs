//! Digests of operations.

use std::collections::BTreeMap;

use pcmk_cib::digest;
use pcmk_model::{Model, OperationDigest};
use pyo3::prelude::*;

/// The digest of the attributes of an operation that define it.
#[pyfunction]
pub(crate) fn operation_digest(attributes: BTreeMap<String, String>) -> String {
    let attributes: Vec<_> = attributes
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    digest::of_parameters(digest::operation_parameters(&attributes))
}

/// The digest of all given parameters.
#[pyfunction]
pub(crate) fn parameters_digest(parameters: BTreeMap<String, String>) -> String {
    digest::of_parameters(
        parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )
}

/// A digest with the parameters it is of.
#[pyclass(frozen, get_all, module = "pcmk._core")]
#[derive(Clone)]
pub(crate) struct Digest {
    hash: String,
    parameters: Vec<(String, String)>,
}

/// The digests of an operation.
#[pyclass(frozen, get_all, module = "pcmk._core")]
pub(crate) struct OperationDigests {
    task: String,
    interval_ms: u32,
    all: Digest,
    public: Digest,
    restart: Option<Digest>,
}

impl From<OperationDigest> for Digest {
    fn from(digest: OperationDigest) -> Digest {
        let parameters = digest.parameters.iter();
        Digest {
            hash: digest.hash.to_string(),
            parameters: parameters
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect(),
        }
    }
}

impl OperationDigests {
    pub(crate) fn new(model: &Model, found: pcmk_model::OperationDigests) -> OperationDigests {
        OperationDigests {
            task: found.task.name(&model.names).to_owned(),
            interval_ms: found.interval,
            all: found.all.into(),
            public: found.public.into(),
            restart: found.restart.map(Digest::from),
        }
    }
}
