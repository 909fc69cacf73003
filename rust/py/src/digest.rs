//! Digests of operations.

use std::collections::BTreeMap;

use pcmk_cib::digest;
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
