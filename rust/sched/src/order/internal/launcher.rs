//! What being launched by another resource (a virtual machine, a container) implies.

use super::primitive::{allowed_nodes, ban_remote_nodes};
use super::tasks;
use crate::Run;
use pcmk_base::Score;
use pcmk_model::{Colocation, OrderKinds as K, Rank, RscFlags, RscId, Source, Task};

/// How strongly a replica's connection follows its container.
const REPLICA_CONNECTION: Score = Score::new(10_000);

pub(super) fn constrain(run: &mut Run<'_>, rsc: RscId) {
    let Some(launcher) = run.model.resources[rsc].launcher else {
        return;
    };
    let connection = run.plan.rscs[rsc].is(RscFlags::REMOTE_CONNECTION);
    let nested = run.plan.rscs[rsc].is(RscFlags::REMOTE_NESTING_ALLOWED);
    if connection {
        if !nested {
            ban_remote_nodes(run, launcher);
        }
        // A probe that finds the launcher running makes the recovery of its connection unnecessary.
        tasks(
            run,
            (launcher, Task::Monitor),
            (rsc, Task::Stop),
            K::ORDERED,
        );
    } else if let Some(inside) = connection_behind(run, launcher) {
        confine(run, rsc, inside);
        return;
    }
    let up = K::FIRST_IMPLIES_THEN | K::UNRUNNABLE_FIRST_BLOCKS;
    tasks(run, (launcher, Task::Start), (rsc, Task::Start), up);
    let down = K::THEN_IMPLIES_FIRST;
    tasks(run, (rsc, Task::Stop), (launcher, Task::Stop), down);
    let score = if nested {
        REPLICA_CONNECTION
    } else {
        Score::INFINITY
    };
    colocate(run, "#resource-with-container", rsc, launcher, score, true);
}

/// The connection of the node that a launcher is or contains.
fn connection_behind(run: &Run<'_>, launcher: RscId) -> Option<RscId> {
    let model = run.model;
    if run.plan.rscs[launcher].is(RscFlags::REMOTE_CONNECTION) {
        return Some(launcher);
    }
    let launched = &model.resources[launcher].launched;
    launched
        .iter()
        .copied()
        .find(|&r| run.plan.rscs[r].is(RscFlags::REMOTE_CONNECTION))
}

/// Bans every node but the one a connection leads to.
fn confine(run: &mut Run<'_>, rsc: RscId, connection: RscId) {
    for node in allowed_nodes(run, rsc) {
        if run.model.nodes[node].connection != Some(connection) {
            let source = Source::Launcher(connection);
            run.plan
                .scores
                .set(rsc, node, Score::MINUS_INFINITY, source);
        }
    }
}

/// Adds an implied colocation.
pub(super) fn colocate(
    run: &mut Run<'_>,
    id: &str,
    dependent: RscId,
    primary: RscId,
    score: Score,
    influence: bool,
) {
    let rank = Rank {
        resources: &run.model.resources,
        states: &run.plan.rscs,
    };
    run.plan.colocations.insert(
        Colocation {
            id: id.into(),
            dependent,
            primary,
            score,
            dependent_role: None,
            primary_role: None,
            node_attr: None,
            influence,
            explicit: false,
        },
        &rank,
    );
}
