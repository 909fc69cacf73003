//! Calls to daemons of the same node.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pcmk_call::{Call, Error};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Some thirty years; nobody waits longer.
const LONGEST: f64 = 1e9;

/// A connection to a server behind a Unix socket.
#[pyclass(frozen, module = "pcmk._core")]
pub(crate) struct Caller(Mutex<pcmk_call::Caller>);

#[pymethods]
impl Caller {
    #[new]
    fn new(socket: PathBuf, details: String, limit: usize) -> PyResult<Caller> {
        Ok(Caller(Mutex::new(pcmk_call::Caller::new(
            socket, details, limit,
        )?)))
    }

    #[getter]
    fn file(&self) -> Option<i32> {
        self.locked().file()
    }

    fn look_after(&self, py: Python<'_>) {
        py.detach(|| self.locked().look_after());
    }

    fn call<'py>(
        &self,
        py: Python<'py>,
        path: &str,
        body: &[u8],
        metadata: Vec<(String, String)>,
        timeout: f64,
    ) -> PyResult<(u32, Bound<'py, PyBytes>, String)> {
        let patience = Duration::from_secs_f64(timeout.clamp(0.0, LONGEST));
        let call = Call {
            path,
            metadata: &metadata,
            body,
            patience,
        };
        let result = py.detach(|| {
            self.locked()
                .call(call, || Python::attach(|py| py.check_signals()))
        });
        match result {
            Ok(answer) => Ok((0, PyBytes::new(py, &answer), String::new())),
            Err(Error::Status(status)) => Ok((
                status.code,
                PyBytes::new(py, &status.details),
                status.message,
            )),
            Err(Error::Request(error)) => Err(PyValueError::new_err(error.to_string())),
            Err(Error::Interrupted(error)) => Err(error),
        }
    }
}

impl Caller {
    fn locked(&self) -> MutexGuard<'_, pcmk_call::Caller> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
