//! Resources of all variants but bundles, from small CIBs.

use super::reader::Reader;
use super::{clone, removed};
use crate::{
    Model, MultipleActive, NodeFlags, NodeKind, ProbeMode, ReadOptions, RscFlags, Variant, codes,
};
use pcmk_base::{Diagnostic, Entity, Level, Role, Score};
use pcmk_xml::Element;
use std::sync::Arc;

const OPTIONS: ReadOptions = ReadOptions {
    now: 0,
    sanitized: false,
};

fn document(properties: &[(&str, &str)], resources: &str, defaults: &str) -> Arc<Element> {
    let pairs: String = properties
        .iter()
        .map(|(n, v)| format!("<nvpair id='o-{n}' name='{n}' value='{v}'/>"))
        .collect();
    pcmk_xml::parse_str(&format!(
        "<cib have-quorum='1'><configuration><crm_config><cluster_property_set id='o'>{pairs}</cluster_property_set>
        </crm_config><nodes><node id='1' uname='a'/><node id='2' uname='b' score='5'/></nodes>
        <resources>{resources}</resources><rsc_defaults>{defaults}</rsc_defaults></configuration></cib>"
    ))
    .unwrap()
}

fn read(resources: &str) -> (Model, Vec<Diagnostic>) {
    read_with(&[("stonith-enabled", "false")], resources, "")
}

fn read_with(
    properties: &[(&str, &str)],
    resources: &str,
    defaults: &str,
) -> (Model, Vec<Diagnostic>) {
    Model::read(&document(properties, resources, defaults), &OPTIONS)
}

fn dummy(id: &str, content: &str) -> String {
    format!(
        "<primitive id='{id}' class='ocf' provider='pacemaker' type='Dummy'>{content}</primitive>"
    )
}

fn meta(id: &str, pairs: &[(&str, &str)]) -> String {
    let pairs: String = pairs
        .iter()
        .map(|(n, v)| format!("<nvpair id='{id}-{n}' name='{n}' value='{v}'/>"))
        .collect();
    format!("<meta_attributes id='{id}-meta'>{pairs}</meta_attributes>")
}

fn ids(model: &Model) -> Vec<String> {
    let all = model.top.iter().flat_map(|&top| model.subtree(top));
    all.map(|rsc| model.resources[rsc].id.to_string()).collect()
}

#[test]
fn resources_are_listed_by_priority() {
    let low = dummy("low", "");
    let same = dummy("same", "");
    let high = dummy("high", &meta("high", &[("priority", "5")]));
    let (model, found) = read(&format!("{low}{same}{high}"));
    assert_eq!(ids(&model), ["high", "low", "same"]);
    assert_eq!(
        found
            .iter()
            .filter(|d| d.code != codes::LEGACY_OPTION)
            .count(),
        0
    );
    let low = model.resource_with_id("low").unwrap();
    let b = model.node_named("b").unwrap();
    assert_eq!(model.scores.get(low, b), Some(Score::new(5)));
    assert!(model.states[low].is(RscFlags::MANAGED | RscFlags::UNIQUE | RscFlags::NEEDS_QUORUM));
}

#[test]
fn meta_attributes_come_from_the_nearest_source() {
    let own = dummy(
        "own",
        &meta("own", &[("is-managed", "false"), ("class", "x")]),
    );
    let plain = dummy("plain", "");
    let group = format!(
        "<group id='g'>{}{own}{plain}</group>",
        meta("g", &[("is-managed", "true"), ("priority", "7")])
    );
    let defaults = meta("d", &[("priority", "1"), ("multiple-active", "block")]);
    let (model, _) = read_with(&[], &group, &defaults);
    let own = model.resource_with_id("own").unwrap();
    let plain = model.resource_with_id("plain").unwrap();
    assert!(!model.states[own].is(RscFlags::MANAGED));
    assert!(model.states[plain].is(RscFlags::MANAGED | RscFlags::NEEDS_FENCING));
    assert_eq!(model.states[own].priority, Score::new(7));
    assert_eq!(model.resources[own].meta("class"), Some("ocf"));
    assert_eq!(model.resources[own].multiple_active, MultipleActive::Block);
}

