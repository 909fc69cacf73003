//! Which resource a history entry is about.

use super::clone::create_instance;
use super::status::Status;
use crate::failcount::base_name;
use crate::{NodeFlags, NodeId, NodeKind, RscFlags, RscId, Variant};
use pcmk_base::Text;

impl Status<'_, '_> {
    /// The resource that history on a node knows under this id. For an anonymous clone that is an instance that is
    /// or can be on the node, if need be a new one. `None` if it is not configured (as a primitive).
    pub fn find_resource(&mut self, node: NodeId, id: &str) -> Option<RscId> {
        let found = match self.search(id) {
            Some(found) => {
                self.reader.model.resources[found].primitive()?;
                found
            }
            None => {
                let zero = self.search(&format!("{}:0", base_name(id)))?;
                if self.rsc_is(zero, RscFlags::UNIQUE) {
                    return None;
                }
                zero
            }
        };
        let rsc = match self.reader.model.anonymous_clone_of(found) {
            None => found,
            Some(clone) => self.instance_on(clone, node, base_name(id))?,
        };
        let model = &self.reader.model;
        if *model.resources[rsc].id != *id && model.history_id(rsc).map(|t| &**t) != Some(id) {
            self.forget_history_id(rsc);
            let id = Text::from(id);
            self.by_history.entry(id.clone()).or_default().push(rsc);
            self.model().activity[rsc].history_id = Some(id);
        }
        Some(rsc)
    }

    /// History does not know the resource under another id any more.
    pub fn forget_history_id(&mut self, rsc: RscId) {
        if let Some(id) = self.model().activity[rsc].history_id.take()
            && let Some(users) = self.by_history.get_mut(&id)
        {
            users.retain(|&user| user != rsc);
        }
    }

    /// The first resource, in tree order, with this id or known to history under it.
    fn search(&self, id: &str) -> Option<RscId> {
        let by_id = self.reader.model.resource_with_id(id);
        let by_history = self.by_history.get(id).and_then(|users| users.first());
        match (by_id, by_history.copied()) {
            (Some(a), Some(b)) => Some(if self.place(b) < self.place(a) { b } else { a }),
            (a, b) => a.or(b),
        }
    }

    /// Positions in the tree from the top down.
    fn place(&self, rsc: RscId) -> Vec<usize> {
        let model = &self.reader.model;
        let mut place = Vec::new();
        let mut at = rsc;
        loop {
            let parent = model.resources[at].parent;
            let siblings = parent.map_or(&model.top, |p| &model.resources[p].children);
            place.push(siblings.iter().position(|&s| s == at).unwrap_or(usize::MAX));
            match parent {
                Some(parent) => at = parent,
                None => break,
            }
        }
        place.reverse();
        place
    }

    fn instance_on(&mut self, clone: RscId, node: NodeId, name: &str) -> Option<RscId> {
        let model = &self.reader.model;
        if let Some(parent) = model.resources[clone].parent
            && let Variant::Bundle(bundle) = &model.resources[parent].variant
        {
            let replica = bundle.replicas.iter().find(|r| r.node == Some(node));
            return replica.and_then(|r| r.child);
        }
        let found = self
            .present_instance(clone, node, name)
            .filter(|&rsc| self.may_take(clone, rsc, node));
        if found.is_some() {
            return found;
        }
        let instance = create_instance(self.reader, clone)?;
        self.part_named(instance, name)
    }

    /// An instance that is on the node already (as an earlier member of a group), else the first that is nowhere.
    fn present_instance(&self, clone: RscId, node: NodeId, name: &str) -> Option<RscId> {
        let model = &self.reader.model;
        let mut inactive = None;
        let mut inactive_allowed = true;
        for &child in &model.resources[clone].children {
            match self.first_location(child) {
                Some(location) if location == node => {
                    match self.part_named(child, name) {
                        None => {}
                        Some(part) if model.activity[part].active_on.is_empty() => {
                            return Some(part);
                        }
                        // Several instances were on this node when they were told apart.
                        Some(_) => inactive_allowed = false,
                    }
                }
                Some(_) => {}
                None => {
                    let usable = inactive_allowed
                        && inactive.is_none()
                        && !model.states[child].is(RscFlags::BLOCKED);
                    if usable {
                        let pending_elsewhere = |part: RscId| {
                            let pending = model.activity[part].pending;
                            pending.is_some_and(|(_, at)| at != node)
                        };
                        inactive = self
                            .part_named(child, name)
                            .filter(|&part| !pending_elsewhere(part));
                    }
                }
            }
        }
        inactive.filter(|_| inactive_allowed)
    }

    /// Without fencing, what an unclean node claims to run can be started elsewhere; so it takes no instance from
    /// the others unless there is one for each node.
    fn may_take(&self, clone: RscId, rsc: RscId, node: NodeId) -> bool {
        let model = &self.reader.model;
        let universal = matches!(&model.resources[clone].variant,
            Variant::Clone(spec) if spec.max as usize == model.nodes.len());
        self.rsc_is(rsc, RscFlags::NEEDS_FENCING)
            || model.node_states[node].is_clean_online()
            || model.nodes[node].kind == NodeKind::Guest
            || universal
    }

    /// The first node at which something of the resource is active or pending.
    fn first_location(&self, rsc: RscId) -> Option<NodeId> {
        let model = &self.reader.model;
        let located = |r: RscId| {
            let activity = &model.activity[r];
            let first = activity.active_on.first().copied();
            first.or(activity.pending.map(|(_, node)| node))
        };
        if model.resources[rsc].is_primitive() {
            return located(rsc);
        }
        model.primitives(rsc).into_iter().find_map(located)
    }

    fn part_named(&self, rsc: RscId, name: &str) -> Option<RscId> {
        let model = &self.reader.model;
        let is_named = |part: &RscId| {
            let resource = &model.resources[*part];
            resource.is_primitive() && (*resource.id == *name || *resource.xml_id == *name)
        };
        if model.resources[rsc].is_primitive() {
            return Some(rsc).filter(is_named);
        }
        model.subtree(rsc).into_iter().find(is_named)
    }

    /// Whether the node counts as able to run anything.
    pub fn is_clean_online(&self, node: NodeId) -> bool {
        self.reader.model.node_states[node].is_clean_online()
    }

    /// Whether the node is online.
    pub fn is_online(&self, node: NodeId) -> bool {
        self.node_is(node, NodeFlags::ONLINE)
    }
}
