//! The permissions of one user, read from a CIB.

use std::sync::Arc;

use pcmk_base::{Diagnostics, parse_bool};
use pcmk_rules::{Findings, IdIndex, NameValues, RuleInput, merge_blocks};
use pcmk_time::DateTime;
use pcmk_xml::Element;
use pcmk_xml::xpath::XPath;

/// Someone to whom ACLs apply. That they don't apply to some users at all is for callers to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The user's name, which targets are compared with.
    pub user: String,
    /// The groups that the user is a member of.
    pub groups: Vec<String>,
    /// The time in seconds since the epoch, for rules that turn ACLs on and off.
    pub now: i64,
}

/// What a permission says of the elements that it selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    Write,
    Deny,
}

impl Kind {
    fn parse(word: &str) -> Option<Kind> {
        match word {
            "read" => Some(Kind::Read),
            "write" => Some(Kind::Write),
            "deny" => Some(Kind::Deny),
            _ => None,
        }
    }
}

/// One permission. What it selects is `None` if the expression can't be read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Permission {
    pub kind: Kind,
    pub selects: Option<XPath>,
}

/// All permissions of a user, in the order of the CIB.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Permissions {
    pub(super) all: Vec<Permission>,
}

impl Permissions {
    /// What a CIB says of a user; `None` if the CIB has ACLs turned off (option `enable-acl`).
    pub fn of(cib: &Element, subject: &Subject) -> Option<Permissions> {
        enabled(cib, subject.now).then(|| Permissions::configured(cib, subject))
    }

    /// What a CIB says of a user, whether or not it has ACLs turned on.
    ///
    /// A user has the permissions of every target and group that is called like the user or one of the user's
    /// groups, by `name` or else by `id`. The spellings of schema 1 are understood too.
    pub fn configured(cib: &Element, subject: &Subject) -> Permissions {
        let mut permissions = Permissions::default();
        let acls = cib
            .child("configuration")
            .and_then(|configuration| configuration.child("acls"));
        let Some(acls) = acls else {
            return permissions;
        };
        for entry in acls.children() {
            let called = entry.attr("name").or(entry.id());
            let meant = called.is_some_and(|called| match entry.name() {
                "acl_target" | "acl_user" => called == subject.user,
                "acl_group" => subject.groups.iter().any(|group| group == called),
                _ => false,
            });
            if meant {
                permissions.add_entry(acls, entry);
            }
        }
        permissions
    }

    fn add_entry(&mut self, acls: &Element, entry: &Element) {
        for child in entry.children() {
            if !matches!(child.name(), "role" | "role_ref") {
                self.add(child);
                continue;
            }
            let role = acls
                .children_named("acl_role")
                .find(|role| child.id().is_some() && role.id() == child.id());
            for permission in role.into_iter().flat_map(|role| role.children()) {
                self.add(permission);
            }
        }
    }

    fn add(&mut self, element: &Element) {
        let word = match element.name() {
            "acl_permission" => element.attr("kind").unwrap_or_default(),
            name => name,
        };
        if let (Some(kind), Some(expression)) = (Kind::parse(word), expression(element)) {
            self.all.push(Permission {
                kind,
                selects: XPath::parse(&expression).ok(),
            });
        }
    }
}

/// A permission whose XPath can't be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// The id of the permission.
    pub id: String,
    /// Why.
    pub reason: String,
}

/// The permissions of a CIB, whosever they are, whose XPath can't be evaluated: a denial denies everything then,
/// anything else allows nothing.
pub fn unusable(cib: &Arc<Element>) -> Vec<Unusable> {
    let acls = cib
        .child("configuration")
        .and_then(|configuration| configuration.child("acls"));
    let permissions = acls
        .into_iter()
        .flat_map(|acls| acls.children())
        .flat_map(|entry| entry.children());
    let unusable = permissions.filter_map(|permission| {
        let selected = XPath::parse(&expression(permission)?).and_then(|xpath| xpath.select(cib));
        selected.err().map(|error| Unusable {
            id: permission.id().unwrap_or_default().to_owned(),
            reason: error.reason,
        })
    });
    unusable.collect()
}

/// The XPath of a permission; `None` if it tells nothing to select.
fn expression(permission: &Element) -> Option<String> {
    let attr = |name: &str, old: &str| permission.attr(name).or(permission.attr(old));
    if let Some(xpath) = permission.attr("xpath") {
        return Some(xpath.to_owned());
    }
    let (tag, reference) = (attr("object-type", "tag"), attr("reference", "ref"));
    if tag.is_none() && reference.is_none() {
        return None;
    }
    let mut expression = format!("//{}", tag.unwrap_or("*"));
    if let Some(reference) = reference {
        let quote = if reference.contains('\'') { '"' } else { '\'' };
        expression.push_str(&format!("[@id={quote}{reference}{quote}]"));
    }
    if let Some(attribute) = permission.attr("attribute") {
        expression.push_str(&format!("[@{attribute}]"));
    }
    Some(expression)
}

/// Whether the CIB has ACLs turned on at a time.
fn enabled(cib: &Element, now: i64) -> bool {
    let options = cib
        .child("configuration")
        .and_then(|configuration| configuration.child("crm_config"));
    let Some(options) = options else {
        return false;
    };
    let references = IdIndex::new(cib);
    let input = RuleInput::new(DateTime::from_epoch(now, 0), &references);
    let mut values = NameValues::default();
    let mut diagnostics = Diagnostics::default();
    merge_blocks(
        options,
        "cluster_property_set",
        Some("cib-bootstrap-options"),
        &input,
        &mut values,
        &mut Findings::new(&mut diagnostics),
    );
    values
        .get("enable-acl")
        .is_some_and(|value| parse_bool(value) == Some(true))
}