#[test]
fn clones_have_numbered_instances_on_all_nodes() {
    let clone = format!("<clone id='c'>{}</clone>", dummy("d", ""));
    let (model, _) = read(&clone);
    assert_eq!(ids(&model), ["c", "d:0", "d:1"]);
    let clone = model.resource_with_id("c").unwrap();
    let instance = model.resource_with_id("d:1").unwrap();
    assert_eq!(model.anonymous_clone_of(instance), Some(clone));
    assert_eq!(model.resources[clone].stickiness, Score::ZERO);
    assert_eq!(model.resources[instance].stickiness, Score::new(1));
    assert_eq!(model.resources[instance].meta("clone-max"), Some("2"));
    assert_eq!(model.resources[instance].meta("clone"), Some("1"));
}

#[test]
fn members_of_cloned_groups_are_numbered() {
    let inner = format!("<group id='g'>{}{}</group>", dummy("x", ""), dummy("y", ""));
    let settings = meta(
        "c",
        &[
            ("clone-max", "1"),
            ("promotable", "true"),
            ("target-role", "Slave"),
        ],
    );
    let (model, _) = read(&format!("<clone id='c'>{settings}{inner}</clone>"));
    assert_eq!(ids(&model), ["c", "g:0", "x:0", "y:0"]);
    let member = model.resource_with_id("y:0").unwrap();
    assert!(model.states[member].is(RscFlags::PROMOTABLE | RscFlags::DISABLED));
    assert_eq!(model.states[member].next_role, Role::Unpromoted);
}

#[test]
fn a_clone_without_instances_has_one_that_is_removed() {
    let settings = meta("c", &[("clone-max", "0")]);
    let (model, _) = read(&format!(
        "<clone id='c'>{settings}{}</clone>",
        dummy("d", "")
    ));
    let instance = model.resource_with_id("d:0").unwrap();
    assert!(model.states[instance].is(RscFlags::REMOVED));
}

#[test]
fn agents_that_cannot_be_unique_are_anonymous() {
    let settings = meta("c", &[("clone-max", "9"), ("globally-unique", "true")]);
    let unit = "<primitive id='d' class='systemd' type='x'/>";
    let (model, found) = read(&format!("<clone id='c'>{settings}{unit}</clone>"));
    assert_eq!(ids(&model), ["c", "d:0", "d:1"]);
    assert!(found.iter().any(|d| d.code == codes::UNIQUE_NOT_SUPPORTED));
    for rsc in model.resources.ids() {
        assert!(!model.states[rsc].is(RscFlags::UNIQUE));
    }
}

#[test]
fn what_cannot_be_used_leaves_no_trace() {
    let settings = meta("c", &[("promotable", "true")]);
    let unit = "<primitive id='d' class='systemd' type='x'/>";
    let broken = format!("<clone id='c'>{settings}{unit}</clone>");
    let empty = "<group id='g'/><clone id='e'/><primitive id='t' template='none'/><thing id='x'/><primitive/>";
    let (model, found) = read(&format!("{broken}{empty}{}", dummy("d", "")));
    assert_eq!(ids(&model), ["d"]);
    assert_eq!(model.resources.len(), 1);
    assert_eq!(model.resource_with_id("d"), Some(model.top[0]));
    let dropped = found.iter().filter(|d| d.code == codes::INVALID_RESOURCE);
    assert_eq!(dropped.count(), 5);
}

#[test]
fn too_many_instances_are_not_made() {
    let settings = meta("c", &[("clone-max", "2000000000")]);
    let (model, found) = read(&format!(
        "<clone id='c'>{settings}{}</clone>",
        dummy("d", "")
    ));
    // The clone and a thousand instances.
    assert_eq!(model.resources.len(), 1_001);
    assert!(found.iter().any(|d| d.code == codes::TOO_MANY_INSTANCES));
}

#[test]
fn templates_give_agent_blocks_and_operations() {
    let template = format!(
        "<template id='t' class='ocf' provider='pacemaker' type='Dummy'>{}<operations>
         <op id='t1' name='monitor' interval='10s'/><op id='t2' name='monitor' interval='5s' role='Promoted'/>
         </operations></template>",
        meta("t", &[("priority", "3"), ("critical", "false")])
    );
    let user = format!(
        "<primitive id='p' template='t'>{}<operations><op id='p1' name='monitor' interval='20s' role='Slave'/>
         </operations></primitive>",
        meta("p", &[("priority", "4")])
    );
    let (model, _) = read(&format!("{template}{user}"));
    let rsc = model.resource_with_id("p").unwrap();
    let primitive = model.resources[rsc].primitive().unwrap();
    assert_eq!(primitive.agent.to_string(), "ocf:pacemaker:Dummy");
    let ops: Vec<_> = primitive
        .ops
        .iter()
        .map(|op| (&*op.id, op.interval))
        .collect();
    assert_eq!(ops, [("p1", 20_000), ("t2", 5_000)]);
    assert_eq!(model.states[rsc].priority, Score::new(4));
    assert!(!model.states[rsc].is(RscFlags::CRITICAL));
    assert_eq!(model.templates["t"], ["p".into()]);
}

