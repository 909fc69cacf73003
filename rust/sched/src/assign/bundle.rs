//! Choosing the nodes of a bundle's containers, and with them of everything in and around them.
//!
//! A bundle that is asked again goes through all of it again; parts that have a node keep it.

use super::{clone, compare, instances, score_log, threshold};
use crate::{Run, ScoreStep};
use pcmk_base::Score;
use pcmk_model::{Colocation, NodeId, Rank, Replica, RscId, Source, Variant};

/// Assigns the parts; see [`super::assign`].
pub fn assign(
    run: &mut Run<'_>,
    bundle: RscId,
    preferred: Option<NodeId>,
    stop_if_fail: bool,
) -> Option<NodeId> {
    let model = run.model;
    let Variant::Bundle(spec) = &model.resources[bundle].variant else {
        return None;
    };
    run.workspace.assign.assigning.insert(bundle);
    score_log::tables(run, ScoreStep::Bundle, bundle);
    let containers = instances::containers(model, bundle);
    let max = u32::try_from(containers.len()).unwrap_or(u32::MAX);
    let order = compare::sorted(run, containers, bundle);
    instances::assign_instances(run, bundle, &order, max, spec.per_host);
    for replica in &spec.replicas {
        assign_replica(run, spec.inner, replica, preferred, stop_if_fail);
    }
    if let Some(inner) = spec.inner {
        gate_inner(run, &spec.replicas, inner);
        clone::assign(run, inner, preferred, stop_if_fail);
    }
    run.workspace.assign.assigning.remove(bundle);
    run.plan.unassigned.remove(bundle);
    None
}

fn assign_replica(
    run: &mut Run<'_>,
    inner: Option<RscId>,
    replica: &Replica,
    preferred: Option<NodeId>,
    stop_if_fail: bool,
) {
    if let Some(ip) = replica.ip {
        super::assign(run, ip, preferred, stop_if_fail);
    }
    if let Some(connection) = replica.connection {
        add_nested(run, replica.container, connection);
        super::assign(run, connection, preferred, stop_if_fail);
    }
    let (Some(child), Some(node)) = (replica.child, replica.node) else {
        return;
    };
    bind_to_replica(run, child, node);
    let entered = inner.is_some_and(|inner| run.workspace.assign.assigning.insert(inner));
    super::assign(run, child, Some(node), stop_if_fail);
    if let Some(inner) = inner.filter(|_| entered) {
        run.workspace.assign.assigning.remove(inner);
    }
}

/// What is inside runs on its replica's node and nowhere else, unless it failed there too often.
fn bind_to_replica(run: &mut Run<'_>, child: RscId, replica: NodeId) {
    let known: Vec<NodeId> = run.plan.scores.nodes(child).map(|(n, _)| n).collect();
    for node in known {
        if node != replica {
            run.plan
                .scores
                .set(child, node, Score::MINUS_INFINITY, Source::Replica);
        } else if !threshold::is_reached(run, child, node) {
            run.plan
                .scores
                .set(child, node, Score::INFINITY, Source::Replica);
        }
    }
}

fn gate_inner(run: &mut Run<'_>, replicas: &[Replica], inner: RscId) {
    let known: Vec<NodeId> = run.plan.scores.nodes(inner).map(|(n, _)| n).collect();
    for node in known {
        let ours = replicas.iter().any(|r| r.node == Some(node));
        let score = if ours {
            Score::ZERO
        } else {
            Score::MINUS_INFINITY
        };
        run.plan.scores.set(inner, node, score, Source::Replica);
    }
}

/// A container on a remote node needs that node's connection to be where its own is.
fn add_nested(run: &mut Run<'_>, container: RscId, connection: RscId) {
    let host = run.plan.assigned[container];
    let Some(host_connection) = host
        .filter(|&node| run.model.nodes[node].is_pacemaker_remote())
        .and_then(|node| run.model.nodes[node].connection)
    else {
        return;
    };
    let rank = Rank {
        resources: &run.model.resources,
        states: &run.plan.rscs,
    };
    run.plan.colocations.insert(
        Colocation {
            id: "#replica-remote-with-host-remote".into(),
            dependent: connection,
            primary: host_connection,
            score: Score::INFINITY,
            dependent_role: None,
            primary_role: None,
            node_attr: None,
            influence: true,
            explicit: false,
        },
        &rank,
    );
}
