//! What the configuration says about where resources run, with sets, tags and templates resolved.

use std::collections::BTreeMap;

use pcmk_model::{ColocationId, Model, ReadOptions, RscId};
use pyo3::prelude::*;

use crate::cib::Cib;

/// A score that a location constraint gives a resource on a node.
#[pyclass(frozen, get_all, module = "pcmk._core")]
#[derive(Clone)]
pub(crate) struct LocationScore {
    id: String,
    node: String,
    score: String,
}

/// A colocation of two resources.
#[pyclass(frozen, get_all, module = "pcmk._core")]
#[derive(Clone)]
pub(crate) struct ResourceColocation {
    id: String,
    dependent: String,
    primary: String,
    score: String,
    node_attribute: Option<String>,
    dependent_role: Option<&'static str>,
    primary_role: Option<&'static str>,
}

/// The constraints of a resource, those that count first at the front.
#[pyclass(frozen, get_all, module = "pcmk._core")]
#[derive(Clone)]
pub(crate) struct ResourceConstraints {
    locations: Vec<LocationScore>,
    as_dependent: Vec<ResourceColocation>,
    as_primary: Vec<ResourceColocation>,
}

/// The constraints of all resources, by id.
#[pyfunction]
#[pyo3(signature = (cib, *, now))]
pub(crate) fn resource_constraints(
    py: Python<'_>,
    cib: &Cib,
    now: i64,
) -> BTreeMap<String, ResourceConstraints> {
    let tree = cib.0.clone();
    py.detach(|| {
        let read = ReadOptions {
            now,
            sanitized: false,
        };
        let (model, _) = Model::read(&tree, &read);
        let of = |rsc: RscId| (model.resources[rsc].id.to_string(), of(&model, rsc));
        model.resources.ids().map(of).collect()
    })
}

fn of(model: &Model, rsc: RscId) -> ResourceConstraints {
    let colocations = |ids: &[ColocationId]| {
        let ids = ids.iter();
        ids.map(|&id| colocation(model, id)).collect()
    };
    ResourceConstraints {
        locations: locations(model, rsc),
        as_dependent: colocations(&model.colocations.this_with[rsc]),
        as_primary: colocations(&model.colocations.with_this[rsc]),
    }
}

fn locations(model: &Model, rsc: RscId) -> Vec<LocationScore> {
    let ids = model.locations.of[rsc].iter().rev();
    let configured = ids
        .map(|&id| &model.locations.table[id])
        .filter(|location| location.explicit);
    configured
        .flat_map(|location| {
            let scores = location.nodes.iter();
            scores.map(|(node, score)| LocationScore {
                id: location.id.to_string(),
                node: model.nodes[*node].name.to_string(),
                score: score.to_string(),
            })
        })
        .collect()
}

fn colocation(model: &Model, id: ColocationId) -> ResourceColocation {
    let it = &model.colocations.table[id];
    let name = |rsc: RscId| model.resources[rsc].id.to_string();
    ResourceColocation {
        id: it.id.to_string(),
        dependent: name(it.dependent),
        primary: name(it.primary),
        score: it.score.to_string(),
        node_attribute: it.node_attr.as_deref().map(str::to_owned),
        dependent_role: it.dependent_role.map(|role| role.name()),
        primary_role: it.primary_role.map(|role| role.name()),
    }
}
