//! What each operation does to the tree, without regard to versions.

use std::sync::Arc;

use pcmk_xml::{Element, Identity, Node, edit_at, find_called, find_path, get_at};

use super::merge::merged;
use super::query::{nothing_at, select};
use super::{Counts, Operation, Options, Request, Scope};
use crate::digest;
use crate::error::{Error, Kind};
use crate::patchset::Patchset;
use crate::section::{find_section, way_to};
use crate::tree::empty_sections;
use crate::version::Version;

type Tree = Arc<Element>;

/// The tree after the operation, and what that counts as. The input is that of the request, without text.
pub(super) fn carry_out(
    cib: &Tree,
    request: &Request,
    input: Option<Tree>,
) -> Result<(Tree, Counts), Error> {
    let options = &request.options;
    let needed = || input.clone().ok_or_else(|| invalid("there is no input"));
    let tree = match (request.operation, &request.scope) {
        (Operation::Erase, _) => erase(cib),
        (Operation::Bump, _) => bump(cib),
        (Operation::ApplyDiff, _) => Patchset::from_xml(&*needed()?)?.apply(cib)?,
        (Operation::Upgrade, _) => return Ok((upgrade(cib, &needed()?), Counts::Update)),
        (Operation::Create, Scope::XPath(_)) => {
            return Err(invalid("an element is created in a section"));
        }
        (Operation::Create, Scope::Section(section)) => {
            create(cib, section, &part(needed()?, section)?, options)?
        }
        (Operation::Modify, Scope::XPath(xpath)) => {
            modify_selected(cib, xpath, &*needed()?, options)?
        }
        (Operation::Modify, Scope::Section(section)) => {
            modify(cib, section, &part(needed()?, section)?, options)?
        }
        (Operation::Delete, Scope::XPath(xpath)) => delete_selected(cib, xpath, options)?,
        (Operation::Delete, Scope::Section(section)) => {
            delete(cib, section, &part(needed()?, section)?)?
        }
        (Operation::Replace, Scope::XPath(xpath)) => {
            return replace_selected(cib, xpath, needed()?, options);
        }
        (Operation::Replace, Scope::Section(section)) => {
            return replace(cib, section, part(needed()?, section)?, options);
        }
    };
    Ok((tree, Counts::IfDifferent))
}

fn invalid(detail: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, detail)
}

/// Of a whole CIB as input, the part that the section names.
fn part(input: Tree, section: &str) -> Result<Tree, Error> {
    if input.name() != "cib" || section.is_empty() {
        return Ok(input);
    }
    find_section(&input, section)
        .and_then(|path| get_at(&input, &path).cloned())
        .ok_or_else(|| invalid(format!("the input has no section '{section}'")))
}

fn needed_section(cib: &Element, section: &str) -> Result<Vec<usize>, Error> {
    find_section(cib, section).ok_or_else(|| invalid(format!("there is no section '{section}'")))
}

fn edited<R>(cib: &Tree, path: &[usize], edit: impl FnOnce(&mut Element) -> R) -> Tree {
    let mut tree = Arc::clone(cib);
    edit_at(&mut tree, path, edit);
    tree
}

fn create(cib: &Tree, section: &str, input: &Tree, options: &Options) -> Result<Tree, Error> {
    if input.name() == "cib" || section.eq_ignore_ascii_case("all") || section == "cib" {
        return modify(cib, section, input, options);
    }
    let place = needed_section(cib, section)?;
    let mut tree = Arc::clone(cib);
    let objects = match input.name() == section {
        true => input.children(),
        false => std::slice::from_ref(input),
    };
    for object in objects {
        let there = |child: &Tree| {
            child.name() == object.name() && object.id().is_none_or(|id| child.id() == Some(id))
        };
        let siblings = get_at(&tree, &place).map_or(&[][..], |section| section.children());
        if siblings.iter().any(there) {
            let id = object.id().map(|id| format!(" '{id}'")).unwrap_or_default();
            return Err(Error::new(
                Kind::Exists,
                format!("the {}{id} is there already", object.name()),
            ));
        }
        edit_at(&mut tree, &place, |section| {
            section.push_child(Arc::clone(object))
        });
    }
    Ok(tree)
}

