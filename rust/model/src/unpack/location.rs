//! Location constraints.

use super::constraints::{invalid, role};
use super::names::Names;
use super::pattern::Pattern;
use super::reader::Reader;
use super::sets::{self, Side};
use crate::{Location, NodeId, NodeKind, ProbeMode, RscFlags, RscId, RuleTrace, codes};
use pcmk_base::{Entity, Level, Role, Score, Text};
use pcmk_rules::{Findings, RuleInput, evaluate_rule, replace_submatches};
use pcmk_xml::Element;

const SIDES: [Side; 1] = [Side {
    name: "rsc",
    setting: ("role", "role"),
}];

/// Reads an `rsc_location`.
pub(super) fn read(reader: &mut Reader<'_>, names: &Names, element: &Element) {
    let id = element.id().unwrap_or_default();
    let Some(sets) = sets::read(reader, names, element, &SIDES, false) else {
        return;
    };
    if sets.is_empty() {
        return read_simple(reader, names, element);
    }
    for set in &sets {
        if set.id.is_empty() {
            let entity = Entity::Constraint(id.to_owned());
            reader.sink.error(codes::SET_WITHOUT_ID, entity);
            return;
        }
        for member in &set.members {
            let Some(rsc) = names.expect(reader, id, member) else {
                return;
            };
            let wish = Wish {
                element,
                role: set.attr("role"),
                score: set.attr("score"),
                submatches: &[],
            };
            wish.apply(reader, rsc);
        }
    }
}

fn read_simple(reader: &mut Reader<'_>, names: &Names, element: &Element) {
    let id = element.id().unwrap_or_default();
    let wish = Wish {
        element,
        role: None,
        score: None,
        submatches: &[],
    };
    if let Some(rsc) = element.attr("rsc") {
        if let Some(rsc) = names.expect(reader, id, rsc) {
            wish.apply(reader, rsc);
        }
    }
    let Some(text) = element.attr("rsc-pattern") else {
        return;
    };
    let Some(pattern) = Pattern::parse(text) else {
        return invalid(reader, id, "rsc-pattern", text);
    };
    for rsc in reader.model.top.clone() {
        let name = reader.model.resources[rsc].id.clone();
        if let Some(submatches) = pattern.matches(&name) {
            let wish = Wish {
                submatches: &submatches,
                ..wish
            };
            wish.apply(reader, rsc);
        }
    }
}

/// What a constraint says about one of the resources it is about.
#[derive(Clone, Copy)]
struct Wish<'w> {
    element: &'w Element,
    /// Of the set, which goes before that of the constraint.
    role: Option<&'w str>,
    /// Of the set, which goes before that of the constraint.
    score: Option<&'w str>,
    /// What the groups of `rsc-pattern` matched, the whole match first.
    submatches: &'w [Text],
}

