//! The passes in the order they run. This list is the order.

use crate::passes::*;
use crate::run::{Options, Pass, Run, Workspace};
use crate::{Plan, verify};
use pcmk_model::Model;

/// Every pass, in order.
pub const PASSES: [Pass; 21] = [
    replay_requests::PASS,
    configured_orders::PASS,
    shutdown_locks::PASS,
    locations::PASS,
    stickiness::PASS,
    failure_limits::PASS,
    internal_constraints::PASS,
    config_changes::PASS,
    assign::PASS,
    postponed_checks::PASS,
    probes::PASS,
    clear_removed::PASS,
    role_changes::PASS,
    remote_orders::PASS,
    node_actions::PASS,
    apply_relations::PASS,
    block_dependents::PASS,
    probe_orders::PASS,
    propagate::PASS,
    drop_edges::PASS,
    notifications::PASS,
];

/// Runs all passes on a fresh plan.
pub(crate) fn run(model: &Model, workspace: &mut Workspace, options: &Options) -> Plan {
    let mut plan = Plan::new(model);
    for pass in PASSES {
        let began = options.clock.map(|clock| clock());
        (pass.run)(&mut Run {
            model,
            plan: &mut plan,
            workspace,
            options,
        });
        if let (Some(clock), Some(began)) = (options.clock, began) {
            plan.timings
                .push((pass.name, clock().saturating_sub(began)));
        }
        if cfg!(debug_assertions) {
            verify::verify(model, &mut plan, pass.name);
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_have_names_of_their_own() {
        let mut names: Vec<_> = PASSES.iter().map(|p| p.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PASSES.len());
    }
}
