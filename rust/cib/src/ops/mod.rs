//! The operations that change a CIB, and the query.
//!
//! An operation gives a new CIB with its version raised, and the patchset that leads to it. The version follows
//! from what changed: a change of the configuration raises `epoch` and sets `num_updates` to 0, any other
//! raises `num_updates`, and no change leaves all as it is. As in Pacemaker, replacing an element counts as a
//! change even by its like, and so does an upgrade that finds nothing to do.

mod edit;
mod merge;
mod query;

use std::sync::Arc;

use pcmk_xml::{Element, Node};

use crate::acl::Permissions;
use crate::diff::{self, diff};
use crate::error::{Error, Kind};
use crate::ids;
use crate::patchset::{self, Patchset};
use crate::tree::{MAX_DEPTH, without_text};
use crate::version::Version;

pub use query::{addresses, query};

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Add the input, which must not be there; the children of the input if it is the section itself.
    /// A whole CIB as input is merged as by `Modify`.
    Create,
    /// Merge the input into the first element with its name and id; with an XPath, into those it selects.
    Modify,
    /// Put the input in the place of the first element with its name (and id, if it has one). A whole CIB
    /// must not be older. With an XPath, remove what it selects and append the input to the parent.
    Replace,
    /// Remove the first element that has the name and all attributes of the input, or of each child of the
    /// input if that is the section itself; with an XPath, what it selects. Nothing there is no failure.
    Delete,
    /// Apply the input, a patchset.
    ApplyDiff,
    /// Remove all configuration and status, and raise `admin_epoch`.
    Erase,
    /// Raise `epoch`.
    Bump,
    /// Take over the input, which is the CIB after an upgrade of its schema. A newer schema raises
    /// `admin_epoch` and starts the other counters over.
    Upgrade,
}

/// Where to do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A section; `all` or the empty name is the whole CIB.
    Section(String),
    /// The elements that an XPath selects.
    XPath(String),
}

/// How to do it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `Modify` may add to the section what is not there.
    pub allow_create: bool,
    /// All elements that the XPath selects are meant, not the first alone.
    pub multiple: bool,
    /// Values such as `value++` and `value+=5` are counted up from the present value of the attribute
    /// whose name they begin with, when they are merged.
    pub score_update: bool,
    /// The version in the input of `Replace` is kept as it is.
    pub keep_version: bool,
    /// The digest that the input of `Replace` has to have.
    pub digest: Option<String>,
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What to do.
    pub operation: Operation,
    /// Where.
    pub scope: Scope,
    /// With what.
    pub input: Option<Arc<Element>>,
    /// How.
    pub options: Options,
}

/// Who changed the configuration, and when: noted on the root element. What is `None` is removed there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// The time, as text.
    pub written: String,
    /// The node.
    pub origin: Option<String>,
    /// The program.
    pub client: Option<String>,
    /// The user.
    pub user: Option<String>,
}

/// What an operation did.
#[derive(Clone, Debug)]
pub struct Change {
    /// The CIB afterwards.
    pub cib: Arc<Element>,
    /// What leads there, without a digest; `None` if nothing changed.
    pub patchset: Option<Patchset>,
    /// Whether the configuration changed.
    pub configuration: bool,
}

/// Reads the input of an operation.
///
/// # Errors
/// [`Kind::Corrupt`] for what is not well-formed.
pub fn parse_input(bytes: &[u8]) -> Result<Arc<Element>, Error> {
    pcmk_xml::parse(bytes).map_err(|error| Error::new(Kind::Corrupt, error.to_string()))
}

/// Carries out an operation.
///
/// # Errors
/// The kinds that [`Operation`] and [`Options`] imply; [`Kind::OldData`] for a version that would go down, and
/// [`Kind::Schema`] for an id that would be in use twice or elements nested too deep to be read again.
pub fn apply(
    cib: &Arc<Element>,
    request: &Request,
    author: Option<&Author>,
) -> Result<Change, Error> {
    apply_all(cib, std::slice::from_ref(request), author, None)
}

