//! Read-only elements.

use std::sync::Arc;

use pcmk_xml::xpath::XPath;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::PyDict;

/// An element of a tree.
#[pyclass(frozen, module = "pcmk._core")]
pub(crate) struct Element(pub(crate) Arc<pcmk_xml::Element>);

#[pymethods]
impl Element {
    #[staticmethod]
    fn parse(py: Python<'_>, data: Document) -> PyResult<Element> {
        let bytes = data.bytes();
        py.detach(|| pcmk_xml::parse(bytes))
            .map(Element)
            .map_err(|error| PyValueError::new_err(error.to_string()))
    }

    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    #[getter]
    fn text(&self) -> &str {
        self.0.text()
    }

    #[getter]
    fn comments(&self) -> Vec<&str> {
        self.0.comments().iter().map(|(_, text)| &**text).collect()
    }

    #[getter]
    fn attrib<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let attributes = PyDict::new(py);
        for (name, value) in self.0.attrs() {
            attributes.set_item(name, value)?;
        }
        Ok(attributes)
    }

    #[getter]
    fn children(&self) -> Vec<Element> {
        self.0
            .children()
            .iter()
            .map(Arc::clone)
            .map(Element)
            .collect()
    }

    #[pyo3(signature = (name, default=None))]
    fn get<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        default: Option<Bound<'py, PyAny>>,
    ) -> Option<Bound<'py, PyAny>> {
        match self.0.attr(name) {
            Some(value) => Some(pyo3::types::PyString::new(py, value).into_any()),
            None => default,
        }
    }

    fn child(&self, name: &str) -> Option<Element> {
        self.0.child(name).map(Arc::clone).map(Element)
    }

    fn find(&self, py: Python<'_>, xpath: &str) -> PyResult<Vec<Element>> {
        find(py, &self.0, xpath)
    }

    #[pyo3(signature = (*, pretty=false))]
    fn to_xml(&self, py: Python<'_>, pretty: bool) -> String {
        to_xml(py, &self.0, pretty)
    }

    fn __eq__(&self, other: &Element) -> bool {
        self.0 == other.0
    }

    fn __repr__(&self) -> String {
        match self.0.id() {
            Some(id) => format!("<Element {} id={id:?}>", self.0.name()),
            None => format!("<Element {}>", self.0.name()),
        }
    }
}

/// A document as Python has it.
#[derive(FromPyObject)]
pub(crate) enum Document {
    #[pyo3(transparent)]
    Text(PyBackedStr),
    #[pyo3(transparent)]
    Bytes(PyBackedBytes),
}

impl Document {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Document::Text(text) => text.as_bytes(),
            Document::Bytes(bytes) => bytes,
        }
    }
}

pub(crate) fn to_xml(py: Python<'_>, element: &pcmk_xml::Element, pretty: bool) -> String {
    py.detach(|| match pretty {
        true => pcmk_xml::write_pretty(element),
        false => pcmk_xml::write(element),
    })
}

/// The elements that an XPath selects.
pub(crate) fn find(
    py: Python<'_>,
    root: &Arc<pcmk_xml::Element>,
    xpath: &str,
) -> PyResult<Vec<Element>> {
    let found = py.detach(|| {
        let paths = XPath::parse(xpath)?.select(root)?;
        Ok(paths
            .iter()
            .filter_map(|path| pcmk_xml::get_at(root, path))
            .map(Arc::clone)
            .map(Element)
            .collect())
    });
    found.map_err(|error: pcmk_xml::xpath::XPathError| PyValueError::new_err(error.to_string()))
}