fn modify(cib: &Tree, section: &str, input: &Tree, options: &Options) -> Result<Tree, Error> {
    let with_section = with_section(cib, section)?;
    let place = needed_section(&with_section, section)?;
    if let Some(tree) = merge_within(&with_section, &place, input, options) {
        return Ok(tree);
    }
    match options.allow_create {
        true => Ok(edited(&with_section, &place, |section| {
            section.push_child(Arc::clone(input))
        })),
        false => {
            let id = input.id().map(|id| format!(" '{id}'")).unwrap_or_default();
            Err(Error::new(
                Kind::NotFound,
                format!("there is no {}{id}", input.name()),
            ))
        }
    }
}

/// The tree with the section, which is added if its parent is there.
fn with_section(cib: &Tree, section: &str) -> Result<Tree, Error> {
    let way = way_to(section).ok_or_else(|| invalid(format!("there is no section '{section}'")))?;
    let Some((name, parents)) = way
        .split_last()
        .filter(|_| find_section(cib, section).is_none())
    else {
        return Ok(Arc::clone(cib));
    };
    let parent = parents.last().copied().unwrap_or_default();
    let place = needed_section(cib, parent)?;
    Ok(edited(cib, &place, |parent| {
        parent.push_child(Element::new(*name))
    }))
}

/// The tree with the input merged into the first element, at the path or below it, with its name and id (or
/// also none); `None` if there is no such element.
fn merge_within(cib: &Tree, at: &[usize], input: &Element, options: &Options) -> Option<Tree> {
    let within = get_at(cib, at)?;
    let below = find_called(within, Identity::of(input))?;
    let path = [at, &below].concat();
    let merged = merged(get_at(cib, &path)?, input, options.score_update);
    Some(match merged {
        Some(merged) => edited(cib, &path, |element| *element = merged),
        None => Arc::clone(cib),
    })
}

fn modify_selected(
    cib: &Tree,
    xpath: &str,
    input: &Element,
    options: &Options,
) -> Result<Tree, Error> {
    let mut tree = Arc::clone(cib);
    let selected = select(cib, xpath)?;
    if selected.is_empty() {
        return Err(nothing_at(xpath));
    }
    for path in selected {
        tree = merge_within(&tree, &path, input, options).ok_or_else(|| {
            let detail = format!("what matches '{xpath}' has no such {}", input.name());
            Error::new(Kind::NotFound, detail)
        })?;
        if !options.multiple {
            break;
        }
    }
    Ok(tree)
}

fn replace(
    cib: &Tree,
    section: &str,
    input: Tree,
    options: &Options,
) -> Result<(Tree, Counts), Error> {
    if input.name() == "cib" {
        return Ok((replace_whole(cib, input, options)?, Counts::IfDifferent));
    }
    let place = match input.name() == section {
        true => Vec::new(),
        false => needed_section(cib, section)?,
    };
    let within = get_at(cib, &place).unwrap_or(cib);
    let wanted = |element: &Element| {
        element.name() == input.name() && input.id().is_none_or(|id| element.id() == Some(id))
    };
    let Some(below) = find_below(within, wanted) else {
        let detail = format!("there is no {} to replace", input.name());
        return Err(Error::new(Kind::NotFound, detail));
    };
    let path = [place, below].concat();
    let tree = edited(cib, &path, |element| *element = Element::clone(&input));
    Ok((tree, replacement_at(cib, &path)))
}

/// What a replacement counts as.
fn replacement_at(cib: &Tree, path: &[usize]) -> Counts {
    let top = path.first().and_then(|index| cib.children().get(*index));
    match top.is_some_and(|top| top.name() == "configuration") {
        true => Counts::Configuration,
        false => Counts::Update,
    }
}

/// The path of the first element below another one, itself excluded.
fn find_below(within: &Tree, wanted: impl Fn(&Element) -> bool) -> Option<Vec<usize>> {
    let itself: *const Element = Arc::as_ptr(within);
    find_path(within, |element| {
        !std::ptr::eq(element, itself) && wanted(element)
    })
}