/// Carries out several operations, all or none, as far as somebody's permissions allow; without any, everything is
/// allowed. The version is raised once for all of them, whoever asks.
///
/// # Errors
/// That of the first operation that fails; [`Kind::Denied`] if the permissions do not allow all of what changed.
pub fn apply_all(
    cib: &Arc<Element>,
    requests: &[Request],
    author: Option<&Author>,
    permissions: Option<&Permissions>,
) -> Result<Change, Error> {
    let mut counts = Counts::IfDifferent;
    let mut keep_version = false;
    let mut edit = |cib: &Arc<Element>| -> Result<_, Error> {
        let mut new = Arc::clone(cib);
        for request in requests {
            let input = request.input.as_ref().map(without_text);
            let (changed, counts_as) = edit::carry_out(&new, request, input)?;
            new = changed;
            counts = counts.max(counts_as);
            keep_version |= request.options.keep_version;
        }
        Ok(new)
    };
    let new = match permissions {
        None => edit(cib)?,
        Some(permissions) => permissions.change(cib, edit)?,
    };
    finish(cib, new, counts, keep_version, author)
}

/// What an operation counts as, at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Counts {
    /// What it is: a change of the configuration, another one, or none.
    IfDifferent,
    /// An update, even if all is as before.
    Update,
    /// A change of the configuration, even if all is as before.
    Configuration,
}

fn finish(
    old: &Arc<Element>,
    mut new: Arc<Element>,
    counts: Counts,
    keep_version: bool,
    author: Option<&Author>,
) -> Result<Change, Error> {
    if *old == new && counts == Counts::IfDifferent {
        return Ok(Change {
            cib: Arc::clone(old),
            patchset: None,
            configuration: false,
        });
    }
    let configuration =
        counts == Counts::Configuration || old.child("configuration") != new.child("configuration");
    let root = Arc::make_mut(&mut new);
    let mut version = Version::of(root);
    if !keep_version {
        version = match configuration {
            true => Version {
                epoch: version.epoch.saturating_add(1),
                num_updates: 0,
                ..version
            },
            false => Version {
                num_updates: version.num_updates.saturating_add(1),
                ..version
            },
        };
        version.write(root);
    }
    let before = Version::of(old);
    if version < before || (version == before && !keep_version) {
        let detail = format!("the version would go from {before} to {version}");
        return Err(Error::new(Kind::OldData, detail));
    }
    if let Some(author) = author.filter(|_| configuration) {
        sign(root, author);
    }
    let patchset = diff(old, &new, diff::Options::default());
    if let Some(patchset) = patchset
        .as_ref()
        .filter(|_| configuration && has_schema(&new))
    {
        ids::check_unique(&new, patchset)?;
    }
    if patchset.as_ref().is_some_and(may_be_deep) && new.depth() > MAX_DEPTH {
        return Err(Error::new(
            Kind::Schema,
            "elements would be nested too deep",
        ));
    }
    Ok(Change {
        cib: new,
        patchset,
        configuration,
    })
}

/// Whether an element was added so far down that the depth has to be looked at.
fn may_be_deep(patchset: &Patchset) -> bool {
    patchset.changes.iter().any(|change| match change {
        patchset::Change::Create {
            path,
            node: Node::Element(element),
            ..
        } => path.matches('/').count() + element.depth() > MAX_DEPTH,
        _ => false,
    })
}

fn has_schema(cib: &Element) -> bool {
    cib.attr("validate-with")
        .is_some_and(|schema| schema != "none")
}

fn sign(root: &mut Element, author: &Author) {
    root.set_attr("cib-last-written", author.written.as_str());
    for (name, value) in [
        ("update-origin", &author.origin),
        ("update-client", &author.client),
        ("update-user", &author.user),
    ] {
        match value {
            Some(value) => root.set_attr(name, value.as_str()),
            None => drop(root.remove_attr(name)),
        }
    }
}