impl Wish<'_> {
    fn id(&self) -> &str {
        self.element.id().unwrap_or_default()
    }

    fn apply(&self, reader: &mut Reader<'_>, rsc: RscId) {
        if !reader.spend(1) {
            return;
        }
        let score = self.score.or(self.element.attr("score"));
        match (self.element.attr("node"), score) {
            (Some(node), Some(score)) => self.for_node(reader, rsc, node, score),
            _ => {
                if let Some(rule) = self.element.child("rule") {
                    self.for_rule(reader, rsc, rule);
                }
            }
        }
    }

    fn for_node(&self, reader: &mut Reader<'_>, rsc: RscId, node: &str, score: &str) {
        let Some(node) = reader.model.node_named(node) else {
            let entity = Entity::Constraint(self.id().to_owned());
            let fields = [("name", node)];
            let code = codes::CONSTRAINT_UNKNOWN_NODE;
            return reader.report(Level::Info, code, entity, &fields);
        };
        let Some(value) = reader.score(score) else {
            return invalid(reader, self.id(), "score", score);
        };
        let role = self.role.or(self.element.attr("role"));
        if let Some(role) = location_role(reader, self.id(), role) {
            self.push(reader, self.id(), rsc, role, vec![(node, value)]);
        }
    }

    fn for_rule(&self, reader: &mut Reader<'_>, rsc: RscId, rule: &Element) {
        let Some(rule) = reader.references.resolve(rule) else {
            let reference = rule.attr("id-ref").unwrap_or_default();
            return invalid(reader, self.id(), "id-ref", reference);
        };
        let Some(id) = rule.id() else {
            let entity = Entity::Constraint(self.id().to_owned());
            return reader.sink.error(codes::RULE_WITHOUT_ID, entity);
        };
        let Some(role) = location_role(reader, self.id(), rule.attr("role")) else {
            return;
        };
        let join = rule.attr("boolean-op").unwrap_or("and");
        if !["and", "or"].iter().any(|w| w.eq_ignore_ascii_case(join)) {
            return invalid(reader, self.id(), "boolean-op", join);
        }
        let attribute = rule.attr("score-attribute");
        let attribute = attribute.map(|name| replace_submatches(name, self.submatches));
        let text = rule.attr("score").unwrap_or_default();
        let score = match (&attribute, reader.score(text)) {
            (None, None) => return invalid(reader, self.id(), "score", text),
            (_, score) => score.unwrap_or_default(),
        };
        let mut nodes = Vec::new();
        for node in reader.model.node_order.clone() {
            if !self.passes(reader, rsc, node, rule) {
                continue;
            }
            match &attribute {
                None => nodes.push((node, score)),
                Some(name) => {
                    let found = self.score_from_attribute(reader, rsc, node, name);
                    nodes.extend(found.map(|score| (node, score)));
                }
            }
        }
        self.push(reader, id, rsc, role, nodes);
    }

    fn passes(&self, reader: &mut Reader<'_>, rsc: RscId, node: NodeId, rule: &Element) -> bool {
        let extent = reader.rule_extent(rule);
        if !reader.spend(extent.size) {
            return false;
        }
        let model = &reader.model;
        let references = &reader.references;
        let sink = &mut reader.sink;
        let (params, change) = match extent.asks_for_parameters {
            true => model.parameters(rsc, Some(node), references, sink),
            false => Default::default(),
        };
        let attributes = |name: &str| model.nodes[node].attrs.get(name).map(|v| &**v);
        let parameters = |name: &str| params.get(name).map(|v| &**v);
        let meta = |name: &str| model.resources[rsc].meta(name);
        let mut input = RuleInput::new(reader.now, references);
        input.node_attributes = Some(&attributes);
        input.parameters = Some(&parameters);
        input.meta = Some(&meta);
        input.submatches = self.submatches;
        let mut findings = Findings::new(sink);
        findings.tests = model.rules.is_some().then(Vec::new);
        let passes = evaluate_rule(rule, &input, &mut findings).passes();
        let changes = [change, findings.next_change.map(|at| at.epoch())];
        let tests = findings.tests.take();
        if let (Some(rules), Some(tests)) = (&mut reader.model.rules, tests) {
            rules.push(RuleTrace {
                constraint: self.id().into(),
                rule: rule.id().unwrap_or_default().into(),
                rsc,
                node,
                passes,
                tests,
            });
        }
        for at in changes.into_iter().flatten() {
            reader.model.propose_recheck(at);
        }
        passes
    }

    /// The score a node attribute gives, read on the host of a guest if the resource says so.
    fn score_from_attribute(
        &self,
        reader: &mut Reader<'_>,
        rsc: RscId,
        node: NodeId,
        name: &str,
    ) -> Option<Score> {
        let model = &reader.model;
        let target = model.resources[rsc].meta("container-attribute-target");
        let on_host = target.is_some_and(|t| t.eq_ignore_ascii_case("host"));
        let launcher = model.nodes[node]
            .connection
            .and_then(|connection| model.resources[connection].launcher);
        let place = match launcher {
            Some(launcher) if on_host && model.nodes[node].kind == NodeKind::Guest => {
                model.current_node(&model.node_states, &model.states, launcher)?
            }
            _ => node,
        };
        let text = model.nodes[place].attrs.get(name)?.clone();
        if text.is_empty() {
            return None;
        }
        let score = reader.score(&text);
        if score.is_none() {
            let entity = Entity::Constraint(self.id().to_owned());
            let fields = [("name", name), ("value", &*text)];
            reader.report(Level::Warning, codes::CONSTRAINT_VALUE, entity, &fields);
        }
        score
    }

    fn push(
        &self,
        reader: &mut Reader<'_>,
        id: &str,
        rsc: RscId,
        role: Option<Role>,
        nodes: Vec<(NodeId, Score)>,
    ) {
        let text = self.element.attr("resource-discovery").unwrap_or("always");
        let modes = [
            ("always", ProbeMode::Always),
            ("never", ProbeMode::Never),
            ("exclusive", ProbeMode::Exclusive),
        ];
        let known = modes.iter().find(|(w, _)| w.eq_ignore_ascii_case(text));
        if known.is_none() {
            invalid(reader, self.id(), "resource-discovery", text);
        }
        let probe = known.map_or(ProbeMode::Always, |(_, mode)| *mode);
        if probe == ProbeMode::Exclusive {
            reader.model.states[rsc].flags |= RscFlags::EXCLUSIVE_PROBES;
        }
        reader.model.locations.push(Location {
            id: id.into(),
            rsc,
            role,
            probe,
            nodes,
            explicit: true,
        });
    }
}

/// The role a location is restricted to. Started and unpromoted are no restriction, since what is to be
/// promoted is started first. `None`, with a diagnostic, if it is not a role.
fn location_role(
    reader: &mut Reader<'_>,
    constraint: &str,
    text: Option<&str>,
) -> Option<Option<Role>> {
    // Started is none either way.
    let role = role(reader, constraint, text)?;
    Some(role.filter(|&role| role != Role::Unpromoted))
}