fn replace_whole(cib: &Tree, input: Tree, options: &Options) -> Result<Tree, Error> {
    if input.name() != "cib" {
        return Err(invalid(format!(
            "a CIB cannot be replaced by a {}",
            input.name()
        )));
    }
    if let Some(expected) = &options.digest
        && !expected.eq_ignore_ascii_case(&digest::of_tree(&input))
    {
        return Err(Error::new(
            Kind::DigestMismatch,
            "the CIB is not the one that was sent",
        ));
    }
    let (have, given) = (Version::of(cib), Version::of(&input));
    if given < have {
        return Err(Error::new(
            Kind::OldData,
            format!("{given} is older than {have}"),
        ));
    }
    Ok(input)
}

fn replace_selected(
    cib: &Tree,
    xpath: &str,
    input: Tree,
    options: &Options,
) -> Result<(Tree, Counts), Error> {
    let mut selected = select(cib, xpath)?;
    if selected.is_empty() {
        return Err(nothing_at(xpath));
    }
    if selected.iter().any(Vec::is_empty) {
        return Ok((replace_whole(cib, input, options)?, Counts::IfDifferent));
    }
    if !options.multiple {
        selected.truncate(1);
    }
    let mut tree = Arc::clone(cib);
    let mut counts = Counts::IfDifferent;
    // From the last to the first, so that the paths still to come stay right.
    for path in selected.iter().rev() {
        counts = counts.max(replacement_at(cib, path));
        if let Some((index, parent)) = path.split_last() {
            edit_at(&mut tree, parent, |parent| {
                parent.remove_child(*index);
                parent.push_child(Arc::clone(&input));
            });
        }
    }
    Ok((tree, counts))
}

fn delete(cib: &Tree, section: &str, input: &Tree) -> Result<Tree, Error> {
    let Some(place) = find_section(cib, section) else {
        return Ok(Arc::clone(cib));
    };
    let patterns = match input.name() == section {
        true => input.children(),
        false => std::slice::from_ref(input),
    };
    let mut tree = Arc::clone(cib);
    for pattern in patterns {
        let within = get_at(&tree, &place).unwrap_or(&tree);
        if let Some(below) = find_below(within, |element| fits(element, pattern)) {
            remove(&mut tree, &[&place[..], &below].concat());
        }
    }
    Ok(tree)
}

/// Whether an element has the name and all attributes of a pattern; values are compared without regard to case.
fn fits(element: &Element, pattern: &Element) -> bool {
    let has = |(name, value): (&str, &str)| {
        element
            .attr(name)
            .is_some_and(|have| have.eq_ignore_ascii_case(value))
    };
    element.name() == pattern.name() && pattern.attrs().all(has)
}

fn remove(tree: &mut Tree, path: &[usize]) {
    if let Some((index, parent)) = path.split_last() {
        edit_at(tree, parent, |parent| parent.remove_child(*index));
    }
}

fn delete_selected(cib: &Tree, xpath: &str, options: &Options) -> Result<Tree, Error> {
    let mut selected = select(cib, xpath)?;
    if !options.multiple {
        selected.truncate(1);
    }
    if selected.iter().any(Vec::is_empty) {
        return Err(invalid(format!(
            "the XPath '{xpath}' matches the whole CIB"
        )));
    }
    let mut tree = Arc::clone(cib);
    for path in selected.iter().rev() {
        remove(&mut tree, path);
    }
    Ok(tree)
}

fn erase(cib: &Tree) -> Tree {
    edited(cib, &[], |root| {
        root.set_nodes(empty_sections().map(Arc::new).map(Node::Element));
        let version = Version::of(root);
        let raised = version.admin_epoch.saturating_add(1);
        root.set_attr("admin_epoch", raised.to_string());
    })
}

fn bump(cib: &Tree) -> Tree {
    edited(cib, &[], |root| {
        let raised = Version::of(root).epoch.saturating_add(1);
        root.set_attr("epoch", raised.to_string());
    })
}

fn upgrade(cib: &Tree, input: &Tree) -> Tree {
    if schema(input) <= schema(cib) {
        return Arc::clone(input);
    }
    edited(input, &[], |root| {
        let version = Version {
            admin_epoch: Version::of(cib).admin_epoch.saturating_add(1),
            epoch: 1,
            num_updates: 1,
        };
        version.write(root);
    })
}

/// The numbers in the name of the schema, `pacemaker-MAJOR.MINOR`, to compare.
fn schema(cib: &Element) -> Option<(u32, u32)> {
    let (major, minor) = cib
        .attr("validate-with")?
        .strip_prefix("pacemaker-")?
        .split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
