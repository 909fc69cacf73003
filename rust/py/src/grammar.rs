//! Languages, and what in a CIB is not of them.

use std::sync::{Arc, Mutex, PoisonError};

use pcmk_xml::Element;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A language in which CIBs are written.
#[pyclass(frozen, module = "pcmk._core")]
pub(crate) struct Grammar(Mutex<pcmk_cib::grammar::Grammar>);

#[pymethods]
impl Grammar {
    #[new]
    fn new(py: Python<'_>, text: &str) -> PyResult<Grammar> {
        let read = py.detach(|| pcmk_cib::grammar::Grammar::read(text));
        read.map(|grammar| Grammar(Mutex::new(grammar)))
            .map_err(|error| PyValueError::new_err(error.to_string()))
    }
}

impl Grammar {
    /// What in a CIB is not of the language: number, name and reason of each element.
    pub(crate) fn problems(&self, cib: &Arc<Element>) -> Vec<(usize, String, String)> {
        // What was worked out before a panic is still right.
        let mut grammar = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = grammar.problems(cib).into_iter();
        found.map(|one| (one.at, one.element, one.reason)).collect()
    }
}
