//! Which colocations count for a resource, in the order they count.
//!
//! A resource takes part in its own colocations and, depending on where it sits, in those of the collectives
//! above it. Lists are made anew for each use, because priorities of instances change while roles are chosen.

use crate::{Run, compat};
use pcmk_base::Score;
use pcmk_model::{ColocationId, Rank, RscFlags, RscId, Variant};
use std::borrow::Cow;

/// Which side of a colocation a resource is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// It is the dependent ("this with").
    Dependent,
    /// It is the primary ("with this").
    Primary,
}

/// Colocations in which a resource is the dependent.
pub fn this_with(run: &Run<'_>, rsc: RscId) -> Vec<ColocationId> {
    collect(run, rsc, Side::Dependent).into_owned()
}

/// Colocations in which a resource is the primary.
pub fn with_this(run: &Run<'_>, rsc: RscId) -> Vec<ColocationId> {
    collect(run, rsc, Side::Primary).into_owned()
}

/// Colocations in which a resource is on this side.
pub fn collect<'a>(run: &'a Run<'_>, rsc: RscId, side: Side) -> Cow<'a, [ColocationId]> {
    let resource = &run.model.resources[rsc];
    if resource.is_primitive() && resource.parent.is_none() {
        // Nobody else has a say.
        let colocations = &run.plan.colocations;
        return Cow::Borrowed(match side {
            Side::Dependent => &colocations.this_with[rsc],
            Side::Primary => &colocations.with_this[rsc],
        });
    }
    let mut list = List {
        run,
        side,
        asked: rsc,
        found: Vec::new(),
    };
    list.contribute(rsc);
    Cow::Owned(list.found)
}

struct List<'a, 'r> {
    run: &'a Run<'r>,
    side: Side,
    asked: RscId,
    found: Vec<ColocationId>,
}

impl List<'_, '_> {
    /// What a resource contributes for the one that asked.
    fn contribute(&mut self, rsc: RscId) {
        match self.run.model.resources[rsc].variant {
            Variant::Primitive(_) => self.of_primitive(rsc),
            Variant::Group(_) => self.of_group(rsc),
            Variant::Clone(_) => {
                self.merge(self.own(rsc));
                self.of_parent(rsc);
            }
            Variant::Bundle(_) => self.of_bundle(rsc),
        }
    }

    fn own(&self, rsc: RscId) -> Vec<ColocationId> {
        let colocations = &self.run.plan.colocations;
        match self.side {
            Side::Dependent => colocations.this_with[rsc].clone(),
            Side::Primary => colocations.with_this[rsc].clone(),
        }
    }

    fn of_parent(&mut self, rsc: RscId) {
        if let Some(parent) = self.run.model.resources[rsc].parent {
            self.contribute(parent);
        }
    }

    fn of_primitive(&mut self, rsc: RscId) {
        if rsc == self.asked {
            self.merge(self.own(rsc));
            self.of_parent(rsc);
            return;
        }
        // On behalf of its group it names only what was configured.
        for id in self.own(rsc) {
            if self.run.plan.colocations.table[id].explicit {
                self.insert(id);
            }
        }
    }

    fn of_group(&mut self, group: RscId) {
        let Variant::Group(spec) = &self.run.model.resources[group].variant else {
            return;
        };
        let members = &self.run.plan.children[group];
        let speaker = match self.side {
            Side::Dependent => members.first(),
            Side::Primary => members.last(),
        };
        if self.asked == group || Some(&self.asked) == speaker {
            self.merge(self.own(group));
            self.of_parent(group);
            if spec.colocated {
                for &member in members {
                    if member != self.asked {
                        self.contribute(member);
                    }
                }
            }
        } else if self.side == Side::Dependent {
            self.of_group_behind_unmanaged(group);
        }
    }

    /// A member that is not managed breaks the chain of members, so the group's own mandatory colocations count
    /// for those after it.
    fn of_group_behind_unmanaged(&mut self, group: RscId) {
        let before = self.run.plan.children[group]
            .iter()
            .take_while(|&&member| member != self.asked);
        let broken = before
            .into_iter()
            .any(|&member| !self.run.plan.rscs[member].is(RscFlags::MANAGED));
        if !broken {
            return;
        }
        for id in self.own(group) {
            if self.run.plan.colocations.table[id].score == Score::INFINITY {
                self.insert(id);
            }
        }
    }

    fn of_bundle(&mut self, bundle: RscId) {
        let Variant::Bundle(spec) = &self.run.model.resources[bundle].variant else {
            return;
        };
        let asked = self.asked;
        let is_container = spec.replicas.iter().any(|r| r.container == asked);
        let counts = if asked == bundle || is_container {
            true
        } else {
            spec.inner.is_some_and(|inner| {
                self.run.plan.rscs[inner].is(RscFlags::PROMOTABLE) && self.inner_takes_part(inner)
            })
        };
        if counts {
            self.merge(self.own(bundle));
        }
    }

    /// The inner clone takes part once roles are chosen, its instances once they have a node.
    fn inner_takes_part(&self, inner: RscId) -> bool {
        if self.asked == inner {
            return self.run.workspace.assign.choosing_roles.contains(inner);
        }
        self.run.model.is_ancestor(inner, self.asked)
            && !self.run.plan.unassigned.contains(self.asked)
    }

    fn merge(&mut self, extra: Vec<ColocationId>) {
        if self.found.is_empty() {
            self.found = extra;
            return;
        }
        for id in compat::merged_colocations(&extra) {
            self.insert(id);
        }
    }

    /// Sorts one in, before those it is equal to.
    fn insert(&mut self, id: ColocationId) {
        let rank = Rank {
            resources: &self.run.model.resources,
            states: &self.run.plan.rscs,
        };
        let table = &self.run.plan.colocations.table;
        let partner = |id: ColocationId| match self.side {
            Side::Dependent => table[id].primary,
            Side::Primary => table[id].dependent,
        };
        let at = self
            .found
            .partition_point(|&known| rank.compare(partner(known), partner(id)).is_lt());
        self.found.insert(at, id);
    }
}
