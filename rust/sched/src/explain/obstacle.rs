//! What keeps a resource from running that should run.

use super::Explained;
use crate::ActionId;
use crate::output::inputs::is_emitted;
use pcmk_base::Role;
use pcmk_model::{QuorumPolicy, RscFlags, RscId, Source, Task};

/// One reason why a resource does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// `stop-all-resources` is set.
    StopAllResources,
    /// Fencing is enabled, and there is no device: nothing is managed.
    NoFenceDevice,
    /// It is not managed.
    Unmanaged,
    /// It failed in a way that needs a person.
    Blocked,
    /// What came of an operation, or a ticket, says that it is to stay stopped.
    MustStop,
    /// The partition has no quorum, and the policy is this.
    NoQuorum(QuorumPolicy),
    /// No node can be used.
    NoNode,
    /// It has a node, and this action there cannot be carried out.
    CannotStart(ActionId),
}

impl Explained {
    /// Whether a primitive should run: it is configured and nobody asked for it to be stopped.
    pub fn should_run(&self, rsc: RscId) -> bool {
        let resource = &self.model.resources[rsc];
        let mut above = Some(rsc);
        while let Some(at) = above {
            if self.model.resources[at].target_role == Some(Role::Stopped) {
                return false;
            }
            above = self.model.resources[at].parent;
        }
        resource.is_primitive() && !self.plan.rscs[rsc].is(RscFlags::REMOVED)
    }

    /// Whether a primitive runs once the plan is carried out.
    pub fn will_run(&self, rsc: RscId) -> bool {
        let state = &self.plan.rscs[rsc];
        self.plan.assigned[rsc].is_some()
            && state.next_role > Role::Stopped
            && self.stuck_start(rsc).is_none()
    }

    /// Primitives that should run and will not, in order of their ids.
    pub fn idle(&self) -> Vec<RscId> {
        let all = self.model.resources.ids();
        all.filter(|&rsc| self.should_run(rsc) && !self.will_run(rsc))
            .collect()
    }

    /// Why a primitive that should run will not; nothing if it will.
    pub fn obstacles(&self, rsc: RscId) -> Vec<Obstacle> {
        if self.will_run(rsc) {
            return Vec::new();
        }
        let (options, state) = (&self.model.options, &self.plan.rscs[rsc]);
        let unplaced = self.plan.assigned[rsc].is_none();
        let mut found = Vec::new();
        let mut add = |holds: bool, obstacle| {
            if holds {
                found.push(obstacle);
            }
        };
        add(options.stop_all_resources, Obstacle::StopAllResources);
        let without_device = options.fencing_enabled && !self.model.has_fence_device;
        add(without_device, Obstacle::NoFenceDevice);
        let unmanaged = !state.is(RscFlags::MANAGED);
        add(unmanaged && !without_device, Obstacle::Unmanaged);
        add(state.is(RscFlags::BLOCKED), Obstacle::Blocked);
        add(self.must_stop(rsc), Obstacle::MustStop);
        let stuck = self.stuck_start(rsc);
        let policy = options.no_quorum_policy;
        let lacks_quorum = !self.model.quorate && policy != QuorumPolicy::Ignore;
        add(lacks_quorum, Obstacle::NoQuorum(policy));
        add(unplaced && !unmanaged, Obstacle::NoNode);
        if let Some(start) = stuck {
            add(true, Obstacle::CannotStart(start));
        }
        found
    }

    /// Whether everything is banned for it because it is to be stopped.
    fn must_stop(&self, rsc: RscId) -> bool {
        let node = self.model.node_order.first();
        let parts = node.map(|&node| self.final_contributions(rsc, node));
        let mut parts = parts.into_iter().flatten();
        parts.any(|part| part.part.source == Source::TargetStopped && part.withdrawn.is_none())
    }

    /// The start of a resource that does not run, if it cannot be carried out.
    fn stuck_start(&self, rsc: RscId) -> Option<ActionId> {
        if self.plan.rscs[rsc].current_role > Role::Stopped
            && self
                .model
                .current_node(&self.plan.nodes, &self.plan.rscs, rsc)
                == self.plan.assigned[rsc]
        {
            return None;
        }
        let node = self.plan.assigned[rsc]?;
        let start = self.plan.actions.newest(rsc, Task::Start, Some(node))?;
        (!is_emitted(&self.model, &self.plan, start)).then_some(start)
    }
}