#[test]
fn guests_get_a_node_and_a_connection() {
    let guest = dummy(
        "vm",
        &meta("vm", &[("remote-node", "g1"), ("remote-addr", "x")]),
    );
    let remote = "<primitive id='r1' class='ocf' provider='pacemaker' type='remote'><instance_attributes id='i'>
        <nvpair id='n' name='reconnect_interval' value='90s'/></instance_attributes></primitive>";
    let properties = [("fencing-enabled", "true")];
    let (model, _) = read_with(&properties, &format!("{guest}{remote}"), "");
    assert_eq!(ids(&model), ["vm", "r1", "g1"]);
    let node = model.node_named("g1").unwrap();
    let connection = model.resource_with_id("g1").unwrap();
    assert_eq!(model.nodes[node].kind, NodeKind::Guest);
    assert_eq!(model.nodes[node].connection, Some(connection));
    assert_eq!(
        model.resources[connection].launcher,
        model.resource_with_id("vm")
    );
    assert!(model.states[connection].is(RscFlags::INTERNAL | RscFlags::NEEDS_QUORUM));
    let remote = model.resource_with_id("r1").unwrap();
    assert_eq!(model.resources[remote].failure_timeout, 90);
    let node = model.node_named("r1").unwrap();
    assert!(model.node_states[node].is(NodeFlags::UNCLEAN));
}

const BUNDLE: &str = "<bundle id='b'><podman image='i' replicas='2' promoted-max='1' options='-x'/>
    <network ip-range-start='10.0.0.254'><port-mapping id='pm' port='80'/></network>
    <storage><storage-mapping id='sm' source-dir-root='/src' target-dir='/var/log' options='Z'/></storage>
    <primitive id='p' class='ocf' provider='pacemaker' type='Stateful'><utilization id='u'>
    <nvpair id='un' name='cpu' value='1'/></utilization></primitive></bundle>";

#[test]
fn bundles_consist_of_replicas_and_a_clone() {
    let (model, found) = read(&format!("{}{BUNDLE}", dummy("d", "")));
    let expected = [
        "d",
        "b",
        "b-podman-0",
        "b-ip-10.0.0.254",
        "b-0",
        "b-podman-1",
        "b-ip-10.0.1.1",
        "b-1",
        "b-master",
        "p:0",
        "p:1",
    ];
    assert_eq!(ids(&model), expected, "{found:?}");
    let node = model.node_named("b-1").unwrap();
    let find = |id: &str| model.resource_with_id(id).unwrap();
    assert_eq!(model.nodes[node].connection, Some(find("b-1")));
    assert_eq!(
        model.resources[find("b-1")].launcher,
        Some(find("b-podman-1"))
    );
    assert!(!model.scores.has(find("d"), node));
    let only: Vec<_> = model.scores.nodes(find("p:1")).collect();
    assert_eq!(only, [(node, Score::new(500))]);
    assert_eq!(model.scores.probe(find("p:1"), node), ProbeMode::Exclusive);
    assert!(model.resources[find("p:0")].utilization.is_empty());
    assert_eq!(model.resources[find("b-podman-0")].utilization.len(), 1);
    assert!(model.states[find("p:0")].is(RscFlags::PROMOTABLE));
    let (params, _) = model.parameters(
        find("b-podman-1"),
        None,
        &pcmk_rules::IdIndex::new(&model.cib),
        &mut pcmk_base::Diagnostics::default(),
    );
    let run_opts = " -h b-1 -e PCMK_stderr=1 -e PCMK_remote_port=3121 -v /src/b-1:/var/log:Z \
        -v /etc/pacemaker/authkey:/etc/pacemaker/authkey -p 10.0.1.1:80:80 -p 10.0.1.1:3121:3121 -x  \
        --add-host=b-0:10.0.0.254 --add-host=b-1:10.0.1.1";
    assert_eq!(&*params["run_opts"], run_opts);
    assert_eq!(&*params["mount_points"], "/src/b-1");
}

