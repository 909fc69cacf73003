//! The transition summary as text and as elements.

use crate::status::xml::element;
use pcmk_base::Role;
use pcmk_model::{Model, NodeKind};
use pcmk_sched::Plan;
use pcmk_sched::output::reason;
use pcmk_sched::output::summary::Change;
use pcmk_xml::Element;

/// The lines of a summary. Names and details are as wide as the widest of all lines.
pub fn lines(model: &Model, plan: &Plan, changes: &[Change]) -> Vec<String> {
    let mut id_width = 5;
    let mut detail_width = 5;
    for change in changes {
        if let Change::Resource { rsc, .. } = change {
            let id = model.resources[*rsc].id.len();
            if id > id_width {
                id_width = id + 2;
            }
            detail_width = detail_width.max(details(model, change).len());
        }
    }
    changes
        .iter()
        .filter_map(|change| line(model, plan, change, id_width, detail_width))
        .collect()
}

/// Node changes without a reason are not listed.
fn line(
    model: &Model,
    plan: &Plan,
    change: &Change,
    id_width: usize,
    detail_width: usize,
) -> Option<String> {
    let text = |reason: &Option<_>| reason.map(|r| reason::text(r, model, plan));
    match change {
        Change::Fence { node, op, reason } => Some(format!(
            "Fence ({}) {} '{}'",
            op.name(),
            node_text(model, *node),
            text(reason)?
        )),
        Change::Shutdown { node, reason } => Some(format!(
            "Shutdown {} '{}'",
            node_text(model, *node),
            text(reason)?
        )),
        Change::Resource {
            rsc,
            verb,
            reason,
            blocked,
            ..
        } => {
            let why = match (text(reason), blocked) {
                (Some(reason), true) => format!("  due to {reason} (blocked)"),
                (Some(reason), false) => format!("  due to {reason}"),
                (None, true) => "  blocked".to_owned(),
                (None, false) => String::new(),
            };
            let (id, details) = (&model.resources[*rsc].id, details(model, change));
            Some(format!(
                "{:<8}   {id:<id_width$}   ( {details:>detail_width$} ){why}",
                verb.name()
            ))
        }
    }
}

/// The elements of a summary.
pub fn elements(model: &Model, plan: &Plan, changes: &[Change]) -> Vec<Element> {
    changes
        .iter()
        .filter_map(|change| one(model, plan, change))
        .collect()
}

/// Node changes without a reason are not listed.
fn one(model: &Model, plan: &Plan, change: &Change) -> Option<Element> {
    let text = |reason: &Option<_>| reason.map(|r| reason::text(r, model, plan));
    let node_action = |task: &str, node, why: String| {
        let node = node_text(model, node);
        let about = [
            ("task", Some(task)),
            ("node", Some(&*node)),
            ("reason", Some(&*why)),
        ];
        element("node_action", &about)
    };
    Some(match change {
        Change::Fence { node, op, reason } => {
            node_action(&format!("Fence ({})", op.name()), *node, text(reason)?)
        }
        Change::Shutdown { node, reason } => node_action("Shutdown", *node, text(reason)?),
        Change::Resource {
            rsc,
            verb,
            from: (from_role, from),
            to: (to_role, to),
            reason,
            blocked,
        } => {
            let name = |node: &Option<_>| node.map(|node| &*model.nodes[node].name);
            let (from, to) = (name(from), name(to));
            let with_role = names_roles(*from_role, *to_role);
            let (same_role, both) = (from_role == to_role, from.is_some() && to.is_some());
            // Where it ends up is named apart if it comes from somewhere, or begins with a role of its own.
            let apart = both || from.is_none() && with_role;
            let shows_next = (both && !same_role) || (from.is_none() && with_role);
            let shows_role = with_role || both && !same_role;
            let action = verb.name().to_lowercase();
            let why = text(reason);
            let about = [
                ("action", Some(&*action)),
                ("resource", Some(&*model.resources[*rsc].id)),
                ("role", Some(from_role.name()).filter(|_| shows_role)),
                ("next-role", Some(to_role.name()).filter(|_| shows_next)),
                ("node", from.or(to).filter(|_| !apart)),
                ("source", from.filter(|_| apart)),
                ("dest", to.filter(|_| apart && from != to)),
                ("reason", why.as_deref()),
                ("blocked", blocked.then_some("true")),
            ];
            element("rsc_action", &about)
        }
    })
}

/// Roles are named only where promotion plays a part.
fn names_roles(from: Role, to: Role) -> bool {
    from > Role::Started || to > Role::Unpromoted
}

/// Guests are shown with the resource they run in.
fn node_text(model: &Model, node: pcmk_model::NodeId) -> String {
    let guest = model.nodes[node].kind == NodeKind::Guest;
    let launcher = model.launcher_of(node).filter(|_| guest);
    match launcher {
        Some(launcher) => format!(
            "{} (resource: {})",
            model.nodes[node].name, model.resources[launcher].id
        ),
        None => model.nodes[node].name.to_string(),
    }
}

/// Where from and where to.
fn details(model: &Model, change: &Change) -> String {
    let Change::Resource { from, to, .. } = change else {
        return String::new();
    };
    let ((from_role, from_node), (to_role, to_node)) = (*from, *to);
    let name = |node: pcmk_model::NodeId| model.nodes[node].name.to_string();
    let with_role = names_roles(from_role, to_role);
    let same_role = from_role == to_role;
    match (from_node.map(name), to_node.map(name)) {
        (None, None) => String::new(),
        (None, Some(to)) if with_role => format!("{from_role} -> {to_role} {to}"),
        (None, Some(to)) => to,
        (Some(from), None) if with_role => format!("{from_role} {from}"),
        (Some(from), None) => from,
        (Some(from), Some(to)) => match (same_role, from == to) {
            (true, true) if with_role => format!("{from_role} {from}"),
            (true, true) => from,
            (true, false) if with_role => format!("{from} -> {to} {from_role}"),
            (true, false) => format!("{from} -> {to}"),
            (false, true) => format!("{from_role} -> {to_role} {from}"),
            (false, false) => format!("{from_role} {from} -> {to_role} {to}"),
        },
    }
}
