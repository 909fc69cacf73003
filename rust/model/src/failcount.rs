//! Fail counts: how often operations of a resource failed on a node, as node attributes record it.

use crate::{Model, NodeId, OpRecord, RscFlags, RscId};
use pcmk_base::Score;
use pcmk_time::scan_integer;

/// How to count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FailCounting {
    /// Failures that expired do not count.
    pub effective: bool,
    /// Failures of what the resource launches count too (except in bundles).
    pub launched: bool,
}

/// A fail count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FailCount {
    /// How many; 1,000,000 is infinity, and with launched resources it can be more.
    pub count: i64,
    /// Time of the last failure in epoch seconds, zero if nothing failed or it is not recorded.
    pub last_failure: i64,
}

/// What names of attributes that count failures begin with.
const COUNT: &str = "fail-count-";

impl Model {
    /// Whether anything has a fail count on a node.
    pub fn has_fail_counts(&self, node: NodeId) -> bool {
        let mut names = self.nodes[node].attrs.keys();
        names.any(|name| name.starts_with(COUNT))
    }

    /// The fail count of a resource on a node.
    ///
    /// Failures never expire if they belong to an operation that is configured to block: the one of `record`, or
    /// without a record any operation in the history of the resource there.
    pub fn fail_count(
        &self,
        rsc: RscId,
        node: NodeId,
        counting: FailCounting,
        record: Option<&OpRecord>,
    ) -> FailCount {
        let mut found = self.recorded_failures(rsc, node);
        let timeout = self.resources[rsc].failure_timeout;
        let expires = timeout > 0
            && found.count > 0
            && found.last_failure > 0
            && self.now > found.last_failure.saturating_add(i64::from(timeout));
        if counting.effective && expires && !self.failure_blocks(rsc, node, record) {
            found.count = 0;
        }
        if counting.launched && self.bundle_of(rsc).is_none() {
            for &launched in &self.resources[rsc].launched {
                let theirs = self.fail_count(launched, node, counting, record);
                found.count = found.count.saturating_add(theirs.count);
                found.last_failure = found.last_failure.max(theirs.last_failure);
            }
        }
        if found.count <= 0 {
            found.last_failure = 0;
        }
        found
    }

    /// Whether failures of the resource on the node are of an operation configured with `on-fail=block` (only as an
    /// attribute of the operation).
    pub(crate) fn failure_blocks(
        &self,
        rsc: RscId,
        node: NodeId,
        record: Option<&OpRecord>,
    ) -> bool {
        let name = base_name(&self.resources[rsc].id);
        let mut blocking = self
            .ops(rsc)
            .iter()
            .filter(|op| op.xml.attr("on-fail") == Some("block"));
        blocking.any(|op| {
            let failed = |record: &OpRecord| {
                record.interval == op.interval
                    && record.task == op.task
                    && is_failure(record, name, op.task.name(&self.names))
            };
            match record {
                Some(record) => failed(record),
                None => self
                    .history
                    .values()
                    .filter(|entry| entry.node == node && entry.xml.id() == Some(name))
                    .any(|entry| entry.records.iter().any(failed)),
            }
        })
    }

    /// The sum of what is recorded, expired or not.
    fn recorded_failures(&self, rsc: RscId, node: NodeId) -> FailCount {
        let resource = &self.resources[rsc];
        let unique = self.states[rsc].is(RscFlags::UNIQUE);
        let name = self.history_id(rsc).unwrap_or(&resource.id);
        let name = if unique { name } else { base_name(name) };
        let (mut count, mut last) = (Score::ZERO, 0);
        for (attribute, value) in &self.nodes[node].attrs {
            if let Some(rest) = attribute.strip_prefix(COUNT) {
                if is_of(rest, name, unique) {
                    count += self.options.health.parse(value).unwrap_or_default();
                }
            } else if let Some(rest) = attribute.strip_prefix("last-failure-")
                && is_of(rest, name, unique)
            {
                last = scan_integer(value).map_or(last, |time| last.max(time));
            }
        }
        FailCount {
            count: i64::from(count.value()),
            last_failure: last,
        }
    }
}

/// The id without instance number.
pub(crate) fn base_name(id: &str) -> &str {
    match id.rsplit_once(':') {
        Some((base, number))
            if !base.is_empty()
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            base
        }
        _ => id,
    }
}

fn is_failure(record: &OpRecord, rsc: &str, task: &str) -> bool {
    record
        .id()
        .eq_ignore_ascii_case(&format!("{rsc}_last_failure_0"))
        || (record
            .id()
            .eq_ignore_ascii_case(&format!("{rsc}_{task}_{}", record.interval))
            && record.expected_rc != Some(record.rc))
}

/// Whether an attribute is named `NAME#OPERATION_INTERVAL`, where a number may follow the name of a resource that
/// is not unique. A dot in the name stands for any character, as it does in the pattern clusters use.
fn is_of(attribute: &str, name: &str, unique: bool) -> bool {
    let Some(rest) = after_name(attribute, name) else {
        return false;
    };
    let rest = match rest.strip_prefix(':').filter(|_| !unique) {
        Some(number) if number.starts_with(|c: char| c.is_ascii_digit()) => {
            number.trim_start_matches(|c: char| c.is_ascii_digit())
        }
        _ => rest,
    };
    let Some((operation, interval)) = rest.strip_prefix('#').and_then(|r| r.rsplit_once('_'))
    else {
        return false;
    };
    !operation.is_empty() && !interval.is_empty() && interval.bytes().all(|b| b.is_ascii_digit())
}

fn after_name<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut chars = text.chars();
    for wanted in name.chars() {
        let found = chars.next()?;
        if wanted != found && wanted != '.' {
            return None;
        }
    }
    Some(chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instance_numbers_are_cut_off() {
        for (id, base) in [
            ("a:0", "a"),
            ("a:b:12", "a:b"),
            ("a:", "a:"),
            (":1", ":1"),
            ("a:1b", "a:1b"),
            ("a", "a"),
        ] {
            assert_eq!(base_name(id), base);
        }
    }

    #[test]
    fn attributes_belong_to_a_resource_by_name() {
        assert!(is_of("db#monitor_10000", "db", true));
        assert!(is_of("db:3#migrate_to_0", "db", false));
        assert!(!is_of("db:3#start_0", "db", true));
        assert!(!is_of("db2#start_0", "db", false));
        assert!(is_of("dbx1#start_0", "db.1", true));
        for bad in [
            "db",
            "db#start",
            "db#_0",
            "db#start_",
            "db:#start_0",
            "db#start_x",
        ] {
            assert!(!is_of(bad, "db", false), "{bad}");
        }
    }
}