#[test]
fn bundles_that_cannot_be_controlled_are_dropped() {
    for bundle in [
        "<bundle id='b'><rkt image='i'/></bundle>".to_owned(),
        format!(
            "<bundle id='b'><docker image='i'/>{}</bundle>",
            dummy("p", "")
        ),
    ] {
        let (model, found) = read(&bundle);
        assert!(model.resources.is_empty());
        assert!(found.iter().any(|d| d.code == codes::INVALID_RESOURCE));
    }
}

#[test]
fn asymmetric_clusters_start_with_empty_tables() {
    let (model, _) = read_with(&[("symmetric-cluster", "false")], &dummy("d", ""), "");
    assert_eq!(model.scores.nodes(model.top[0]).count(), 0);
}

#[test]
fn unfencing_is_found_by_search_and_becomes_the_default() {
    let device = "<primitive id='f' class='stonith' type='fence_scsi'><meta_attributes id='m'>
        <nvpair id='n' name='provides' value='unfencing'/></meta_attributes></primitive>";
    let (model, _) = read_with(&[], &format!("{device}{}", dummy("d", "")), "");
    assert!(model.unfencing && model.has_fence_device);
    let rsc = model.resource_with_id("d").unwrap();
    assert!(model.states[rsc].is(RscFlags::NEEDS_UNFENCING | RscFlags::NEEDS_FENCING));
    let device = model.resource_with_id("f").unwrap();
    assert!(model.states[device].is(RscFlags::FENCE_DEVICE | RscFlags::NEEDS_QUORUM));
}

#[test]
fn removed_resources_and_extra_instances_are_made_on_demand() {
    let cib = document(
        &[],
        &format!("<clone id='c'>{}</clone>", dummy("d", "")),
        &meta("d", &[("priority", "9")]),
    );
    let mut reader = Reader::new(&cib, &OPTIONS);
    super::read_configuration(&mut reader);
    let entry = pcmk_xml::parse_str(
        "<lrm_resource id='old' class='ocf' provider='pacemaker' type='remote' container='vm'/>",
    );
    let removed = removed::create_removed(&mut reader, &entry.unwrap()).unwrap();
    let clone = reader.model.resource_with_id("c").unwrap();
    let extra = clone::create_instance(&mut reader, clone).unwrap();
    let model = reader.model;
    assert_eq!(*model.top, [clone, removed]);
    let flags = RscFlags::REMOVED | RscFlags::REMOVED_LAUNCHED;
    assert!(model.states[removed].is(flags));
    assert_eq!(model.states[removed].priority, Score::new(9));
    assert!(
        model
            .scores
            .nodes(removed)
            .all(|(_, s)| s == Score::MINUS_INFINITY)
    );
    let node = model.node_named("old").unwrap();
    assert!(model.node_states[node].is(NodeFlags::SHUTDOWN));
    assert_eq!(&*model.resources[extra].id, "d:2");
    assert!(model.states[extra].is(RscFlags::REMOVED));
    assert!(matches!(model.resources[clone].variant, Variant::Clone(ref c) if c.max == 2));
}

#[test]
fn what_cannot_be_done_again_and_again_is_told_and_does_not_recur() {
    let op = |id: &str, name: &str, interval: &str, more: &str| {
        format!("<op id='{id}' name='{name}' interval='{interval}' {more}/>")
    };
    let ops = [
        op("a", "monitor", "10s", ""),
        op("b", "monitor", "10000ms", "enabled='false'"),
        op("c", "monitor", "11s", ""),
        op("d", "start", "0", ""),
        op("e", "stop", "5", ""),
        op("f", "start", "0", ""),
    ];
    let content = format!("<operations>{}</operations>", ops.concat());
    let (model, found) = read(&dummy("r", &content));
    let recurring = model.resources[model.top[0]].primitive().unwrap();
    let recurring = recurring.ops.iter().filter(|op| op.recurs);
    assert_eq!(recurring.map(|op| &*op.id).collect::<Vec<_>>(), ["c"]);
    let told = |code, id: &str, field: (&'static str, &str)| {
        let (name, id) = ("op".to_owned(), id.to_owned());
        Diagnostic::new(Level::Error, code, Entity::Element { name, id }).with(field.0, field.1)
    };
    let expected = [
        told(codes::OPERATION_CANNOT_RECUR, "e", ("operation", "stop")),
        told(codes::DUPLICATE_OPERATION, "b", ("other", "a")),
    ];
    assert_eq!(found[1..], expected, "the first one is about an option");
}
