//! What a history means: one resource on two nodes, records as clusters write them.

use pcmk_base::Role;
use pcmk_model::{
    FenceReason, Memory, Model, NodeFlags, ReadOptions, Request, RscFlags, RscId, Task,
};
use pcmk_xml::Element;
use std::sync::Arc;

const NOW: i64 = 1_000_000;

/// A record: operation, interval, result, status, expected result, more attributes.
struct Record {
    task: &'static str,
    interval: u32,
    rc: i32,
    status: i32,
    expected: i32,
    more: &'static str,
}

const fn op(task: &'static str, interval: u32, rc: i32, expected: i32) -> Record {
    Record {
        task,
        interval,
        rc,
        status: 0,
        expected,
        more: "",
    }
}

const STARTED: Record = op("start", 0, 0, 0);
const STOPPED: Record = op("stop", 0, 0, 0);
const FAILED_MONITOR: Record = op("monitor", 10_000, 7, 0);
const PROBED: Record = op("monitor", 0, 7, 7);

impl Record {
    fn xml(&self, call: usize, node: &str) -> String {
        let Record {
            task,
            interval,
            rc,
            status,
            expected,
            more,
        } = self;
        let call = if *status == -1 { -1 } else { call as i64 };
        let key = format!("{call}:1:{expected}:00000000-0000-0000-0000-000000000000");
        format!(
            "<lrm_rsc_op id='R_{task}_{interval}' operation='{task}' interval='{interval}' rc-code='{rc}' \
             op-status='{status}' call-id='{call}' on_node='{node}' last-rc-change='{call}' \
             transition-key='{key}' transition-magic='{status}:{rc};{key}' {more}/>"
        )
    }
}

fn node(id: &str, attrs: &str, records: &[Record]) -> String {
    let ops: String = (1..).zip(records).map(|(c, r)| r.xml(c, id)).collect();
    format!(
        "<node_state id='{id}' uname='{id}' in_ccm='true' crmd='online' join='member' expected='member'>\
         {attrs}<lrm id='{id}'><lrm_resources><lrm_resource id='R' class='ocf' provider='heartbeat' type='Dummy'>\
         {ops}</lrm_resource></lrm_resources></lrm></node_state>"
    )
}

struct Setting<'s> {
    fencing: bool,
    on_fail: &'s str,
    meta: &'s str,
    attrs: &'s str,
}

const PLAIN: Setting<'_> = Setting {
    fencing: true,
    on_fail: "",
    meta: "",
    attrs: "",
};

fn document(setting: &Setting<'_>, n1: &[Record], n2: &[Record]) -> Arc<Element> {
    let Setting {
        fencing,
        on_fail,
        meta,
        attrs,
    } = setting;
    let text = format!(
        "<cib have-quorum='1' dc-uuid='n1'><configuration><crm_config><cluster_property_set id='o'>\
         <nvpair id='o1' name='fencing-enabled' value='{fencing}'/></cluster_property_set></crm_config>\
         <nodes><node id='n1' uname='n1'/><node id='n2' uname='n2'/></nodes><resources>\
         <primitive id='F' class='stonith' type='fence_dummy'/>\
         <primitive id='R' class='ocf' provider='heartbeat' type='Dummy'>\
         <meta_attributes id='m'>{meta}</meta_attributes>\
         <operations><op id='R-m' name='monitor' interval='10s' {on_fail}/></operations></primitive></resources>\
         <constraints/></configuration><status>{}{}</status></cib>",
        node("n1", attrs, n1),
        node("n2", "", n2)
    );
    pcmk_xml::parse_str(&text).expect("a document")
}

fn read(setting: &Setting<'_>, n1: &[Record], n2: &[Record]) -> (Model, RscId) {
    let cib = document(setting, n1, n2);
    let options = ReadOptions {
        now: NOW,
        sanitized: false,
    };
    let (model, _) = Model::read(&cib, &options);
    let rsc = model.resource_with_id("R").expect("the resource");
    (model, rsc)
}

/// Role, nodes it is active on, and whether it failed.
fn state(model: &Model, rsc: RscId) -> (Role, Vec<&str>, bool) {
    let state = &model.states[rsc];
    let nodes = model.activity[rsc].active_on.iter();
    let names = nodes.map(|&n| &*model.nodes[n].name).collect();
    (state.current_role, names, state.is(RscFlags::FAILED))
}

#[track_caller]
fn check(n1: &[Record], n2: &[Record], role: Role, nodes: &[&str], failed: bool) {
    let (model, rsc) = read(&PLAIN, n1, n2);
    assert_eq!(state(&model, rsc), (role, nodes.to_vec(), failed));
}

