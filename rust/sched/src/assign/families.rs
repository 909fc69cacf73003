//! Which resources have to do with each other when nodes are chosen.

use crate::Run;
use pcmk_base::IdVec;
use pcmk_model::RscId;

/// Families of resources that are above, below or colocated with each other, each named by one of it.
pub struct Families {
    /// A resource of the same family that is nearer to its head, or itself.
    toward: IdVec<RscId, RscId>,
}

impl Families {
    /// The families of all resources, by the colocations that there are now.
    pub fn of(run: &Run<'_>) -> Families {
        let resources = &run.model.resources;
        let mut families = Families {
            toward: resources.ids().collect(),
        };
        for (rsc, resource) in resources.iter() {
            for &child in &resource.children {
                families.unite(rsc, child);
            }
        }
        for colocation in run.plan.colocations.table.values() {
            families.unite(colocation.dependent, colocation.primary);
        }
        // Who is nearer was made before, so it knows the head already.
        for rsc in resources.ids() {
            families.toward[rsc] = families.toward[families.toward[rsc]];
        }
        families
    }

    /// The head of a resource's family.
    pub fn head(&self, rsc: RscId) -> RscId {
        self.toward[rsc]
    }

    /// The head, while families are still being united; who is asked for on the way comes nearer to it.
    fn find(&mut self, rsc: RscId) -> RscId {
        let mut at = rsc;
        while self.toward[at] != at {
            self.toward[at] = self.toward[self.toward[at]];
            at = self.toward[at];
        }
        at
    }

    fn unite(&mut self, a: RscId, b: RscId) {
        let (a, b) = (self.find(a), self.find(b));
        self.toward[a.max(b)] = a.min(b);
    }
}
