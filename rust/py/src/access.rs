//! Who may read and write what.

use pcmk_cib::acl::{Access, Permissions, Subject, unusable};
use pcmk_cib::{Error, Kind};
use pyo3::prelude::*;

use crate::cib::{Cib, run};

/// Someone to whom ACLs apply.
#[pyclass(frozen, module = "pcmk._core")]
pub(crate) struct CibUser(Subject);

#[pymethods]
impl CibUser {
    #[new]
    fn new(user: String, groups: Vec<String>, now: i64) -> CibUser {
        CibUser(Subject { user, groups, now })
    }

    fn view(&self, py: Python<'_>, cib: &Cib) -> PyResult<Cib> {
        run(py, || match self.permissions(cib) {
            None => Ok(Cib(cib.0.clone())),
            Some(permissions) => match permissions.visible(&cib.0) {
                Some(seen) => Ok(Cib(seen)),
                None => Err(Error::of(Kind::Denied)),
            },
        })
    }

    fn is_restricted(&self, py: Python<'_>, cib: &Cib) -> bool {
        py.detach(|| self.permissions(cib).is_some())
    }

    fn check(&self, py: Python<'_>, old: &Cib, new: &Cib) -> PyResult<()> {
        run(py, || match self.permissions(old) {
            None => Ok(()),
            Some(permissions) => permissions.check(&old.0, &new.0),
        })
    }

    fn access(&self, py: Python<'_>, cib: &Cib) -> Vec<&'static str> {
        let access = py.detach(|| Permissions::configured(&cib.0, &self.0).access(&cib.0));
        access.into_iter().map(word).collect()
    }
}

impl CibUser {
    /// What the user may do with a CIB; `None` if that has ACLs turned off.
    pub(crate) fn permissions(&self, cib: &Cib) -> Option<Permissions> {
        Permissions::of(&cib.0, &self.0)
    }
}

/// The permissions whose XPath can't be evaluated: ids and reasons.
#[pyfunction]
pub(crate) fn unusable_permissions(py: Python<'_>, cib: &Cib) -> Vec<(String, String)> {
    let found = py.detach(|| unusable(&cib.0));
    found
        .into_iter()
        .map(|found| (found.id, found.reason))
        .collect()
}

fn word(access: Access) -> &'static str {
    match access {
        Access { write: true, .. } => "writable",
        Access { read: true, .. } => "readable",
        Access { read: false, .. } => "denied",
    }
}