#[test]
fn successes_and_failures() {
    let at = |n1: &[Record], role, nodes: &[&str], failed| check(n1, &[], role, nodes, failed);
    at(&[STARTED], Role::Started, &["n1"], false);
    at(&[STARTED, STOPPED], Role::Stopped, &[], false);
    at(&[op("start", 0, 1, 0)], Role::Started, &["n1"], true);
    at(&[STARTED, FAILED_MONITOR], Role::Started, &["n1"], true);
    at(
        &[STARTED, FAILED_MONITOR, STOPPED],
        Role::Stopped,
        &[],
        false,
    );
    let degraded = op("monitor", 10_000, 190, 0);
    at(&[STARTED, degraded], Role::Started, &["n1"], false);
    let promoted = op("monitor", 10_000, 8, 0);
    at(&[STARTED, promoted], Role::Promoted, &["n1"], true);
    at(&[op("asyncmon", 0, 0, 0)], Role::Started, &["n1"], false);
    at(&[op("monitor", 0, 1, 7)], Role::Started, &["n1"], true);
    at(&[op("monitor", 0, 0, 7)], Role::Started, &["n1"], false);
    at(&[op("monitor", 0, 5, 7)], Role::Stopped, &[], false);
    at(&[PROBED], Role::Stopped, &[], false);
    at(&[op("notify", 0, 1, 0)], Role::Stopped, &[], false);
}

#[test]
fn bans_follow_from_errors_of_the_node_or_of_the_configuration() {
    let banned = |n1: &[Record]| {
        let (model, rsc) = read(&PLAIN, n1, &[]);
        let scores = |name: &str| model.scores.get(rsc, model.node_named(name).unwrap());
        ["n1", "n2"].map(|n| scores(n).is_some_and(|s| s.value() < 0))
    };
    assert_eq!(banned(&[STARTED, FAILED_MONITOR]), [false, false]);
    assert_eq!(banned(&[op("start", 0, 5, 0)]), [true, false]);
    assert_eq!(banned(&[op("monitor", 0, 2, 7)]), [true, false]);
    assert_eq!(banned(&[op("start", 0, 6, 0)]), [true, true]);
}

#[test]
fn a_stop_that_fails_needs_fencing_or_blocks() {
    let failed_stop = || [STARTED, op("stop", 0, 1, 0)];
    let (model, rsc) = read(&PLAIN, &failed_stop(), &[]);
    let n1 = model.node_named("n1").unwrap();
    assert!(model.node_states[n1].is(NodeFlags::UNCLEAN));
    let fenced = Request::Fence {
        node: n1,
        reason: FenceReason::FailedThere(rsc),
        priority_delay: false,
    };
    assert!(model.requests.contains(&fenced));
    let without = Setting {
        fencing: false,
        ..PLAIN
    };
    let (model, rsc) = read(&without, &failed_stop(), &[]);
    let state = &model.states[rsc];
    assert!(state.is(RscFlags::BLOCKED | RscFlags::FAILED) && !state.is(RscFlags::MANAGED));
}

#[test]
fn on_fail_says_what_a_failure_does() {
    let with = |on_fail: &'static str, records: &[Record]| {
        let setting = Setting { on_fail, ..PLAIN };
        read(&setting, records, &[])
    };
    let failed = [STARTED, FAILED_MONITOR];
    let (model, rsc) = with("on-fail='stop'", &failed);
    assert_eq!(model.states[rsc].next_role, Role::Stopped);
    assert!(model.scores.nodes(rsc).all(|(_, score)| score.value() < 0));
    let (model, rsc) = with("on-fail='block'", &failed);
    assert!(model.states[rsc].is(RscFlags::BLOCKED));
    let (model, rsc) = with("on-fail='block'", &[STARTED, FAILED_MONITOR, STOPPED]);
    assert!(!model.states[rsc].is(RscFlags::BLOCKED));
    let (model, rsc) = with("on-fail='ignore'", &failed);
    assert_eq!(state(&model, rsc), (Role::Started, vec!["n1"], false));
    assert!(model.states[rsc].is(RscFlags::IGNORE_FAILURE));
    let (model, _) = with("on-fail='standby'", &failed);
    let n1 = model.node_named("n1").unwrap();
    assert!(model.node_states[n1].is(NodeFlags::STANDBY | NodeFlags::FAIL_STANDBY));
}

#[test]
fn a_recovery_stops_and_keeps_what_runs() {
    let (model, rsc) = read(&PLAIN, &[STARTED, FAILED_MONITOR], &[]);
    let n1 = model.node_named("n1").unwrap();
    let recurring = Request::Recurring {
        rsc,
        task: Task::Monitor,
        interval: 10_000,
        node: n1,
    };
    let stop = Request::Stop {
        rsc,
        node: n1,
        required: true,
    };
    assert_eq!(model.requests, [recurring, stop]);
    assert!(model.states[rsc].is(RscFlags::STOP_IF_FAILED));
}

const TIMEOUT: &str = "<nvpair id='m1' name='failure-timeout' value='10s'/>";

fn failures(count: &str, last: i64) -> String {
    format!(
        "<transient_attributes id='n1'><instance_attributes id='t'>\
         <nvpair id='t1' name='fail-count-R#monitor_10000' value='{count}'/>\
         <nvpair id='t2' name='last-failure-R#monitor_10000' value='{last}'/>\
         </instance_attributes></transient_attributes>"
    )
}

