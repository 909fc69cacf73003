//! A plan with what the one before left: what comes to the same is taken from there, and nothing else.

use pcmk_base::Text;
use pcmk_graph::TransitionGraph;
use pcmk_model::{Memory, Model, ReadOptions};
use pcmk_sched::{Options, Workspace, graph_again, schedule};
use pcmk_xml::{Element, edit_at, find_path, parse_str};
use std::sync::Arc;

const CIB: &str = r#"
<cib validate-with="pacemaker-4.0" have-quorum="1" dc-uuid="1"><configuration>
  <crm_config><cluster_property_set id="o"><nvpair id="o-1" name="fencing-enabled" value="false"/></cluster_property_set></crm_config>
  <nodes><node id="1" uname="n1"/><node id="2" uname="n2"/></nodes>
  <resources>
    <primitive id="a" class="ocf" provider="heartbeat" type="Dummy"><operations>
      <op id="a-start" name="start" interval="0s"><meta_attributes id="a-later" score="9">
        <rule id="a-rule"><date_expression id="a-date" operation="gt" start="2026-01-01"/></rule>
        <nvpair id="a-timeout" name="timeout" value="70s"/>
      </meta_attributes></op>
    </operations></primitive>
    <clone id="c"><meta_attributes id="c-m"><nvpair id="c-n" name="notify" value="true"/></meta_attributes>
      <primitive id="b" class="ocf" provider="heartbeat" type="Dummy"/></clone>
  </resources><constraints/></configuration>
  <status>
    <node_state id="1" uname="n1" in_ccm="true" crmd="online" join="member" expected="member"><lrm id="1"><lrm_resources/></lrm></node_state>
    <node_state id="2" uname="n2" in_ccm="true" crmd="online" join="member" expected="member"><lrm id="2"><lrm_resources/></lrm></node_state>
  </status></cib>"#;

const RULE: &str =
    r#"<rule id="a-rule"><date_expression id="a-date" operation="gt" start="2026-01-01"/></rule>"#;

/// 2025-12-31, and a day later the rule holds.
const BEFORE: i64 = 1_767_139_200;
const DAY: i64 = 86_400;

#[derive(Default)]
struct Scheduler {
    memory: Memory,
    workspace: Workspace,
}

impl Scheduler {
    fn graph(&mut self, cib: &Arc<Element>, now: i64) -> TransitionGraph {
        let read = ReadOptions {
            now,
            sanitized: true,
        };
        let options = Options {
            remember: true,
            ..Options::default()
        };
        let (model, _) = Model::read_again(cib, &read, &mut self.memory);
        let plan = schedule(&model, &mut self.workspace, &options);
        graph_again(&model, &plan, &mut self.workspace, &options)
    }
}

type Attributes = Arc<[(Text, Text)]>;

/// Attributes of actions, by key and node.
fn attributes(graph: &TransitionGraph) -> Vec<(String, Option<Text>, Attributes)> {
    let actions = graph.synapses.iter().flat_map(|synapse| &synapse.actions);
    actions
        .map(|action| {
            let node = action.id.on_node.as_ref().map(|(name, _)| Arc::clone(name));
            let key = action.id.internal_key.as_ref().unwrap_or(&action.id.key);
            (key.clone(), node, Arc::clone(&action.attributes))
        })
        .collect()
}

/// Keys of the actions of the second graph that have attributes of their own.
fn made_anew(first: &TransitionGraph, second: &TransitionGraph) -> Vec<String> {
    let known = attributes(first);
    let is_shared = |made: &Attributes| known.iter().any(|(_, _, old)| Arc::ptr_eq(old, made));
    attributes(second)
        .into_iter()
        .filter(|(_, _, made)| !is_shared(made))
        .map(|(key, ..)| key)
        .collect()
}

/// The CIB after a probe found nothing of `a` on n1.
fn probed(cib: &Arc<Element>) -> Arc<Element> {
    let path = find_path(cib, |element| element.name() == "lrm_resources").unwrap();
    let entry = r#"<lrm_resource id="a" class="ocf" provider="heartbeat" type="Dummy">
        <lrm_rsc_op id="a_last_0" operation_key="a_monitor_0" operation="monitor" interval="0" call-id="1" rc-code="7"
            op-status="0" on_node="n1" transition-key="1:1:7:x" transition-magic="0:7;1:1:7:x"/></lrm_resource>"#;
    let mut after = Arc::clone(cib);
    edit_at(&mut after, &path, |resources| {
        resources.push_child(parse_str(entry).unwrap());
    })
    .unwrap();
    after
}

#[test]
fn notifications_are_those_of_the_graph_before_where_they_tell_the_same() {
    let cib = parse_str(&CIB.replace(RULE, "")).unwrap();
    let mut scheduler = Scheduler::default();
    let first = scheduler.graph(&cib, BEFORE);
    let second = scheduler.graph(&probed(&cib), BEFORE + DAY);
    assert_eq!(second.synapses.len() + 1, first.synapses.len());
    let notifies = |key: &String| key.ends_with("_post_notify_start_0");
    assert_eq!(
        attributes(&second)
            .iter()
            .filter(|(key, ..)| notifies(key))
            .count(),
        2
    );
    assert!(!made_anew(&first, &second).iter().any(notifies));
}

#[test]
fn a_rule_that_holds_since_is_heeded() {
    let cib = parse_str(CIB).unwrap();
    let mut scheduler = Scheduler::default();
    let first = scheduler.graph(&cib, BEFORE);
    let second = scheduler.graph(&probed(&cib), BEFORE + DAY + 1);
    let timeout = |graph: &TransitionGraph| {
        let mut actions = graph.synapses.iter().flat_map(|synapse| &synapse.actions);
        let start = actions.find(|action| action.id.key == "a_start_0").unwrap();
        start.meta("timeout").map(str::to_owned)
    };
    assert_eq!(timeout(&first).as_deref(), Some("20000"));
    assert_eq!(timeout(&second).as_deref(), Some("70000"));
}

#[test]
fn another_configuration_shares_nothing() {
    let mut scheduler = Scheduler::default();
    let first = scheduler.graph(&parse_str(CIB).unwrap(), BEFORE);
    let renamed = CIB.replace("uname=\"n2\"", "uname=\"n3\"");
    let second = scheduler.graph(&parse_str(&renamed).unwrap(), BEFORE);
    assert_eq!(made_anew(&first, &second).len(), attributes(&second).len());
    assert!(
        attributes(&second)
            .iter()
            .any(|(_, node, _)| node.as_deref() == Some("n3"))
    );
}
