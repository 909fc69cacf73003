//! Foldings of an earlier run, for those that would come to the same.
//!
//! Where many resources are colocated with more than one, they are come to again and again on other paths. Such
//! foldings cost more than anything else in a run, and are worth remembering; the others are made as quickly.
//!
//! What a folding reads is known when it is over: the resources that it came to, and what is next to them. They are
//! kept as they looked then. When the same is asked for again, and all of them look the same, so does the outcome.
//! Of nodes and of what is configured it is known already that they do ([`super::past`]).

use super::colocation_lists::Side;
use super::fold::{Fold, Row};
use crate::Run;
use pcmk_base::IdVec;
use pcmk_model::{Cell, ColocationId, RscId, RscState, Variant};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Looks at resources that are kept at most: with what they share some 20 MB.
const MOST_LOOKS: usize = 1_000_000;
/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    /// Whose preferences are folded.
    pub source: RscId,
    /// Into whose table.
    pub target: RscId,
    /// For which colocation.
    pub colocation: ColocationId,
    /// Bits of the factor.
    pub factor: u32,
    /// How.
    pub how: Fold,
}

/// Foldings that are over.
#[derive(Debug, Default)]
pub struct Foldings {
    known: FxHashMap<Asked, Folding>,
    /// How resources looked last.
    looks: IdVec<RscId, Option<Arc<Look>>>,
    /// Looks in all foldings.
    kept: usize,
}

#[derive(Debug)]
struct Folding {
    before: Row,
    after: Row,
    paths: usize,
    read: Vec<(RscId, Arc<Look>)>,
}

/// What foldings read of a resource that can differ from one moment to another.
#[derive(Debug)]
struct Look {
    row: Box<[Cell]>,
    state: RscState,
    children: Box<[RscId]>,
    active_on: usize,
}

impl Look {
    fn of(run: &Run<'_>, rsc: RscId) -> Look {
        Look {
            row: run.plan.scores.row(rsc).into(),
            state: run.plan.rscs[rsc].clone(),
            children: run.plan.children[rsc].as_slice().into(),
            active_on: run.model.activity[rsc].active_on.len(),
        }
    }

    fn is_of(&self, run: &Run<'_>, rsc: RscId) -> bool {
        *self.row == *run.plan.scores.row(rsc)
            && self.state == run.plan.rscs[rsc]
            && *self.children == *run.plan.children[rsc]
            && self.active_on == run.model.activity[rsc].active_on.len()
    }
}

/// Makes of a row what was made of an equal one before, if that is known. The answer is how many paths were followed.
pub fn recall(run: &Run<'_>, asked: &Asked, row: &mut Row) -> Option<usize> {
    let foldings = run.workspace.assign.foldings.as_ref()?;
    let known = foldings.known.get(asked)?;
    let mut read = known.read.iter();
    if known.before != *row || !read.all(|(rsc, look)| look.is_of(run, *rsc)) {
        return None;
    }
    row.clone_from(&known.after);
    Some(known.paths)
}

impl Foldings {
    /// Keeps what became of a row on the way through these resources, if some were come to more than once.
    pub fn keep(
        &mut self,
        run: &Run<'_>,
        asked: Asked,
        (before, after): (Row, &Row),
        paths: usize,
        way: &[RscId],
    ) {
        let outgrown = self.known.remove(&asked);
        self.kept -= outgrown.map_or(0, |folding| folding.read.len());
        if paths == way.len() || self.kept > MOST_LOOKS {
            return;
        }
        let read: Vec<_> = read_on(run, &asked, way)
            .into_iter()
            .map(|rsc| (rsc, self.look(run, rsc)))
            .collect();
        self.kept += read.len();
        let folding = Folding {
            before,
            after: after.clone(),
            paths,
            read,
        };
        self.known.insert(asked, folding);
    }

    /// How a resource looks now. Foldings share it as long as that does not change.
    fn look(&mut self, run: &Run<'_>, rsc: RscId) -> Arc<Look> {
        if self.looks.is_empty() {
            self.looks.resize(run.model.resources.len(), None);
        }
        match &mut self.looks[rsc] {
            Some(last) if last.is_of(run, rsc) => last.clone(),
            last => last.insert(Arc::new(Look::of(run, rsc))).clone(),
        }
    }
}

/// What is read on a way: of each resource those that contribute to its colocations, and of each colocation both ends.
fn read_on(run: &Run<'_>, asked: &Asked, way: &[RscId]) -> Vec<RscId> {
    let (colocations, resources) = (&run.plan.colocations, &run.model.resources);
    let first = &colocations.table[asked.colocation];
    let mut read = vec![first.dependent, first.primary];
    let mut look_at = |rsc: RscId| {
        read.push(rsc);
        for &id in match asked.how.side {
            Side::Dependent => &colocations.this_with[rsc],
            Side::Primary => &colocations.with_this[rsc],
        } {
            read.push(colocations.table[id].dependent);
            read.push(colocations.table[id].primary);
        }
    };
    for &rsc in way {
        let mut above = Some(rsc);
        while let Some(rsc) = above {
            look_at(rsc);
            if let Variant::Group(_) = resources[rsc].variant {
                for &member in &run.plan.children[rsc] {
                    look_at(member);
                }
            }
            above = resources[rsc].parent;
        }
    }
    read.sort_unstable();
    read.dedup();
    read
}
