//! CIBs and what is done to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use pcmk_cib::ops::{self, Author, Operation, Options, Scope};
use pcmk_cib::upgrade::{self, Step};
use pcmk_cib::{Error, Patchset, Version, diff, digest};
use pcmk_xml::write;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::access::CibUser;
use crate::element::{self, Document, Element};
use crate::error::cib_error;
use crate::grammar::Grammar;

/// A CIB: a value, cheap to hold and to share.
#[pyclass(frozen, module = "pcmk._core")]
pub(crate) struct Cib(pub(crate) Arc<pcmk_xml::Element>);

#[pymethods]
impl Cib {
    #[staticmethod]
    fn parse(py: Python<'_>, data: Document) -> PyResult<Cib> {
        let bytes = data.bytes();
        run(py, || pcmk_cib::parse(bytes)).map(Cib)
    }

    #[staticmethod]
    fn empty(schema: &str, feature_set: &str) -> Cib {
        Cib(pcmk_cib::empty(schema, feature_set))
    }

    #[getter]
    fn root(&self) -> Element {
        Element(Arc::clone(&self.0))
    }

    #[getter]
    fn version(&self) -> (u32, u32, u32) {
        let version = Version::of(&self.0);
        (version.admin_epoch, version.epoch, version.num_updates)
    }

    #[pyo3(signature = (*, pretty=false))]
    fn to_xml(&self, py: Python<'_>, pretty: bool) -> String {
        element::to_xml(py, &self.0, pretty)
    }

    #[getter]
    fn fingerprint(&self, py: Python<'_>) -> String {
        py.detach(|| format!("{:016x}", self.0.fingerprint()))
    }

    fn digest(&self, py: Python<'_>) -> String {
        py.detach(|| digest::of_tree(&self.0))
    }

    fn on_disk_digest(&self, py: Python<'_>) -> String {
        py.detach(|| digest::on_disk(&self.0))
    }

    #[pyo3(signature = (section="", *, xpath="", no_children=false, pretty=false))]
    fn query(
        &self,
        py: Python<'_>,
        section: &str,
        xpath: &str,
        no_children: bool,
        pretty: bool,
    ) -> PyResult<Vec<String>> {
        let scope = scope(section, xpath);
        let found = run(py, || ops::query(&self.0, &scope, no_children))?;
        Ok(found
            .iter()
            .map(|found| element::to_xml(py, found, pretty))
            .collect())
    }

    fn only(&self, section: &str) -> PyResult<Cib> {
        let narrow = pcmk_cib::only(&self.0, section);
        let unknown = || PyValueError::new_err(format!("'{section}' is no section"));
        narrow.map(Cib).ok_or_else(unknown)
    }

    fn without_history(&self) -> Cib {
        Cib(pcmk_cib::without_history(&self.0))
    }

    fn find(&self, py: Python<'_>, xpath: &str) -> PyResult<Vec<Element>> {
        element::find(py, &self.0, xpath)
    }

    fn addresses(&self, py: Python<'_>, xpath: &str) -> PyResult<Vec<String>> {
        run(py, || ops::addresses(&self.0, xpath))
    }

    fn check_feature_set(&self, py: Python<'_>, own: &str) -> PyResult<()> {
        run(py, || pcmk_cib::check_feature_set(&self.0, own))
    }

