//! Dates, durations and periods.

use pcmk_time::{DateStyle, Period};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

#[pyclass(frozen, module = "pcmk._core")]
pub(crate) struct DateTime(pcmk_time::DateTime);

#[pymethods]
impl DateTime {
    #[staticmethod]
    #[pyo3(signature = (text, now, offset = 0))]
    fn parse(text: &str, now: i64, offset: i32) -> PyResult<Self> {
        pcmk_time::parse(text, local(now, offset))
            .map(Self)
            .map_err(no_value)
    }

    #[staticmethod]
    #[pyo3(signature = (seconds, offset = 0))]
    fn from_epoch(seconds: i64, offset: i32) -> Self {
        Self(local(seconds, offset))
    }

    #[getter]
    fn epoch(&self) -> i64 {
        self.0.epoch()
    }

    #[getter]
    fn seconds(&self) -> i64 {
        self.0.seconds()
    }

    fn plus(&self, duration: &Duration) -> Self {
        Self(self.0.plus_duration(&duration.0))
    }

    #[pyo3(signature = (style = "calendar", *, own_offset = false))]
    fn text(&self, style: &str, own_offset: bool) -> PyResult<String> {
        let style = match style {
            "calendar" => DateStyle::Calendar,
            "ordinal" => DateStyle::Ordinal,
            "week" => DateStyle::Week,
            other => return Err(no_value(format!("{other:?} is no style of dates"))),
        };
        Ok(self.0.to_text(style, own_offset))
    }
}

#[pyclass(frozen, module = "pcmk._core")]
pub(crate) struct Duration(pcmk_time::Duration);

#[pymethods]
impl Duration {
    #[staticmethod]
    fn parse(text: &str) -> PyResult<Self> {
        pcmk_time::Duration::parse(text).map(Self).map_err(no_value)
    }

    #[getter]
    fn total_seconds(&self) -> i64 {
        self.0.total_seconds()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }
}

#[pyfunction]
#[pyo3(signature = (text, now, offset = 0))]
pub(crate) fn parse_period(text: &str, now: i64, offset: i32) -> PyResult<(DateTime, DateTime)> {
    let period = Period::parse(text, local(now, offset)).map_err(no_value)?;
    Ok((DateTime(period.start), DateTime(period.end)))
}

fn local(now: i64, offset: i32) -> pcmk_time::DateTime {
    pcmk_time::DateTime::from_epoch(now, offset)
}

fn no_value(error: impl ToString) -> PyErr {
    PyValueError::new_err(error.to_string())
}
