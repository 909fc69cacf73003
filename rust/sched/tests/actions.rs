//! What is scheduled for small clusters, from the CIB to the plan.

use pcmk_model::{Model, ReadOptions};
use pcmk_sched::{ActionFlags, Options, Plan, Workspace, schedule};

const OPTIONS: &str = "<nvpair id='o1' name='fencing-enabled' value='false'/>\
     <nvpair id='o2' name='no-quorum-policy' value='ignore'/>";

/// A cluster of n1 and n2, both online, with these options, resources and histories.
fn plan_of(options: &str, resources: &str, n1: &str, n2: &str) -> (Plan, Model) {
    let state = |name: &str, attributes: &str, history: &str| {
        format!(
            "<node_state id='{name}' uname='{name}' {attributes} expected='member'>\
             <lrm id='{name}'><lrm_resources>{history}</lrm_resources></lrm></node_state>"
        )
    };
    let online = "in_ccm='true' crmd='online' join='member'";
    let (n2_is, n2) = match n2.strip_prefix("lost") {
        Some(history) => ("in_ccm='false' crmd='offline' join='down'", history),
        None => (online, n2),
    };
    let text = format!(
        "<cib validate-with='pacemaker-4.0' crm_feature_set='3.20.5' have-quorum='1' dc-uuid='n1' \
         epoch='1' num_updates='0' admin_epoch='0'><configuration><crm_config>\
         <cluster_property_set id='o'>{options}</cluster_property_set></crm_config><nodes>\
         <node id='n1' uname='n1'/><node id='n2' uname='n2'/></nodes>\
         <resources>{resources}</resources><constraints/></configuration>\
         <status>{}{}</status></cib>",
        state("n1", online, n1),
        state("n2", n2_is, n2),
    );
    let cib = pcmk_xml::parse_str(&text).expect("an XML document");
    let read = ReadOptions {
        now: 1_700_000_000,
        sanitized: false,
    };
    let (model, _) = Model::read(&cib, &read);
    let plan = schedule(&model, &mut Workspace::default(), &Options::default());
    (plan, model)
}

/// Keys and nodes of all actions that will be done, sorted.
fn done(plan: &Plan, model: &Model) -> Vec<String> {
    let mut found: Vec<String> = plan
        .actions
        .iter()
        .filter(|(_, action)| action.is_required() && action.is_runnable())
        .map(|(_, action)| {
            let node = action.node.map_or("", |n| &*model.nodes[n].name);
            format!("{}@{node}", action.key.text(model))
        })
        .collect();
    found.sort();
    found
}

fn dummy(id: &str, meta: &str, ops: &str) -> String {
    format!(
        "<primitive id='{id}' class='ocf' provider='pacemaker' type='Dummy'>\
         <meta_attributes id='{id}-m'>{meta}</meta_attributes>\
         <operations>{ops}</operations></primitive>"
    )
}

/// A history entry: task, interval, result, call id, further attributes of each record.
fn history(id: &str, records: &[(&str, u32, u32, u32, &str)]) -> String {
    let mut text =
        format!("<lrm_resource id='{id}' class='ocf' provider='pacemaker' type='Dummy'>");
    for (task, interval, rc, call, more) in records {
        text.push_str(&format!(
            "<lrm_rsc_op id='{id}_{task}_{interval}' operation_key='{id}_{task}_{interval}' \
             operation='{task}' crm_feature_set='3.20.5' interval='{interval}' rc-code='{rc}' \
             op-status='0' call-id='{call}' transition-key='1:1:{rc}:u' \
             transition-magic='0:{rc};1:1:{rc}:u' {more}/>"
        ));
    }
    text + "</lrm_resource>"
}

const MONITOR: &str = "<op id='m' name='monitor' interval='10s' timeout='20s'/>";

#[test]
fn what_is_new_is_probed_everywhere_then_started_and_monitored() {
    let (plan, model) = plan_of(OPTIONS, &dummy("a", "", MONITOR), "", "");
    let expected = [
        "a_monitor_0@n1",
        "a_monitor_0@n2",
        "a_monitor_10000@n1",
        "a_start_0@n1",
    ];
    assert_eq!(done(&plan, &model), expected);
    for (_, probe) in plan.actions.iter().filter(|(_, a)| a.is_probe()) {
        assert_eq!(probe.expected_rc, Some(7));
    }
}

