//! Stack, DC, times, numbers and options.

use super::super::summary::{dc_of, has_mixed_versions, instance_counts};
use super::{Document, element, unless_empty, yes};
use pcmk_model::{Model, QuorumPolicy};
use pcmk_xml::Element;

pub(super) fn summary(model: &Model, document: Document) -> Option<Element> {
    let mut summary = Element::new("summary");
    let property = |name: &str| model.options.all.get(name).map(|value| &**value);
    let of_cib = |name: &str| model.cib.attr(name).filter(|text| !text.is_empty());
    if document.has("stack") {
        let stack = property("cluster-infrastructure").unwrap_or("unknown");
        summary.push_child(element("stack", &[("type", Some(stack))]));
    }
    if document.has("dc") || document.has("no-dc") && dc_of(model).is_none() {
        summary.push_child(current_dc(model, property("dc-version").unwrap_or("")));
    }
    if document.has("times") {
        let update = [
            ("time", Some(document.now)),
            ("origin", Some(document.origin)),
        ];
        summary.push_child(element("last_update", &update));
        // All four are there even if nobody knows.
        let change = [
            ("time", "cib-last-written"),
            ("user", "update-user"),
            ("client", "update-client"),
            ("origin", "update-origin"),
        ];
        let change = change.map(|(name, of)| (name, Some(of_cib(of).unwrap_or(""))));
        summary.push_child(element("last_change", &change));
    }
    if document.has("counts") {
        let nodes = model.nodes.len().to_string();
        summary.push_child(element("nodes_configured", &[("number", Some(&nodes))]));
        let (disabled, blocked, all) = instance_counts(model);
        let numbers = [all, disabled, blocked].map(|number| number.to_string());
        let counts = [
            ("number", Some(&*numbers[0])),
            ("disabled", Some(&*numbers[1])),
            ("blocked", Some(&*numbers[2])),
        ];
        summary.push_child(element("resources_configured", &counts));
    }
    if document.has("options") {
        summary.push_child(cluster_options(model));
    }
    unless_empty(summary)
}

fn current_dc(model: &Model, version: &str) -> Element {
    let Some(dc) = dc_of(model) else {
        return element("current_dc", &[("present", Some("false"))]);
    };
    let node = &model.nodes[dc];
    let mixed = has_mixed_versions(model, dc);
    let attributes = [
        ("present", Some("true")),
        ("version", Some(version)),
        ("name", Some(&*node.name)),
        ("id", Some(&*node.id)),
        ("with_quorum", Some(yes(model.quorate))),
        ("mixed_version", Some(yes(mixed))),
    ];
    element("current_dc", &attributes)
}

fn cluster_options(model: &Model) -> Element {
    let options = &model.options;
    let policy = match options.no_quorum_policy {
        QuorumPolicy::Freeze => "freeze",
        QuorumPolicy::Stop => "stop",
        QuorumPolicy::Demote => "demote",
        QuorumPolicy::Ignore => "ignore",
        QuorumPolicy::Fence => "fence",
    };
    let fencing = yes(options.fencing_enabled);
    let timeout = pcmk_time::parse_interval(&options.fencing_timeout).unwrap_or(60_000);
    let timeout = timeout.to_string();
    let delay = (u64::from(options.priority_fencing_delay) * 1000).to_string();
    let attributes = [
        ("fencing-enabled", Some(fencing)),
        ("fencing-timeout-ms", Some(&*timeout)),
        ("symmetric-cluster", Some(yes(options.symmetric_cluster))),
        ("no-quorum-policy", Some(policy)),
        ("maintenance-mode", Some(yes(options.maintenance_mode))),
        ("stop-all-resources", Some(yes(options.stop_all_resources))),
        ("priority-fencing-delay-ms", Some(&*delay)),
        ("stonith-enabled", Some(fencing)),
        ("stonith-timeout-ms", Some(&*timeout)),
    ];
    element("cluster_options", &attributes)
}
