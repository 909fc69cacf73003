//! The transition graph of a plan.
//!
//! Emission order: top-level resources in list order, each subtree by variant; then the maintenance update; then
//! all other actions, newest first. An action is emitted once.

use super::action;
use super::attributes::Attributes;
use super::inputs::{inputs_of, is_emitted};
use super::past::Past;
use crate::{ActionId, Plan};
use pcmk_base::{Id, IdSet, Score};
use pcmk_graph::{ActionRef, GraphAction, GraphResource, Synapse, TransitionGraph};
use pcmk_model::{Model, RscId, Variant};
use pcmk_rules::IdIndex;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Makes the graph, with what is known from another one that was made with the same `past`, which is left to the next.
pub fn graph_of(model: &Model, plan: &Plan, past: &mut Option<Past>) -> TransitionGraph {
    let index = IdIndex::new(&model.cib);
    let mut emission = Emission {
        model,
        plan,
        attributes: Attributes::new(model, plan, &index, past.take()),
        seen: IdSet::default(),
        references: FxHashMap::default(),
        resources: FxHashMap::default(),
        synapses: Vec::new(),
    };
    for &rsc in &plan.top {
        emission.resource(rsc);
    }
    for id in plan.actions.newest_first() {
        emission.action(id);
    }
    *past = emission.attributes.past.map(Past::trimmed);
    TransitionGraph {
        header: header(model, plan),
        synapses: emission.synapses,
    }
}

struct Emission<'a> {
    model: &'a Model,
    plan: &'a Plan,
    attributes: Attributes<'a>,
    seen: IdSet<ActionId>,
    references: FxHashMap<ActionId, Arc<ActionRef>>,
    resources: FxHashMap<RscId, Arc<GraphResource>>,
    synapses: Vec<Synapse>,
}

impl Emission<'_> {
    fn resource(&mut self, rsc: RscId) {
        match &self.model.resources[rsc].variant {
            Variant::Primitive(_) | Variant::Group(_) => {
                self.own_actions(rsc);
                self.children(rsc);
            }
            Variant::Clone(_) => {
                self.children(rsc);
                self.own_actions(rsc);
            }
            Variant::Bundle(bundle) => {
                if let Some(inner) = bundle.inner {
                    self.resource(inner);
                }
                for replica in &bundle.replicas {
                    let parts = [replica.ip, Some(replica.container), replica.connection];
                    for part in parts.into_iter().flatten() {
                        self.resource(part);
                    }
                }
            }
        }
    }

    fn children(&mut self, rsc: RscId) {
        for &child in &self.plan.children[rsc] {
            self.resource(child);
        }
    }

    fn own_actions(&mut self, rsc: RscId) {
        for &id in self.plan.actions.of(rsc).iter().rev() {
            self.action(id);
        }
    }

    fn action(&mut self, id: ActionId) {
        if !self.seen.insert(id) || !is_emitted(self.model, self.plan, id) {
            return;
        }
        let inputs = inputs_of(self.model, self.plan, id)
            .into_iter()
            .map(|input| self.reference(input))
            .collect();
        let reference = self.reference(id);
        let action = self.full(id, reference);
        self.synapses.push(Synapse {
            id: u32::try_from(self.synapses.len()).unwrap_or(u32::MAX),
            priority: self.priority(id),
            actions: vec![action],
            inputs,
        });
    }

    /// The part of an action that inputs show as well; made once.
    fn reference(&mut self, id: ActionId) -> Arc<ActionRef> {
        let (model, plan) = (self.model, self.plan);
        let texts = &mut self.attributes.texts;
        let made = self.references.entry(id);
        made.or_insert_with(|| Arc::new(action::reference(model, plan, texts, id)))
            .clone()
    }

    fn resource_element(&mut self, rsc: RscId) -> Arc<GraphResource> {
        let (model, plan) = (self.model, self.plan);
        let made = self.resources.entry(rsc);
        made.or_insert_with(|| Arc::new(action::resource(model, plan, rsc)))
            .clone()
    }

    fn full(&mut self, id: ActionId, reference: Arc<ActionRef>) -> GraphAction {
        let (model, plan) = (self.model, self.plan);
        let resource = action::resource_of(&plan.actions[id]);
        let (attributes, params) = self.attributes.of(id);
        GraphAction {
            shutdown_lock: action::shutdown_lock(model, plan, id),
            resource: resource.map(|rsc| self.resource_element(rsc)),
            attributes,
            params,
            downed: action::downed(model, plan, id),
            maintenance: action::maintenance(model, plan, id),
            id: reference,
        }
    }

    fn priority(&self, id: ActionId) -> i32 {
        let action = &self.plan.actions[id];
        let of_rsc = action
            .rsc()
            .map_or(Score::ZERO, |rsc| self.plan.rscs[rsc].priority);
        of_rsc.max(action.priority).value().max(0)
    }
}

/// Number of an action in the graph.
pub fn number(id: ActionId) -> u32 {
    u32::try_from(id.index() + 1).unwrap_or(u32::MAX)
}

fn header(model: &Model, plan: &Plan) -> Vec<(&'static str, String)> {
    let options = &model.options;
    let failed_start = if options.start_failure_is_fatal {
        "INFINITY"
    } else {
        "1"
    };
    let mut header = vec![
        ("cluster-delay", options.cluster_delay.to_string()),
        ("fencing-timeout", options.fencing_timeout.to_string()),
        ("failed-stop-offset", "INFINITY".to_owned()),
        ("failed-start-offset", failed_start.to_owned()),
        ("batch-limit", options.batch_limit.to_string()),
    ];
    if options
        .migration_limit
        .parse::<i64>()
        .is_ok_and(|limit| limit > 0)
    {
        header.push(("migration-limit", options.migration_limit.to_string()));
    }
    if let Some(at) = plan.recheck_at {
        header.push(("recheck-by", at.to_string()));
    }
    header
}
