//! Location constraints and plain additions to tables.

use crate::Run;
use pcmk_base::Score;
use pcmk_model::{Cell, Location, LocationId, NodeId, ProbeMode, RscFlags, RscId, Source, Variant};

/// Applies all location constraints, last created first.
pub fn apply_all(run: &mut Run<'_>) {
    let model = run.model;
    for (id, location) in model.locations.table.iter().rev() {
        apply(run, location.rsc, (id, location), Part::Whole);
    }
}

/// How much of a constraint counts: later members of a colocated group only learn its nodes.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Whole,
    NodesOnly,
}

fn apply(run: &mut Run<'_>, rsc: RscId, location: (LocationId, &Location), part: Part) {
    let model = run.model;
    match &model.resources[rsc].variant {
        Variant::Primitive(_) => apply_to_table(run, rsc, location, part),
        Variant::Group(group) => {
            apply_to_table(run, rsc, location, part);
            let mut member_part = part;
            for member in run.plan.children[rsc].clone() {
                apply(run, member, location, member_part);
                if group.colocated {
                    member_part = Part::NodesOnly;
                }
            }
        }
        Variant::Clone(_) => {
            apply_to_table(run, rsc, location, part);
            for instance in run.plan.children[rsc].clone() {
                apply(run, instance, location, part);
            }
        }
        Variant::Bundle(bundle) => {
            apply_to_table(run, rsc, location, part);
            for replica in &bundle.replicas {
                apply(run, replica.container, location, part);
                if let Some(ip) = replica.ip {
                    apply(run, ip, location, part);
                }
            }
            if let Some(inner) = bundle.inner.filter(|_| location.1.role.is_some()) {
                apply(run, inner, location, part);
            }
        }
    }
}

fn apply_to_table(
    run: &mut Run<'_>,
    rsc: RscId,
    (id, location): (LocationId, &Location),
    part: Part,
) {
    if location
        .role
        .is_some_and(|role| role != run.plan.rscs[rsc].next_role)
    {
        return;
    }
    for &(node, score) in &location.nodes {
        // A node that was not in the table counts with the constraint's score alone.
        open(run, rsc, node);
        let (source, scores) = (Source::Location(id), &mut run.plan.scores);
        match part {
            Part::Whole => scores.add(rsc, node, score, Score::ZERO, source),
            Part::NodesOnly => scores.enter(rsc, node, Score::ZERO, source),
        }
        if run.plan.scores.probe(rsc, node) < location.probe {
            run.plan.scores.set_probe(rsc, node, location.probe);
            if location.probe == ProbeMode::Exclusive {
                run.plan.rscs[rsc].flags |= RscFlags::EXCLUSIVE_PROBES;
            }
        }
    }
}

/// A copy of a row with constraints applied to it as to a primitive's table.
pub(super) fn with_locations(
    run: &Run<'_>,
    row: &[Cell],
    of: RscId,
    locations: &[LocationId],
) -> Vec<Cell> {
    use pcmk_base::Id;
    let mut row = row.to_vec();
    for &id in locations.iter().rev() {
        let location = &run.model.locations.table[id];
        if location
            .role
            .is_some_and(|role| role != run.plan.rscs[of].next_role)
        {
            continue;
        }
        for &(node, score) in &location.nodes {
            let cell = &mut row[node.index()];
            *cell = Cell::of(cell.score().unwrap_or(Score::ZERO) + score);
        }
    }
    row
}

/// Adds to the score of a node for a resource and everything below it. A node new to a table brings its own
/// score.
pub fn add(run: &mut Run<'_>, rsc: RscId, node: NodeId, score: Score, source: Source) {
    for child in run.plan.children[rsc].clone() {
        add(run, child, node, score, source);
    }
    let base = run.plan.nodes[node].score;
    open(run, rsc, node);
    run.plan.scores.add(rsc, node, score, base, source);
}

/// A node new to a table brings its own probe mode.
fn open(run: &mut Run<'_>, rsc: RscId, node: NodeId) {
    if !run.plan.scores.has(rsc, node) {
        let mode = run.model.nodes[node].probe_mode;
        run.plan.scores.set_probe(rsc, node, mode);
    }
}

/// Bans every node for a resource and everything below it; an assignment it has itself is dropped.
pub fn ban_everywhere(run: &mut Run<'_>, rsc: RscId, source: Source) {
    for node in run.model.nodes.ids() {
        add(run, rsc, node, Score::MINUS_INFINITY, source);
    }
    if run.model.resources[rsc].is_primitive() && run.plan.assigned[rsc].is_some() {
        super::record::clear(run, rsc);
    }
}
