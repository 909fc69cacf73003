//! Look-ups in the raw history of all nodes, which migrations need: they are recorded on two nodes.

use super::sort::compare_age;
use pcmk_time::scan_integer;
use pcmk_xml::Element;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
use std::sync::Arc;

/// Exit status of an operation under way.
const UNKNOWN_RC: &str = "193";
const NOT_RUNNING: i64 = 7;

/// History entries by exact node name and resource id. They are sorted when the first one is asked for.
#[derive(Debug, Default)]
pub(super) struct Recorded<'a> {
    status: Option<&'a Element>,
    entries: OnceCell<Entries<'a>>,
}

type Entries<'a> = FxHashMap<&'a str, FxHashMap<&'a str, Vec<&'a Element>>>;

impl<'a> Recorded<'a> {
    pub fn new(status: &'a Element) -> Recorded<'a> {
        Recorded {
            status: Some(status),
            entries: OnceCell::new(),
        }
    }

    fn sorted(status: &'a Element) -> Entries<'a> {
        let mut entries = Entries::default();
        for state in status.children_named("node_state") {
            let Some(name) = state.attr("uname") else {
                continue;
            };
            let below = |parents: Vec<&'a Arc<Element>>, name: &'static str| {
                parents
                    .into_iter()
                    .flat_map(move |p| p.children_named(name))
                    .collect::<Vec<_>>()
            };
            let lists = below(vec![state], "lrm");
            let lists = below(lists, "lrm_resources");
            for entry in below(lists, "lrm_resource") {
                if let Some(id) = entry.id() {
                    let of_node = entries.entry(name).or_default();
                    of_node.entry(id).or_default().push(entry);
                }
            }
        }
        entries
    }

    fn entries(&self, rsc: &str, node: &str) -> &[&'a Element] {
        let sorted = || self.status.map(Recorded::sorted).unwrap_or_default();
        let of_node = self.entries.get_or_init(sorted).get(node);
        let entries = of_node.and_then(|entries| entries.get(rsc));
        entries.map(Vec::as_slice).unwrap_or_default()
    }

    fn records(&self, rsc: &str, node: &str) -> impl Iterator<Item = &'a Element> + use<'_, 'a> {
        let entries = self.entries(rsc, node).iter().copied();
        let all = entries.flat_map(|entry| entry.children());
        all.filter(|e| e.name() == "lrm_rsc_op").map(|e| &**e)
    }

    /// The record of an operation that all conditions hold for, if there is exactly one.
    pub fn only(
        &self,
        rsc: &str,
        node: &str,
        task: &str,
        condition: Option<(&str, &str)>,
    ) -> Option<&'a Element> {
        let mut found = self.records(rsc, node).filter(|op| {
            op.attr("operation") == Some(task)
                && condition.is_none_or(|(name, value)| op.attr(name) == Some(value))
        });
        found.next().filter(|_| found.next().is_none())
    }

    /// Whether nothing says what the state of the resource on the node is.
    pub fn is_unknown(&self, rsc: &str, node: &str) -> bool {
        self.records(rsc, node)
            .all(|op| op.attr("rc-code").is_none_or(|rc| rc == UNKNOWN_RC))
    }

    /// Whether something other than a monitor was done there after the given record.
    pub fn acted_after(&self, rsc: &str, node: &str, record: &Element) -> bool {
        let [entry] = self.entries(rsc, node) else {
            return false;
        };
        entry.children_named("lrm_rsc_op").any(|op| {
            let acts = matches!(
                op.attr("operation"),
                Some("start" | "stop" | "migrate_to" | "migrate_from")
            );
            acts && !std::ptr::eq(&**op, record) && compare_age(op, record).is_gt()
        })
    }

    /// Whether the migration tells nothing about the node any more, because something newer does.
    pub fn changed_after_migration(
        &self,
        rsc: &str,
        node: &str,
        to: Option<&Element>,
        from: Option<&Element>,
    ) -> bool {
        let Some(latest) = from.or(to) else {
            return false;
        };
        let is_source = latest
            .attr("migrate_source")
            .is_some_and(|source| source.eq_ignore_ascii_case(node));
        // Calls of one node are compared more reliably.
        let reference = to.filter(|_| is_source).unwrap_or(latest);
        self.acted_after(rsc, node, reference) || self.was_not_running_after(rsc, node, reference)
    }

    fn was_not_running_after(&self, rsc: &str, node: &str, record: &Element) -> bool {
        self.only(rsc, node, "monitor", None)
            .is_some_and(|op| is_result(op, NOT_RUNNING) && compare_age(op, record).is_gt())
    }
}

/// Whether an operation is done with this result.
pub(super) fn is_result(op: &Element, rc: i64) -> bool {
    let number = |name: &str| op.attr(name).and_then(|text| scan_integer(text).ok());
    number("rc-code") == Some(rc) && number("op-status") == Some(0)
}
