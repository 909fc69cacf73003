//! What is configured has changed since it was done: operations are cancelled, rescheduled, or done again by a
//! reload or a restart.

use crate::actions::cancel::cancel_recorded;
use crate::actions::cleanup::{clear_failcount, forget, has_failures};
use crate::actions::history::{Meaning, Meanings, entries, have_one_definition};
use crate::actions::request::{Need, request};
use crate::fencing::unfence::trigger;
use crate::order::relate::relate;
use crate::{ActionFlags, End, Reason, Run, Why, codes};
use pcmk_base::{Diagnostic, Entity, IdSet, Level, Text};
use pcmk_model::{
    DigestCache, DigestChange, ExecStatus, FenceReason, HistoryEntry, Model, NodeFlags, NodeId,
    OpRecord, OrderKinds as K, RscFlags, RscId, Task,
};
use pcmk_rules::IdIndex;

/// What comparisons share.
struct Checks<'m> {
    references: IdIndex<'m>,
    cache: DigestCache,
}

impl<'m> Checks<'m> {
    fn new(model: &'m Model) -> Checks<'m> {
        Checks {
            references: IdIndex::new(&model.cib),
            cache: DigestCache::default(),
        }
    }
}

/// Compares the history of every node that can be reached, or is in maintenance, with the configuration.
pub fn check_all(run: &mut Run<'_>) {
    let mut checks = Checks::new(run.model);
    let meanings = Meanings::of(run);
    for entry in entries(run) {
        if let Some(meaning) = meanings.of_entry(entry) {
            check_entry(run, &mut checks, entry, meaning);
        }
    }
}

/// Compares what had to wait until containers of bundles have nodes.
pub fn check_postponed(run: &mut Run<'_>) {
    let mut checks = Checks::new(run.model);
    let waiting = waiting_records(run, &checks);
    for (rsc, node, record) in waiting.into_iter().rev() {
        check_and_forgive(run, &mut checks, rsc, node, record);
    }
    let model = run.model;
    for check in &model.postponed_checks {
        if !check.last_failure {
            check_and_forgive(run, &mut checks, check.rsc, check.node, &check.record);
            continue;
        }
        let change = compare(run, &mut checks, check.rsc, check.node, &check.record).change;
        if matches!(change, DigestChange::Restart | DigestChange::Mismatch) {
            clear_failcount(run, check.rsc, check.node);
        }
    }
}

/// Records of connections whose address is that of a container, last ones last. Mostly there are none such.
fn waiting_records<'m>(run: &Run<'m>, checks: &Checks<'_>) -> Vec<(RscId, NodeId, &'m OpRecord)> {
    let model: &'m Model = run.model;
    let waits = |rsc: &RscId| model.needs_bundle_address(*rsc, &checks.references);
    let waiting: IdSet<RscId> = model.resources.ids().filter(waits).collect();
    let mut found = Vec::new();
    if waiting.is_empty() {
        return found;
    }
    let meanings = Meanings::of(run);
    for entry in entries(run) {
        let meant = meanings.of_entry(entry).map(|meaning| &meaning.rscs);
        for &rsc in meant.into_iter().flatten().rev() {
            let removed = run.plan.rscs[rsc].is(RscFlags::REMOVED);
            let active = model.activity[rsc].active_on.contains(&entry.node);
            if removed || !active || !waiting.contains(rsc) {
                continue;
            }
            let waits = |record: &&OpRecord| {
                !ends_for_maintenance(run, rsc, entry.node, record) && is_comparable(record)
            };
            let records = active_records(&entry.records).iter().filter(waits);
            found.extend(records.map(|record| (rsc, entry.node, record)));
        }
    }
    found
}

fn check_entry(
    run: &mut Run<'_>,
    checks: &mut Checks<'_>,
    entry: &HistoryEntry,
    meaning: &Meaning,
) {
    if entry.records.is_empty() && entry.xml.children().is_empty() {
        return;
    }
    // One look is enough for all instances, if the entry was found to be of one of them.
    let known = meaning
        .rscs
        .first()
        .zip(entry.rsc)
        .filter(|_| meaning.alike);
    let known = known.filter(|&(&rsc, known)| have_one_definition(run.model, rsc, known));
    for &rsc in meaning.rscs.iter().rev() {
        let is_other_agent = match known {
            Some(_) => entry.has_other_agent,
            None => run.model.resources[rsc].is_of_other_agent(&entry.xml),
        };
        check_primitive(run, checks, entry, rsc, is_other_agent);
    }
}

