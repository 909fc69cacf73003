//! What attributes of actions came to in an earlier graph, for one in which most of it would be the same.
//!
//! They are kept of actions that are told what a notification tells, which are long. To make those of others anew takes
//! no longer than to keep them.

use super::attributes::{Configured, Made};
use crate::{Action, ActionFlags, Key, Plan, Told};
use pcmk_base::{IdVec, Interner, Text};
use pcmk_model::{Model, Node, NodeId, Resource, RscFlags, RscId, Task};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Attributes of actions, with what they were made of.
#[derive(Debug)]
pub struct Past {
    scene: Scene,
    kept: FxHashMap<(Key, Option<NodeId>), Kept>,
    /// Counts graphs.
    turn: u32,
}

/// What all actions see alike.
#[derive(Debug)]
struct Scene {
    resources: Arc<IdVec<RscId, Resource>>,
    /// Names and ids.
    nodes: Vec<(Text, Text)>,
    operations: Interner,
    /// What is told of clones and depends on more than their configuration.
    flags: Vec<RscFlags>,
}

/// Of an action with the same key and node.
#[derive(Debug)]
struct Kept {
    task: Task,
    is_pseudo: bool,
    expected_rc: Option<u8>,
    meta: Vec<(&'static str, Text)>,
    told: Arc<Told>,
    configured: Option<Arc<Configured>>,
    made: Made,
    /// The last graph it was in.
    turn: u32,
}

impl Past {
    /// What can be used for the graph of this plan, and will be for that of the next one. `None` where attributes
    /// depend on the nodes that others are on.
    pub(crate) fn of(last: Option<Past>, model: &Model, plan: &Plan) -> Option<Past> {
        let has_launchers = model.resources.values().any(|rsc| rsc.launcher.is_some());
        if has_launchers || model.has_remote_nodes() {
            return None;
        }
        let scene = Scene::of(model, plan);
        let past = last.filter(|past| past.scene.is(&scene));
        Some(match past {
            Some(past) => Past {
                turn: past.turn.wrapping_add(1),
                ..past
            },
            None => Past {
                scene,
                kept: FxHashMap::default(),
                turn: 0,
            },
        })
    }

    /// What the attributes of an action come to, if they came to it before.
    pub(super) fn find(
        &mut self,
        action: &Action,
        configured: Option<&Arc<Configured>>,
    ) -> Option<Made> {
        let told = action.told.as_ref()?;
        let kept = self.kept.get_mut(&(action.key, action.node))?;
        if !kept.is_of(action, told, configured) {
            return None;
        }
        kept.turn = self.turn;
        Some(kept.made.clone())
    }

    /// Keeps what the attributes of an action came to.
    pub(super) fn keep(
        &mut self,
        action: &Action,
        configured: Option<Arc<Configured>>,
        made: &Made,
    ) {
        let Some(told) = action.told.clone() else {
            return;
        };
        let kept = Kept {
            task: action.task,
            is_pseudo: action.is(ActionFlags::PSEUDO),
            expected_rc: action.expected_rc,
            meta: action.meta.clone(),
            told,
            configured,
            made: made.clone(),
            turn: self.turn,
        };
        self.kept.insert((action.key, action.node), kept);
    }

    /// Without what the last graph did not have.
    pub(super) fn trimmed(mut self) -> Past {
        let turn = self.turn;
        self.kept.retain(|_, kept| kept.turn == turn);
        self
    }
}

impl Kept {
    fn is_of(
        &self,
        action: &Action,
        told: &Arc<Told>,
        configured: Option<&Arc<Configured>>,
    ) -> bool {
        self.task == action.task
            && self.is_pseudo == action.is(ActionFlags::PSEUDO)
            && self.expected_rc == action.expected_rc
            && self.meta == action.meta
            && (Arc::ptr_eq(&self.told, told) || self.told == *told)
            && self.configured.as_ref() == configured
    }
}

impl Scene {
    fn of(model: &Model, plan: &Plan) -> Scene {
        const TOLD: RscFlags = RscFlags::UNIQUE
            .union(RscFlags::NOTIFY)
            .union(RscFlags::PROMOTABLE);
        let name = |node: &Node| (node.name.clone(), node.id.clone());
        Scene {
            resources: Arc::clone(&model.resources),
            nodes: model.nodes.values().map(name).collect(),
            operations: model.names.clone(),
            flags: plan.rscs.values().map(|rsc| rsc.flags & TOLD).collect(),
        }
    }

    fn is(&self, other: &Scene) -> bool {
        Arc::ptr_eq(&self.resources, &other.resources)
            && self.nodes == other.nodes
            && self.operations == other.operations
            && self.flags == other.flags
    }
}