#[test]
fn what_runs_is_left_alone() {
    let runs = history(
        "a",
        &[("start", 0, 0, 2, ""), ("monitor", 10_000, 0, 3, "")],
    );
    let idle = history("a", &[("monitor", 0, 7, 1, "")]);
    let resource = dummy("a", "", MONITOR);
    let (mut plan, model) = plan_of(OPTIONS, &resource, &runs, &idle);
    // Without recorded digests nobody knows whether parameters changed.
    assert!(done(&plan, &model).contains(&"a_stop_0@n1".to_owned()));
    let start = "op-digest='f2317cad3d54cec5d7d7aa7d0bf35cf8'";
    let monitor = "op-digest='4811cef7f7f94e3a35a70be7916cb2fd'";
    let runs = history(
        "a",
        &[
            ("start", 0, 0, 2, start),
            ("monitor", 10_000, 0, 3, monitor),
        ],
    );
    plan = plan_of(OPTIONS, &resource, &runs, &idle).0;
    assert_eq!(done(&plan, &model), Vec::<String>::new());
}

#[test]
fn a_group_starts_with_its_pseudo_actions() {
    let group = format!("<group id='g'>{}</group>", dummy("a", "", ""));
    let (plan, model) = plan_of(OPTIONS, &group, "", "");
    let done = done(&plan, &model);
    for key in ["g_start_0@", "g_running_0@", "a_start_0@n1"] {
        assert!(done.contains(&key.to_owned()), "{key} not in {done:?}");
    }
    assert!(!done.iter().any(|key| key.contains("_stop")));
}

#[test]
fn stops_on_a_fenced_node_happen_by_themselves() {
    let options = "<nvpair id='o2' name='no-quorum-policy' value='ignore'/>";
    let resources = format!(
        "<primitive id='f' class='stonith' type='fence_dummy'/>{}",
        dummy("a", "", "")
    );
    let idle = history("a", &[("monitor", 0, 7, 1, "")]);
    let runs = format!("lost{}", history("a", &[("start", 0, 0, 2, "")]));
    let (plan, model) = plan_of(options, &resources, &idle, &runs);
    let find = |key: &str| {
        let found = plan
            .actions
            .iter()
            .find(|(_, a)| a.key.text(&model) == key && a.is_required());
        found.unwrap_or_else(|| panic!("{key} in {:?}", done(&plan, &model)))
    };
    let (fence, _) = find("stonith-n2-reboot");
    let (stop, action) = find("a_stop_0");
    assert!(action.is(ActionFlags::PSEUDO));
    let (start, _) = find("a_start_0");
    for then in [stop, start] {
        let before = plan.edges.before(then).iter();
        assert!(before.into_iter().any(|edge| edge.other == fence));
    }
}

#[test]
fn instances_are_told_of_starts() {
    let meta = "<nvpair id='n' name='notify' value='true'/>";
    let clone = format!(
        "<clone id='c'><meta_attributes id='c-m'>{meta}</meta_attributes>{}</clone>",
        dummy("a", "", "")
    );
    let (plan, model) = plan_of(OPTIONS, &clone, "", "");
    let done = done(&plan, &model);
    for key in [
        "c_pre_notify_start_0@",
        "c_confirmed-post_notify_running_0@",
        "a:0_post_notify_start_0@n1",
        "a:1_post_notify_start_0@n2",
    ] {
        assert!(done.contains(&key.to_owned()), "{key} not in {done:?}");
    }
    assert!(!done.iter().any(|key| key.starts_with("a:0_pre_notify")));
    let (_, told) = plan
        .actions
        .iter()
        .find(|(_, a)| a.key.text(&model) == "a:0_post_notify_start_0")
        .expect("a notify action");
    assert_eq!(told.meta("notify_start_resource"), Some("a:0 a:1"));
    assert_eq!(told.meta("notify_start_uname"), Some("n1 n2"));
    assert_eq!(told.meta("notify_stop_resource"), Some(" "));
}
