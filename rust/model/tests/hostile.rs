//! Documents made of the right words in the wrong places are read without panic.

use pcmk_model::{Model, ReadOptions};
use pcmk_xml::Element;
use proptest::prelude::*;
use std::sync::Arc;

const ELEMENTS: &[&str] = &[
    "primitive",
    "group",
    "clone",
    "master",
    "bundle",
    "template",
    "operations",
    "op",
    "meta_attributes",
    "instance_attributes",
    "utilization",
    "nvpair",
    "rule",
    "expression",
    "docker",
    "podman",
    "network",
    "storage",
    "port-mapping",
    "storage-mapping",
    "rsc_location",
    "rsc_colocation",
    "rsc_order",
    "rsc_ticket",
    "resource_set",
    "resource_ref",
    "lifetime",
    "node",
    "tag",
    "obj_ref",
    "cluster_property_set",
    "fencing-level",
];

const ATTRIBUTES: &[&str] = &[
    "id",
    "id-ref",
    "name",
    "value",
    "class",
    "provider",
    "type",
    "template",
    "rsc",
    "with-rsc",
    "first",
    "then",
    "node",
    "score",
    "score-attribute",
    "role",
    "rsc-role",
    "rsc-pattern",
    "kind",
    "symmetrical",
    "sequential",
    "require-all",
    "action",
    "first-action",
    "ticket",
    "loss-policy",
    "uname",
    "replicas",
    "promoted-max",
    "masters",
    "ip-range-start",
    "control-port",
    "port",
    "source-dir",
    "target-dir",
    "interval",
    "attribute",
    "operation",
    "value-source",
    "resource-discovery",
    "boolean-op",
    "influence",
];

const VALUES: &[&str] = &[
    "",
    "a",
    "b",
    "c",
    "t",
    "1",
    "0",
    "-1",
    "300",
    "99999999999999999999",
    "INFINITY",
    "-INFINITY",
    "true",
    "false",
    "ocf",
    "stonith",
    "systemd",
    "pacemaker",
    "remote",
    "Promoted",
    "Stopped",
    "Mandatory",
    "Optional",
    "Serialize",
    "start",
    "stop",
    "promote",
    "10.0.0.254",
    "exclusive",
    ".*",
    "!(",
    "remote-node",
    "container",
    "clone-max",
    "clone-node-max",
    "globally-unique",
    "promotable",
    "target-role",
    "requires",
    "is-managed",
    "#uname",
    "eq",
    "defined",
    "param",
    "and",
    "member",
    "ping",
    "member:0",
    "fence",
    "#default",
    "%1",
];

fn element() -> impl Strategy<Value = Element> {
    let attrs = || {
        let one = (
            prop::sample::select(ATTRIBUTES),
            prop::sample::select(VALUES),
        );
        prop::collection::vec(one, 0..5)
    };
    let make = |(name, id, attrs): (&str, &str, Vec<(&str, &str)>)| {
        let element = Element::new(name).with_attr("id", id);
        let add = |element: Element, (n, v): (&str, &str)| element.with_attr(n, v);
        attrs.into_iter().fold(element, add)
    };
    let ids = || prop::sample::select(&VALUES[1..5]);
    let plain = (prop::sample::select(ELEMENTS), ids(), attrs()).prop_map(make);
    plain.prop_recursive(4, 24, 5, move |inner| {
        let children = prop::collection::vec(inner, 0..5);
        ((prop::sample::select(ELEMENTS), ids(), attrs()), children).prop_map(
            move |(head, children)| make(head).with_children(children.into_iter().map(Arc::new)),
        )
    })
}

fn section(name: &'static str) -> impl Strategy<Value = Element> {
    prop::collection::vec(element(), 0..6)
        .prop_map(move |children| Element::new(name).with_children(children))
}

proptest! {
    #[test]
    fn nothing_panics(
        schema in prop::sample::select(&["none", "pacemaker-2.5", "pacemaker-3.9", "pacemaker-4.0"]),
        options in section("crm_config"), nodes in section("nodes"), resources in section("resources"),
        constraints in section("constraints"), tags in section("tags"), defaults in section("rsc_defaults"),
    ) {
        let parts = [options, nodes, resources, constraints, tags, defaults];
        let configuration = Element::new("configuration").with_children(parts);
        let cib = Element::new("cib").with_attr("validate-with", schema).with_child(configuration);
        let (model, _) = Model::read(&Arc::new(cib), &ReadOptions { now: 0, sanitized: false });
        for (id, resource) in model.resources.iter() {
            prop_assert!(resource.children.iter().all(|&c| model.resources[c].parent == Some(id)));
        }
        for node in model.nodes.values() {
            prop_assert!(node.connection.is_none_or(|c| model.resources.get(c).is_some()));
        }
        let reachable: usize = model.top.iter().map(|&top| model.subtree(top).len()).sum();
        prop_assert_eq!(reachable, model.resources.len());
    }
}
