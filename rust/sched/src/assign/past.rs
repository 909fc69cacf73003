//! What an earlier run assigned, for one in which most of it would be the same.
//!
//! Resources that are above, below or colocated with each other are a family. What becomes of a family depends on
//! the family, on what all families see alike, and on how full nodes are when the turn of each of its top-level
//! resources comes. So while these are as they were, a turn is skipped, and what came of the family is copied in the
//! end. Once they are not, the turns of the family that were skipped are made up for, as full as nodes were then.
//! In a family that has its turns, foldings may still come to the same ([`super::fold_memory`]).

use super::fold::{PATHS, PATHS_IN_ALL};
use super::fold_memory::Foldings;
use super::record::give_up_actions;
use super::{assign, families::Families};
use crate::Run;
use pcmk_base::{IdSet, IdVec, Score};
use pcmk_model::{
    Activity, Colocations, Locations, Node, NodeFlags, NodeId, NodeState, Placement, Resource,
    RscId, RscState, ScoreTable, Ticket, TicketDependency, TicketId, Variant,
};
use std::sync::Arc;

/// An assignment that is over: from what it began, how it went on and to what it came.
#[derive(Debug)]
pub struct Past {
    scene: Scene,
    before: Tables,
    activity: IdVec<RscId, Activity>,
    /// At the turn of each top-level resource and after the last.
    moments: Vec<Moment>,
    after: Tables,
    assigned: IdVec<RscId, Option<NodeId>>,
    unassigned: IdSet<RscId>,
    promotion: IdVec<RscId, Score>,
    given_up: IdSet<RscId>,
    foldings: Option<Foldings>,
}

/// What all families see alike.
#[derive(Debug)]
struct Scene {
    resources: Arc<IdVec<RscId, Resource>>,
    quorate: bool,
    has_fence_device: bool,
    nodes: IdVec<NodeId, Node>,
    /// What assignment looks at in the condition of nodes.
    conditions: Vec<(NodeFlags, Score)>,
    locations: Locations,
    colocations: Colocations,
    tickets: IdVec<TicketId, Ticket>,
    ticket_dependencies: Vec<TicketDependency>,
    top: Vec<RscId>,
}

/// What a family has of its own and assignment changes.
#[derive(Debug)]
struct Tables {
    scores: ScoreTable,
    rscs: IdVec<RscId, RscState>,
    children: IdVec<RscId, Vec<RscId>>,
}

/// What one turn leaves for the next one of another family.
#[derive(Clone, Debug)]
struct Moment {
    load: IdVec<NodeId, u32>,
    paths: usize,
}

/// Assigns top-level resources in this order.
pub fn assign_all(run: &mut Run<'_>, top: &[RscId]) {
    let past = run.workspace.past.take();
    if !run.options.remember || !can_be_kept(run) {
        for &rsc in top {
            assign(run, rsc, None, true);
        }
        return;
    }
    let scene = Scene::of(run, top);
    let before = Tables::of(run);
    let mut past = past.filter(|past| past.scene.is(&scene));
    let foldings = past.as_mut().and_then(|past| past.foldings.take());
    run.workspace.assign.foldings = Some(foldings.unwrap_or_default());
    let moments = match past {
        Some(past) => assign_again(run, top, &past),
        None => assign_anew(run, top),
    };
    let foldings = run.workspace.assign.foldings.take();
    if run.workspace.assign.gave_up {
        return;
    }
    run.workspace.past = Some(Past {
        scene,
        before,
        activity: run.model.activity.clone(),
        moments,
        after: Tables::of(run),
        assigned: run.plan.assigned.clone(),
        unassigned: run.plan.unassigned.clone(),
        promotion: run.plan.promotion.clone(),
        given_up: run.workspace.assign.given_up.clone(),
        foldings,
    });
}

/// Where nodes depend on resources, or room is shared, all is one family; assigning bundles makes colocations; and who
/// asks for scores wants to see how they come about.
fn can_be_kept(run: &Run<'_>) -> bool {
    let is_bundle = |resource: &Resource| matches!(resource.variant, Variant::Bundle(_));
    !run.model.has_remote_nodes()
        && !run.model.resources.values().any(is_bundle)
        && run.model.options.placement_strategy == Placement::Default
        && run.plan.scores.log().is_none()
        && !run.options.scores
}

fn assign_anew(run: &mut Run<'_>, top: &[RscId]) -> Vec<Moment> {
    let mut moments = Vec::with_capacity(top.len() + 1);
    for &rsc in top {
        moments.push(Moment::now(run));
        assign(run, rsc, None, true);
    }
    moments.push(Moment::now(run));
    moments
}

