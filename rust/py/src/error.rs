//! Errors as the exceptions of `pcmk.kernel.errors`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

static CIB_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// A `CibError` with the exit code that commands report.
pub(crate) fn cib_error(py: Python<'_>, error: &pcmk_cib::Error) -> PyErr {
    let raised = CIB_ERROR
        .import(py, "pcmk.kernel.errors", "CibError")
        .and_then(|class| class.call1((error.kind.exit_code(), error.to_string())));
    match raised {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}
