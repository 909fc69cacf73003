//! The condition of cluster nodes.

use super::nodes;
use super::status::Status;
use crate::{Attrs, FenceReason, NodeFlags, NodeId, QuorumPolicy};
use pcmk_base::{Entity, Score, Text, parse_bool};
use pcmk_time::scan_integer;
use pcmk_xml::Element;

/// The attribute of a node that says whether resources are looked for there; it is deprecated, and counts for remote
/// and guest nodes only.
pub(super) const DISCOVERY: &str = "resource-discovery-enabled";

/// Reads the attributes and the condition of a cluster node from its `node_state`.
pub(super) fn read(status: &mut Status<'_, '_>, node: NodeId, element: &Element) {
    read_transient(status, node, element);
    status.clear_node(node, NodeFlags::UNCLEAN | NodeFlags::SHUTDOWN);
    status.set_node(node, NodeFlags::SEEN);
    let is_true = |status: &Status<'_, '_>, name: &str| {
        attribute(status, node, name).and_then(|v| parse_bool(&v)) == Some(true)
    };
    if is_true(status, "standby") {
        status.set_node(node, NodeFlags::STANDBY);
    }
    if is_true(status, "maintenance") {
        status.set_node(node, NodeFlags::MAINTENANCE);
    }
    if shutdown_requested(status, node) {
        status.set_node(node, NodeFlags::SHUTDOWN);
    } else if element
        .attr("expected")
        .is_some_and(|e| e.eq_ignore_ascii_case("member"))
    {
        status.set_node(node, NodeFlags::EXPECTED_UP);
    }
    let seen = Seen::of(status, node, element);
    let verdict = if status.reader.model.options.fencing_enabled {
        judge(&seen)
    } else {
        judge_without_fencing(&seen)
    };
    apply(status, node, &seen, &verdict);
    let model = &status.reader.model;
    if !model.quorate && verdict.online && model.options.no_quorum_policy == QuorumPolicy::Fence {
        status.fence(node, FenceReason::NoQuorum, false);
    }
}

/// Adds a node's name and its transient attributes, which go before permanent ones; then the site's name.
pub(super) fn read_transient(status: &mut Status<'_, '_>, node: NodeId, element: &Element) {
    let reader = &mut *status.reader;
    nodes::read_identity(reader, node);
    if let Some(transient) = element.child("transient_attributes") {
        let mut found = Attrs::default();
        reader.blocks(transient, "instance_attributes", None, &mut found);
        let mut capacity = std::mem::take(&mut reader.model.nodes[node].utilization);
        reader.blocks(transient, "utilization", None, &mut capacity);
        reader.model.nodes[node].utilization = capacity;
        reader.model.nodes[node].attrs.extend(found);
    }
    nodes::read_site(reader, node);
    let known = &reader.model.nodes[node];
    if known
        .attrs
        .get(DISCOVERY)
        .is_some_and(|v| parse_bool(v) != Some(true))
    {
        let entity = Entity::Node(known.name.to_string());
        reader.old_language(entity, DISCOVERY);
    }
}

/// A node attribute.
pub(super) fn attribute(status: &Status<'_, '_>, node: NodeId, name: &str) -> Option<Text> {
    status.reader.model.nodes[node].attrs.get(name).cloned()
}

/// Whether the node asks to be shut down.
pub(super) fn shutdown_requested(status: &Status<'_, '_>, node: NodeId) -> bool {
    attribute(status, node, "shutdown").is_some_and(|value| &*value != "0")
}

/// What is known about a node's part in the cluster.
#[derive(Clone, Copy, Debug)]
struct Seen<'e> {
    now: i64,
    /// Since when it is a member; zero: it is not; negative: never seen.
    member_since: i64,
    /// Since when its controller is in the process group; zero: it is not.
    process_since: i64,
    join: Option<&'e str>,
    expected: Option<&'e str>,
    shutdown: bool,
    expected_up: bool,
    terminate: bool,
    /// `node-pending-timeout` in seconds, zero for none.
    pending_timeout: i64,
}

/// What follows from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Verdict {
    online: bool,
    pending: bool,
    fence: Option<FenceReason>,
    /// When it would time out, if it still has time to come up.
    recheck: Option<i64>,
}