#[test]
fn what_came_of_a_record_is_of_one_run() {
    let old = failures("1", 5);
    let setting = Setting {
        meta: TIMEOUT,
        attrs: &old,
        ..PLAIN
    };
    let cib = document(&setting, &[STARTED, FAILED_MONITOR], &[]);
    let mut memory = Memory::default();
    for (now, expires) in [(NOW, true), (6, false), (NOW, true)] {
        let options = ReadOptions {
            now,
            sanitized: false,
        };
        let (model, _) = Model::read_again(&cib, &options, &mut memory);
        let mut records = model.history.values().flat_map(|entry| &*entry.records);
        assert_eq!(records.any(|record| record.expired_failure), expires);
    }
}

#[test]
fn failures_expire_together_with_their_count() {
    let old = failures("1", 5);
    let setting = Setting {
        meta: TIMEOUT,
        attrs: &old,
        ..PLAIN
    };
    let (model, rsc) = read(&setting, &[STARTED, FAILED_MONITOR], &[]);
    assert_eq!(state(&model, rsc), (Role::Started, vec!["n1"], false));
    let clears = |model: &Model| {
        let clear = |r: &Request| matches!(r, Request::ClearFailcount { .. });
        model.requests.iter().any(clear)
    };
    assert!(clears(&model));
    assert!(
        model
            .history
            .values()
            .any(|h| h.records.iter().any(|r| r.expired_failure))
    );
    let recent = failures("1", NOW - 4);
    let setting = Setting {
        attrs: &recent,
        ..setting
    };
    let (model, rsc) = read(&setting, &[STARTED, FAILED_MONITOR], &[]);
    assert_eq!(state(&model, rsc), (Role::Started, vec!["n1"], true));
    assert!(!clears(&model));
    assert_eq!(model.recheck_at, Some(NOW - 4 + 11));
    let blocking = Setting {
        on_fail: "on-fail='block'",
        attrs: &old,
        ..setting
    };
    let (model, rsc) = read(&blocking, &[STARTED, FAILED_MONITOR], &[]);
    assert!(model.states[rsc].is(RscFlags::BLOCKED));
}

const MOVED: &str = "migrate_source='n1' migrate_target='n2'";
const LEFT: Record = Record {
    more: MOVED,
    ..op("migrate_to", 0, 0, 0)
};
const ARRIVED: Record = Record {
    more: MOVED,
    ..op("migrate_from", 0, 0, 0)
};

#[test]
fn migrations_are_read_from_both_ends() {
    check(&[STARTED, LEFT], &[], Role::Started, &["n1"], false);
    check(
        &[STARTED, LEFT],
        &[PROBED, ARRIVED],
        Role::Started,
        &["n2"],
        false,
    );
    let (model, rsc) = read(&PLAIN, &[STARTED, LEFT], &[PROBED, ARRIVED]);
    let n1 = model.node_named("n1").unwrap();
    assert_eq!(model.activity[rsc].dangling_sources, [n1]);
    let (model, rsc) = read(&PLAIN, &[PROBED, STARTED, LEFT], &[PROBED]);
    assert_eq!(state(&model, rsc), (Role::Started, vec!["n2", "n1"], false));
    let n2 = model.node_named("n2").unwrap();
    assert_eq!(model.states[rsc].partial_migration, Some((n1, n2)));
    let failed = Record { rc: 1, ..ARRIVED };
    check(
        &[STARTED, LEFT],
        &[PROBED, failed],
        Role::Started,
        &["n2", "n1"],
        true,
    );
}

#[test]
fn pending_operations_are_remembered() {
    let starting = Record {
        rc: 193,
        status: -1,
        ..STARTED
    };
    let (model, rsc) = read(&PLAIN, &[starting], &[]);
    let n1 = model.node_named("n1").unwrap();
    assert_eq!(model.activity[rsc].pending, Some((Task::Start, n1)));
    assert!(model.states[rsc].is(RscFlags::START_PENDING));
    assert_eq!(state(&model, rsc), (Role::Started, vec!["n1"], false));
}

#[test]
fn history_of_what_is_not_configured_makes_a_removed_resource() {
    let (model, _) = read(&PLAIN, &[STARTED], &[]);
    let known = model.resources.len();
    let text =
        pcmk_xml::write(&model.cib).replace("<lrm_resource id=\"R\"", "<lrm_resource id=\"old\"");
    let cib = pcmk_xml::parse_str(&text).expect("a document");
    let options = ReadOptions {
        now: NOW,
        sanitized: false,
    };
    let (model, _) = Model::read(&cib, &options);
    let old = model.resource_with_id("old").expect("made from history");
    assert_eq!(model.resources.len(), known + 1);
    assert!(model.states[old].is(RscFlags::REMOVED | RscFlags::MANAGED));
    assert_eq!(state(&model, old), (Role::Started, vec!["n1"], false));
    assert_eq!(model.top.last(), Some(&old));
    assert!(model.scores.nodes(old).all(|(_, score)| score.value() < 0));
}
