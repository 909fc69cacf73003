//! Primitives counted instead of named: one line for an agent on a node.

use super::StatusOptions;
use super::section::Section;
use pcmk_model::{Model, NodeFlags as F, NodeId, RscFlags, RscId};
use std::collections::BTreeMap;

/// Lines for these primitives, agents in byte order and nodes in their own; with `all`, how many there are in total.
pub(super) fn show(
    model: &Model,
    primitives: &[RscId],
    options: StatusOptions,
    all: bool,
    depth: usize,
    section: &mut Section,
) {
    let mut agents: BTreeMap<String, Vec<RscId>> = BTreeMap::new();
    let shown = primitives.iter().copied();
    for rsc in shown.filter(|&rsc| options.shows_resource(rsc)) {
        let Some(primitive) = model.resources[rsc].primitive() else {
            continue;
        };
        let agent = primitive.agent.to_string();
        agents.entry(agent).or_default().push(rsc);
    }
    for (agent, members) in agents {
        let total = members.len();
        let mut any = false;
        for &node in &model.node_order {
            let here = members.iter().filter(|&&rsc| counts(model, rsc, node));
            let count = here.count();
            if count == 0 || !options.shows(node) {
                continue;
            }
            any = true;
            let number = if all {
                format!("{count}/{total}")
            } else {
                count.to_string()
            };
            let name = if options.by_node {
                ""
            } else {
                &*model.nodes[node].name
            };
            section.push(depth, format!("{number}\t({agent}):\tActive {name}"));
        }
        if !any && all {
            section.push(depth, format!("0/{total}\t({agent}):\tActive"));
        }
    }
}

/// Whether a primitive counts as active on a node: what is on a node that left in good order does not, if managed.
fn counts(model: &Model, rsc: RscId, node: NodeId) -> bool {
    let state = &model.node_states[node];
    let gone = !state.is(F::ONLINE) && !state.is(F::UNCLEAN);
    let managed = model.states[rsc].is(RscFlags::MANAGED);
    model.activity[rsc].active_on.contains(&node) && !(gone && managed)
}