fn check_primitive(
    run: &mut Run<'_>,
    checks: &mut Checks<'_>,
    entry: &HistoryEntry,
    rsc: RscId,
    is_other_agent: bool,
) {
    let node = entry.node;
    if run.plan.rscs[rsc].is(RscFlags::REMOVED) {
        if run.model.anonymous_clone_of(rsc).is_none() {
            forget(run, rsc, node);
        }
        return;
    }
    let active = run.model.activity[rsc].active_on.contains(&node);
    if is_other_agent {
        trigger(
            run,
            Some(rsc),
            Some(node),
            FenceReason::DeviceDefinitionChanged,
        );
        if active {
            let need = Need::Required(Why::Definition);
            request(run, rsc, Task::Stop, 0, Some(node), need);
            run.plan.rscs[rsc].flags |= RscFlags::START_PENDING;
        }
        forget(run, rsc, node);
    }
    if !active {
        return;
    }
    for record in active_records(&entry.records) {
        if ends_for_maintenance(run, rsc, node, record) {
            cancel_recorded(run, rsc, record, node);
        } else if is_comparable(record) && !run.model.needs_bundle_address(rsc, &checks.references)
        {
            check_and_forgive(run, checks, rsc, node, record);
        }
    }
}

/// Records from the one on by which a resource became active, unless it was stopped after that.
fn active_records(records: &[OpRecord]) -> &[OpRecord] {
    let last = |wanted: fn(&OpRecord) -> bool| records.iter().rposition(wanted);
    let stop = last(|r| r.task == Task::Stop && r.status == ExecStatus::Done);
    let first_found = || {
        let since = stop.map_or(0, |stop| stop + 1);
        let found = |r: &OpRecord| r.task == Task::Monitor && matches!(r.rc, 0 | 8);
        records[since..].iter().position(found).map(|at| since + at)
    };
    let start = last(|r| matches!(r.task, Task::Start | Task::MigrateFrom))
        .or_else(|| last(|r| matches!(r.task, Task::Promote | Task::Demote)))
        .or_else(first_found);
    match (start, stop) {
        (Some(start), Some(stop)) if start < stop => &[],
        (None, Some(_)) => &[],
        (start, _) => &records[start.unwrap_or(0)..],
    }
}

/// Nothing recurs in maintenance.
fn ends_for_maintenance(run: &Run<'_>, rsc: RscId, node: NodeId, record: &OpRecord) -> bool {
    record.interval > 0
        && (run.plan.rscs[rsc].is(RscFlags::MAINTENANCE)
            || run.plan.nodes[node].is(NodeFlags::MAINTENANCE))
}

fn is_comparable(record: &OpRecord) -> bool {
    record.interval > 0
        || matches!(
            record.task,
            Task::Monitor | Task::Start | Task::Promote | Task::MigrateFrom
        )
}

/// The address of a bundle's connection: where its container will be, or is.
fn address(run: &Run<'_>, rsc: RscId) -> Option<Text> {
    let launcher = run.model.resources[rsc].launcher?;
    let node = run.plan.assigned[launcher].or_else(|| {
        run.model
            .current_node(&run.plan.nodes, &run.plan.rscs, launcher)
    })?;
    Some(run.model.nodes[node].name.clone())
}

/// An operation that failed and is defined anew gets a fresh chance.
fn check_and_forgive(
    run: &mut Run<'_>,
    checks: &mut Checks<'_>,
    rsc: RscId,
    node: NodeId,
    record: &OpRecord,
) {
    if check(run, checks, rsc, node, record) && has_failures(run, rsc, node) {
        clear_failcount(run, rsc, node);
    }
}

fn compare(
    run: &Run<'_>,
    checks: &mut Checks<'_>,
    rsc: RscId,
    node: NodeId,
    record: &OpRecord,
) -> pcmk_model::DigestComparison {
    let address = run
        .model
        .needs_bundle_address(rsc, &checks.references)
        .then(|| address(run, rsc))
        .flatten();
    let (cache, references) = (&mut checks.cache, &checks.references);
    cache.compare(run.model, references, rsc, node, record, address.as_deref())
}

