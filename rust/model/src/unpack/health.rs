//! Node health: sums of health attributes as location constraints.

use super::reader::Reader;
use crate::{HealthStrategy, Location, NodeId, ProbeMode, RscFlags, codes};
use pcmk_base::{Entity, Level, Score};

/// Adds a constraint for each node whose health is not neutral and each top-level resource. A negative sum
/// does not count for resources that allow unhealthy nodes.
pub(super) fn read(reader: &mut Reader<'_>) {
    let strategy = reader.model.options.node_health_strategy;
    if strategy == HealthStrategy::None {
        return;
    }
    for node in reader.model.node_order.clone() {
        let health = sum(reader, node);
        if health == Score::ZERO {
            continue;
        }
        for rsc in reader.model.top.clone() {
            let exempt = reader.model.states[rsc].is(RscFlags::ALLOW_UNHEALTHY);
            if health < Score::ZERO && exempt {
                continue;
            }
            reader.model.locations.push(Location {
                id: strategy.name().into(),
                rsc,
                role: None,
                probe: ProbeMode::Always,
                nodes: vec![(node, health)],
                explicit: false,
            });
        }
    }
}

fn sum(reader: &mut Reader<'_>, node: NodeId) -> Score {
    let options = &reader.model.options;
    let mut sum = match options.node_health_strategy {
        HealthStrategy::Progressive => options.node_health_base,
        _ => Score::ZERO,
    };
    let health = options.health;
    let node = &reader.model.nodes[node];
    let mut invalid = Vec::new();
    for (name, value) in node.attrs.iter().filter(|(n, _)| n.starts_with("#health")) {
        match health.parse(value) {
            Some(score) => sum += score,
            None => invalid.push((name.clone(), value.clone())),
        }
    }
    let entity = Entity::Node(node.name.to_string());
    for (name, value) in invalid {
        let fields = [("name", &*name), ("value", &*value)];
        let code = codes::INVALID_HEALTH;
        reader.report(Level::Warning, code, entity.clone(), &fields);
    }
    sum
}