fn assign_again(run: &mut Run<'_>, top: &[RscId], past: &Past) -> Vec<Moment> {
    let families = Families::of(run);
    let changed = run
        .model
        .resources
        .ids()
        .filter(|&rsc| !past.began_with(run, rsc));
    let mut anew: IdSet<RscId> = changed.map(|rsc| families.head(rsc)).collect();
    let mut skipped: IdVec<RscId, Vec<usize>> =
        IdVec::filled(Vec::new(), run.model.resources.len());
    let mut moments = Vec::with_capacity(top.len() + 1);
    for (turn, &rsc) in top.iter().enumerate() {
        let now = Moment::now(run);
        let family = families.head(rsc);
        if !anew.contains(family) && past.goes_on_from(turn, &now) {
            skipped[family].push(turn);
            past.moments[turn + 1]
                .after(&past.moments[turn], &now)
                .set(run);
        } else {
            anew.insert(family);
            for turn in std::mem::take(&mut skipped[family]) {
                past.moments[turn].clone().set(run);
                assign(run, top[turn], None, true);
            }
            now.clone().set(run);
            assign(run, rsc, None, true);
        }
        moments.push(now);
    }
    moments.push(Moment::now(run));
    let same = |rsc: &RscId| !anew.contains(families.head(*rsc));
    for rsc in run.model.resources.ids().filter(same) {
        past.bring(run, rsc);
    }
    moments
}

impl Past {
    /// Whether a resource is as it was.
    fn began_with(&self, run: &Run<'_>, rsc: RscId) -> bool {
        let (before, plan) = (&self.before, &run.plan);
        before.scores.has_equal_row(&plan.scores, rsc)
            && before.rscs[rsc] == plan.rscs[rsc]
            && before.children[rsc] == plan.children[rsc]
            && self.activity[rsc] == run.model.activity[rsc]
    }

    /// Whether a turn would go as it did, if it has come to that of a family that is as it was. The bound of all
    /// paths must be so far that it doesn't matter.
    fn goes_on_from(&self, turn: usize, now: &Moment) -> bool {
        let last = self.moments.last().map_or(0, |moment| moment.paths);
        self.moments[turn].load == now.load && now.paths + last + PATHS < PATHS_IN_ALL
    }

    /// Copies what came of a resource.
    fn bring(&self, run: &mut Run<'_>, rsc: RscId) {
        let plan = &mut *run.plan;
        plan.scores.copy_row(&self.after.scores, rsc);
        plan.rscs[rsc] = self.after.rscs[rsc].clone();
        plan.children[rsc].clone_from(&self.after.children[rsc]);
        plan.assigned[rsc] = self.assigned[rsc];
        plan.promotion[rsc] = self.promotion[rsc];
        if !self.unassigned.contains(rsc) {
            plan.unassigned.remove(rsc);
        }
        if self.given_up.contains(rsc) {
            give_up_actions(run, rsc);
        }
    }
}

impl Scene {
    fn of(run: &Run<'_>, top: &[RscId]) -> Scene {
        let condition = |state: &NodeState| (state.flags, state.score);
        let model = run.model;
        Scene {
            resources: model.resources.clone(),
            quorate: model.quorate,
            has_fence_device: model.has_fence_device,
            nodes: model.nodes.clone(),
            conditions: run.plan.nodes.values().map(condition).collect(),
            locations: model.locations.clone(),
            colocations: run.plan.colocations.clone(),
            tickets: model.tickets.clone(),
            ticket_dependencies: model.ticket_dependencies.clone(),
            top: top.to_vec(),
        }
    }

    /// Whether families see the same. The same resources are of the same configuration, with the same options.
    fn is(&self, other: &Scene) -> bool {
        Arc::ptr_eq(&self.resources, &other.resources)
            && self.quorate == other.quorate
            && self.has_fence_device == other.has_fence_device
            && self.nodes == other.nodes
            && self.conditions == other.conditions
            && self.locations == other.locations
            && self.colocations == other.colocations
            && self.tickets == other.tickets
            && self.ticket_dependencies == other.ticket_dependencies
            && self.top == other.top
    }
}

impl Tables {
    fn of(run: &Run<'_>) -> Tables {
        Tables {
            scores: run.plan.scores.clone(),
            rscs: run.plan.rscs.clone(),
            children: run.plan.children.clone(),
        }
    }
}

impl Moment {
    fn now(run: &Run<'_>) -> Moment {
        Moment {
            load: run.plan.load.clone(),
            paths: run.workspace.assign.paths,
        }
    }

    fn set(self, run: &mut Run<'_>) {
        run.plan.load = self.load;
        run.workspace.assign.paths = self.paths;
    }

    /// What `now` becomes as `before` became this, with the same load.
    fn after(&self, before: &Moment, now: &Moment) -> Moment {
        Moment {
            load: self.load.clone(),
            paths: now.paths + self.paths - before.paths,
        }
    }
}