/// Compares one record and schedules what follows. Returns whether its definition changed.
fn check(
    run: &mut Run<'_>,
    checks: &mut Checks<'_>,
    rsc: RscId,
    node: NodeId,
    record: &OpRecord,
) -> bool {
    let (task, interval) = (record.task, record.interval);
    if interval > 0 && run.model.op_config(rsc, task, interval, false).is_none() {
        if run.model.options.cancel_removed_actions {
            cancel_recorded(run, rsc, record, node);
        }
        return true;
    }
    let compared = compare(run, checks, rsc, node, record);
    if compared.same_without_private {
        report_private(run, rsc, node, record);
        return false;
    }
    match compared.change {
        DigestChange::Match => return false,
        DigestChange::Restart => force_restart(run, rsc, node, record),
        DigestChange::Mismatch | DigestChange::Unknown if interval > 0 => {
            reschedule(run, rsc, node, record);
        }
        DigestChange::Mismatch | DigestChange::Unknown => {
            if record.restart_digest().is_some() {
                reload(run, rsc, node);
            } else {
                force_restart(run, rsc, node, record);
            }
        }
    }
    true
}

fn report_private(run: &mut Run<'_>, rsc: RscId, node: NodeId, record: &OpRecord) {
    let entity = Entity::Resource(run.model.resources[rsc].id.to_string());
    let found = Diagnostic::new(Level::Info, codes::PRIVATE_PARAMETERS_CHANGED, entity);
    let found = found
        .with("interval", record.interval)
        .with("task", record.task.name(&run.model.names))
        .with("node", &run.model.nodes[node].name)
        .with(
            "magic",
            record.xml.attr("transition-magic").unwrap_or_default(),
        );
    run.plan.diagnostics.push(found);
}

/// Requires the operation again, or the start for one that ran with the start's parameters. Where that will be is
/// not decided yet.
fn force_restart(run: &mut Run<'_>, rsc: RscId, node: NodeId, record: &OpRecord) {
    let task = match record.task {
        Task::Monitor | Task::MigrateFrom | Task::Promote if record.interval == 0 => Task::Start,
        task => task,
    };
    let need = Need::Required(Why::Definition);
    let id = request(run, rsc, task, record.interval, None, need);
    run.plan.actions[id].reason = Some(Reason::DefinitionChange);
    let reason = FenceReason::DeviceParametersChanged;
    trigger(run, Some(rsc), Some(node), reason);
}

/// Has a recurring operation done anew where it goes on.
fn reschedule(run: &mut Run<'_>, rsc: RscId, node: NodeId, record: &OpRecord) {
    let reason = FenceReason::DeviceParametersReschedule;
    trigger(run, Some(rsc), Some(node), reason);
    let (task, interval) = (record.task, record.interval);
    let id = request(run, rsc, task, interval, Some(node), Need::Optional);
    run.plan.actions[id].flags |= ActionFlags::RESCHEDULE;
}

/// Has the agent take its parameters over, unless it stops anyway.
fn reload(run: &mut Run<'_>, rsc: RscId, node: NodeId) {
    let reason = FenceReason::DeviceParametersReload;
    trigger(run, Some(rsc), Some(node), reason);
    let need = Need::Required(Why::Definition);
    let state = &mut run.plan.rscs[rsc];
    if !state.is(RscFlags::MANAGED) || state.is(RscFlags::FAILED) {
        return;
    }
    if state.is(RscFlags::START_PENDING) {
        request(run, rsc, Task::Stop, 0, Some(node), need);
        return;
    }
    state.flags |= RscFlags::RELOAD;
    let id = request(run, rsc, Task::ReloadAgent, 0, Some(node), need);
    let action = &mut run.plan.actions[id];
    action.reason = action.reason.or(Some(Reason::DefinitionChange));
    for down in [Task::Stop, Task::Demote] {
        let kinds = K::ORDERED | K::THEN_CANCELS_FIRST;
        relate(run, End::Action(id), End::task(rsc, down), kinds);
    }
}