    #[pyo3(signature = (
        operation, section="", *, xpath="", input_xml="", allow_create=false, multiple=false, score_update=false,
        keep_version=false, digest=None, written=None, origin=None, client=None, user=None,
    ))]
    #[allow(clippy::too_many_arguments)]
    fn apply(
        &self,
        py: Python<'_>,
        operation: &str,
        section: &str,
        xpath: &str,
        input_xml: &str,
        allow_create: bool,
        multiple: bool,
        score_update: bool,
        keep_version: bool,
        digest: Option<String>,
        written: Option<String>,
        origin: Option<String>,
        client: Option<String>,
        user: Option<String>,
    ) -> PyResult<(Cib, String)> {
        let options = Options {
            allow_create,
            multiple,
            score_update,
            keep_version,
            digest,
        };
        let request = CibRequest::from_parts(py, operation, section, xpath, input_xml, options)?;
        let author = author(written, origin, client, user);
        self.change(py, &[request.0], author, None)
    }

    #[pyo3(signature = (requests, *, written=None, origin=None, client=None, user=None, acting=None))]
    #[allow(clippy::too_many_arguments)]
    fn apply_all(
        &self,
        py: Python<'_>,
        requests: Vec<PyRef<'_, CibRequest>>,
        written: Option<String>,
        origin: Option<String>,
        client: Option<String>,
        user: Option<String>,
        acting: Option<&CibUser>,
    ) -> PyResult<(Cib, String)> {
        let requests: Vec<_> = requests.iter().map(|request| request.0.clone()).collect();
        let author = author(written, origin, client, user);
        self.change(py, &requests, author, acting)
    }

    #[pyo3(signature = (patchset, *, check_version=true))]
    fn apply_patchset(
        &self,
        py: Python<'_>,
        patchset: Document,
        check_version: bool,
    ) -> PyResult<Cib> {
        let bytes = patchset.bytes();
        let changed = run(py, || {
            let patchset = Patchset::parse(bytes)?;
            match check_version {
                true => patchset.apply(&self.0),
                false => patchset.apply_anyway(&self.0),
            }
        });
        changed.map(Cib)
    }

    #[pyo3(signature = (new, *, digest=false, versions=true, ignore_attribute_order=false))]
    fn diff(
        &self,
        py: Python<'_>,
        new: &Cib,
        digest: bool,
        versions: bool,
        ignore_attribute_order: bool,
    ) -> String {
        let options = diff::Options {
            ignore_attribute_order,
        };
        py.detach(|| {
            let patchset = pcmk_cib::diff(&self.0, &new.0, options);
            let Some(mut patchset) = patchset else {
                return String::new();
            };
            if digest {
                patchset = patchset.with_digest(&new.0);
            }
            if !versions {
                patchset.versions = None;
            }
            write(&patchset.to_xml())
        })
    }

    fn in_spelling_of(&self, py: Python<'_>, major: u32) -> PyResult<(Cib, Vec<String>)> {
        let step = match major {
            2 => Step::To2,
            3 => Step::To3,
            4 => Step::To4,
            _ => {
                return Err(PyValueError::new_err(format!(
                    "no schema {major}.0 to upgrade to"
                )));
            }
        };
        let upgraded = py.detach(|| upgrade::step(&self.0, step));
        Ok((Cib(upgraded.cib), upgraded.notes))
    }

    fn problems(
        &self,
        py: Python<'_>,
        grammar: PyRef<'_, Grammar>,
    ) -> Vec<(usize, String, String)> {
        let grammar = &*grammar;
        py.detach(|| grammar.problems(&self.0))
    }

    fn alike_to_schema(&self, py: Python<'_>, other: &Cib) -> bool {
        py.detach(|| pcmk_cib::alike_to_schema(&self.0, &other.0))
    }

    fn with_attrs(&self, attributes: BTreeMap<String, Option<String>>) -> Cib {
        let mut root = Arc::clone(&self.0);
        for (name, value) in attributes {
            let root = Arc::make_mut(&mut root);
            match value {
                Some(value) => root.set_attr(name, value),
                None => drop(root.remove_attr(&name)),
            }
        }
        Cib(root)
    }

    fn __eq__(&self, py: Python<'_>, other: &Cib) -> bool {
        py.detach(|| self.0 == other.0)
    }

    fn __repr__(&self) -> String {
        format!("<Cib {}>", Version::of(&self.0))
    }
}

impl Cib {
    fn change(
        &self,
        py: Python<'_>,
        requests: &[ops::Request],
        author: Option<Author>,
        acting: Option<&CibUser>,
    ) -> PyResult<(Cib, String)> {
        run(py, || {
            let permissions = acting.and_then(|user| user.permissions(self));
            let change = ops::apply_all(&self.0, requests, author.as_ref(), permissions.as_ref())?;
            let patchset = change.patchset.map(|patchset| write(&patchset.to_xml()));
            Ok((Cib(change.cib), patchset.unwrap_or_default()))
        })
    }
}

/// One of several operations that take effect together.
#[pyclass(frozen, module = "pcmk._core")]
pub(crate) struct CibRequest(ops::Request);

#[pymethods]
impl CibRequest {
    #[new]
    #[pyo3(signature = (
        operation, section="", *, xpath="", input_xml="", allow_create=false, multiple=false, score_update=false,
        keep_version=false, digest=None,
    ))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python<'_>,
        operation: &str,
        section: &str,
        xpath: &str,
        input_xml: &str,
        allow_create: bool,
        multiple: bool,
        score_update: bool,
        keep_version: bool,
        digest: Option<String>,
    ) -> PyResult<CibRequest> {
        let options = Options {
            allow_create,
            multiple,
            score_update,
            keep_version,
            digest,
        };
        CibRequest::from_parts(py, operation, section, xpath, input_xml, options)
    }
}

impl CibRequest {
    fn from_parts(
        py: Python<'_>,
        operation: &str,
        section: &str,
        xpath: &str,
        input_xml: &str,
        options: Options,
    ) -> PyResult<CibRequest> {
        let operation = match operation {
            "create" => Operation::Create,
            "modify" => Operation::Modify,
            "replace" => Operation::Replace,
            "delete" => Operation::Delete,
            "apply_diff" => Operation::ApplyDiff,
            "erase" => Operation::Erase,
            "bump" => Operation::Bump,
            "upgrade" => Operation::Upgrade,
            other => {
                return Err(PyValueError::new_err(format!(
                    "'{other}' is no CIB operation"
                )));
            }
        };
        let input = match input_xml {
            "" => None,
            text => Some(run(py, || ops::parse_input(text.as_bytes()))?),
        };
        Ok(CibRequest(ops::Request {
            operation,
            scope: scope(section, xpath),
            input,
            options,
        }))
    }
}

fn scope(section: &str, xpath: &str) -> Scope {
    match xpath {
        "" => Scope::Section(section.to_owned()),
        xpath => Scope::XPath(xpath.to_owned()),
    }
}

fn author(
    written: Option<String>,
    origin: Option<String>,
    client: Option<String>,
    user: Option<String>,
) -> Option<Author> {
    written.map(|written| Author {
        written,
        origin,
        client,
        user,
    })
}

/// Runs without the interpreter's lock.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> PyResult<T> {
    py.detach(work).map_err(|error| cib_error(py, &error))
}