impl<'e> Seen<'e> {
    fn of(status: &Status<'_, '_>, node: NodeId, element: &'e Element) -> Seen<'e> {
        let now = status.reader.model.now;
        let member_since = match element.attr("in_ccm") {
            None => -1,
            Some(text) => match parse_bool(text) {
                Some(true) => now,
                Some(false) => 0,
                None => scan_integer(text).ok().filter(|t| *t >= 0).unwrap_or(-1),
            },
        };
        let process_since = match element.attr("crmd") {
            None => 0,
            Some(text) if text.eq_ignore_ascii_case("online") => 1,
            Some(text) => scan_integer(text).ok().filter(|t| *t >= 0).unwrap_or(0),
        };
        let terminate = attribute(status, node, "terminate").is_some_and(|text| {
            parse_bool(&text).unwrap_or_else(|| scan_integer(&text).is_ok_and(|n| n > 0))
        });
        Seen {
            now,
            member_since,
            process_since,
            join: element.attr("join"),
            expected: element.attr("expected"),
            shutdown: status.node_is(node, NodeFlags::SHUTDOWN),
            expected_up: status.node_is(node, NodeFlags::EXPECTED_UP),
            terminate,
            pending_timeout: i64::from(status.reader.model.options.node_pending_timeout),
        }
    }

    fn is_member(&self) -> bool {
        self.member_since > 0
    }

    fn is_process(&self) -> bool {
        self.process_since > 0
    }

    /// Until when its controller has to come up, if it is waited for.
    fn times_out_at(&self) -> Option<i64> {
        let waited_for = self.pending_timeout > 0 && self.is_member() && !self.is_process();
        waited_for.then(|| self.member_since.saturating_add(self.pending_timeout))
    }
}

fn judge_without_fencing(seen: &Seen<'_>) -> Verdict {
    let joined = seen.join.is_some_and(|j| j.eq_ignore_ascii_case("member"));
    let lost = seen.is_member() && !seen.is_process() && seen.expected_up;
    Verdict {
        online: seen.is_member() && seen.is_process() && joined,
        fence: lost.then_some(FenceReason::UnexpectedlyDown),
        ..Verdict::default()
    }
}

fn judge(seen: &Seen<'_>) -> Verdict {
    let online = |online: bool| Verdict {
        online,
        ..Verdict::default()
    };
    let fence = |reason: FenceReason| Verdict {
        fence: Some(reason),
        ..online(seen.is_member())
    };
    let pending = Verdict {
        pending: true,
        ..online(true)
    };
    if seen.shutdown {
        return online(seen.is_process());
    }
    if seen.member_since < 0 {
        return fence(FenceReason::NeverSeen);
    }
    if seen.join == Some("banned") {
        return fence(FenceReason::Banned);
    }
    if seen.terminate {
        let gone = !seen.is_member() && !seen.is_process() && seen.join == Some("down");
        return if gone {
            online(false)
        } else {
            fence(FenceReason::Requested)
        };
    }
    if seen.expected.is_none_or(|expected| expected == "down") {
        let times_out = seen.times_out_at();
        if times_out.is_some_and(|at| seen.now >= at) {
            return fence(FenceReason::PendingTimeout);
        }
        return Verdict {
            pending: seen.is_member() || seen.is_process(),
            recheck: times_out,
            ..online(seen.is_member())
        };
    }
    if !seen.is_member() {
        return fence(FenceReason::NotMember);
    }
    if !seen.is_process() {
        return fence(FenceReason::ProcessGone);
    }
    match seen.join {
        Some("member") => online(true),
        Some("pending" | "down") => pending,
        _ => fence(FenceReason::UnknownJoinState),
    }
}

fn apply(status: &mut Status<'_, '_>, node: NodeId, seen: &Seen<'_>, verdict: &Verdict) {
    if let Some(at) = verdict.recheck {
        status.model().propose_recheck(at);
    }
    if verdict.pending {
        status.set_node(node, NodeFlags::PENDING | NodeFlags::STANDBY);
    }
    if let Some(reason) = verdict.fence {
        status.fence(node, reason, reason == FenceReason::NotMember);
    }
    if verdict.online {
        status.set_node(node, NodeFlags::ONLINE);
    }
    if !verdict.online || seen.shutdown {
        status.model().node_states[node].score = Score::MINUS_INFINITY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMBER: Seen<'_> = Seen {
        now: 1000,
        member_since: 500,
        process_since: 500,
        join: Some("member"),
        expected: Some("member"),
        shutdown: false,
        expected_up: true,
        terminate: false,
        pending_timeout: 0,
    };

    fn fenced(online: bool, reason: FenceReason) -> Verdict {
        Verdict {
            online,
            fence: Some(reason),
            ..OFFLINE
        }
    }

    const OFFLINE: Verdict = Verdict {
        online: false,
        pending: false,
        fence: None,
        recheck: None,
    };
    const ONLINE: Verdict = Verdict {
        online: true,
        ..OFFLINE
    };
    const PENDING: Verdict = Verdict {
        pending: true,
        ..ONLINE
    };

    #[test]
    fn members_are_online_and_missing_ones_are_fenced() {
        assert_eq!(judge(&MEMBER), ONLINE);
        let lost = Seen {
            member_since: 0,
            ..MEMBER
        };
        assert_eq!(judge(&lost), fenced(false, FenceReason::NotMember));
        let never = Seen {
            member_since: -1,
            ..MEMBER
        };
        assert_eq!(judge(&never), fenced(false, FenceReason::NeverSeen));
        let no_process = Seen {
            process_since: 0,
            ..MEMBER
        };
        assert_eq!(judge(&no_process), fenced(true, FenceReason::ProcessGone));
        let odd = Seen {
            join: Some("Member"),
            ..MEMBER
        };
        assert_eq!(judge(&odd), fenced(true, FenceReason::UnknownJoinState));
        let banned = Seen {
            join: Some("banned"),
            ..MEMBER
        };
        assert_eq!(judge(&banned), fenced(true, FenceReason::Banned));
    }

    #[test]
    fn who_leaves_in_good_order_is_not_fenced() {
        let leaving = Seen {
            shutdown: true,
            process_since: 0,
            member_since: 0,
            ..MEMBER
        };
        assert_eq!(judge(&leaving), OFFLINE);
        let still_there = Seen {
            shutdown: true,
            ..MEMBER
        };
        assert_eq!(judge(&still_there), ONLINE);
        let down = Seen {
            member_since: 0,
            process_since: 0,
            expected: Some("down"),
            ..MEMBER
        };
        assert_eq!(judge(&down), OFFLINE);
    }

    #[test]
    fn who_comes_up_is_pending_until_the_timeout() {
        let joining = Seen {
            join: Some("pending"),
            ..MEMBER
        };
        assert_eq!(judge(&joining), PENDING);
        let coming = Seen {
            process_since: 0,
            expected: None,
            pending_timeout: 501,
            ..MEMBER
        };
        let waited_for = Verdict {
            recheck: Some(1001),
            ..PENDING
        };
        assert_eq!(judge(&coming), waited_for);
        let lost = Seen {
            expected: Some("member"),
            ..coming
        };
        assert_eq!(judge(&lost), fenced(true, FenceReason::ProcessGone));
        let late = Seen {
            pending_timeout: 500,
            ..coming
        };
        assert_eq!(judge(&late), fenced(true, FenceReason::PendingTimeout));
    }

    #[test]
    fn termination_is_carried_out_once() {
        let doomed = Seen {
            terminate: true,
            ..MEMBER
        };
        assert_eq!(judge(&doomed), fenced(true, FenceReason::Requested));
        let gone = Seen {
            member_since: 0,
            process_since: 0,
            join: Some("down"),
            ..doomed
        };
        assert_eq!(judge(&gone), OFFLINE);
    }

    #[test]
    fn without_fencing_only_joined_members_are_online() {
        assert_eq!(judge_without_fencing(&MEMBER), ONLINE);
        let mixed_case = Seen {
            join: Some("Member"),
            ..MEMBER
        };
        assert_eq!(judge_without_fencing(&mixed_case), ONLINE);
        let lost = Seen {
            process_since: 0,
            ..MEMBER
        };
        let expected = fenced(false, FenceReason::UnexpectedlyDown);
        assert_eq!(judge_without_fencing(&lost), expected);
        let absent = Seen {
            member_since: 0,
            ..lost
        };
        assert_eq!(judge_without_fencing(&absent), OFFLINE);
    }
}
