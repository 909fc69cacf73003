//! Patchsets as documents.

use pcmk_xml::Element;

use super::{AttrEdit, Change, Patchset};
use crate::error::{Error, Kind};
use crate::version::Version;

/// What ends the path of a comment.
const COMMENT: &str = "/comment";

impl Patchset {
    /// The patchset as a `diff` element.
    pub fn to_xml(&self) -> Element {
        let mut diff = Element::new("diff").with_attr("format", "2");
        if let Some(digest) = &self.digest {
            diff.set_attr("digest", digest.as_str());
        }
        if let Some((source, target)) = self.versions {
            let mut ends = [Element::new("source"), Element::new("target")];
            source.write(&mut ends[0]);
            target.write(&mut ends[1]);
            diff.push_child(Element::new("version").with_children(ends));
        }
        diff.with_children(self.changes.iter().map(change_to_xml))
    }

    /// Reads a patchset.
    ///
    /// # Errors
    /// [`Kind::DiffFailed`] for what is no document, else as [`Patchset::from_xml`].
    pub fn parse(bytes: &[u8]) -> Result<Patchset, Error> {
        let diff = pcmk_xml::parse(bytes)
            .map_err(|error| Error::new(Kind::DiffFailed, error.to_string()))?;
        Patchset::from_xml(&diff)
    }

    /// Reads a `diff` element.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for another format or incomplete versions, [`Kind::DiffFailed`] for a change
    /// that cannot be understood.
    pub fn from_xml(diff: &Element) -> Result<Patchset, Error> {
        if diff.attr("format") != Some("2") {
            let format = diff.attr("format").unwrap_or("none");
            return Err(Error::new(
                Kind::Invalid,
                format!("patchset format '{format}' is not known"),
            ));
        }
        let versions = diff
            .child("version")
            .map(|version| versions(version))
            .transpose()?;
        let changes = diff
            .children_named("change")
            .map(|change| change_from_xml(change))
            .collect::<Result<_, _>>()?;
        Ok(Patchset {
            versions: versions.flatten(),
            digest: diff.attr("digest").map(str::to_owned),
            changes,
        })
    }
}

fn change_to_xml(change: &Change) -> Element {
    let element = |operation: &str, path: &str| {
        Element::new("change")
            .with_attr("operation", operation)
            .with_attr("path", path)
    };
    match change {
        Change::Delete { path } => element("delete", path),
        Change::DeleteComment { path, position } => element("delete", &format!("{path}{COMMENT}"))
            .with_attr("position", position.to_string()),
        Change::Move { path, position } => {
            element("move", path).with_attr("position", position.to_string())
        }
        Change::Create {
            path,
            position,
            node,
        } => {
            let mut change = element("create", path).with_attr("position", position.to_string());
            change.set_nodes([node.clone()]);
            change
        }
        Change::Modify {
            path,
            edits,
            result,
        } => element("modify", path)
            .with_child(Element::new("change-list").with_children(edits.iter().map(edit_to_xml)))
            .with_child(Element::new("change-result").with_child(result.clone())),
    }
}

fn edit_to_xml(edit: &AttrEdit) -> Element {
    let element = |name: &str, operation: &str| {
        Element::new("change-attr")
            .with_attr("name", name)
            .with_attr("operation", operation)
    };
    match edit {
        AttrEdit::Set { name, value } => element(name, "set").with_attr("value", &**value),
        AttrEdit::Unset { name } => element(name, "unset"),
    }
}

/// The two versions; none if one is missing, as crm_diff without versions leaves it.
fn versions(version: &Element) -> Result<Option<(Version, Version)>, Error> {
    let end = |name: &str| {
        let Some(element) = version.child(name) else {
            return Ok(None);
        };
        match Version::exact(element) {
            Some(version) => Ok(Some(version)),
            None => Err(Error::new(
                Kind::Invalid,
                format!("the {name} version is incomplete"),
            )),
        }
    };
    Ok(end("source")?.zip(end("target")?))
}

fn change_from_xml(change: &Element) -> Result<Change, Error> {
    let fail = |reason: &str| Error::new(Kind::DiffFailed, format!("a change {reason}"));
    let attr = |name: &str| {
        change
            .attr(name)
            .ok_or_else(|| fail(&format!("has no {name}")))
    };
    let path = attr("path")?.to_owned();
    let position = || {
        attr("position")?
            .parse()
            .map_err(|_| fail("has no valid position"))
    };
    match attr("operation")? {
        // Of elements only the path counts.
        "delete" => match path.strip_suffix(COMMENT) {
            Some(parent) if change.attr("position").is_some() => Ok(Change::DeleteComment {
                path: parent.to_owned(),
                position: position()?,
            }),
            _ => Ok(Change::Delete { path }),
        },
        "move" => Ok(Change::Move {
            path,
            position: position()?,
        }),
        "create" => Ok(Change::Create {
            path,
            position: position()?,
            node: change
                .nodes()
                .into_iter()
                .next()
                .ok_or_else(|| fail("creates nothing"))?,
        }),
        "modify" => {
            let result = change
                .child("change-result")
                .and_then(|result| result.children().first());
            let edits = change
                .child("change-list")
                .map_or(&[][..], |list| list.children());
            Ok(Change::Modify {
                path,
                edits: edits
                    .iter()
                    .filter_map(|edit| edit_from_xml(edit))
                    .collect(),
                result: result
                    .map(|result| Element::clone(result))
                    .ok_or_else(|| fail("has no result"))?,
            })
        }
        other => Err(fail(&format!("has the unknown operation '{other}'"))),
    }
}

fn edit_from_xml(edit: &Element) -> Option<AttrEdit> {
    let name = edit.attr("name")?.into();
    match edit.attr("operation")? {
        "set" => Some(AttrEdit::Set {
            name,
            value: edit.attr("value")?.into(),
        }),
        "unset" => Some(AttrEdit::Unset { name }),
        _ => None,
    }
}
