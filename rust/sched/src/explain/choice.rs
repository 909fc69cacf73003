//! What speaks for and against a node for a resource.

use super::Explained;
use super::score::Contribution;
use pcmk_base::Score;
use pcmk_model::{FailCount, FailCounting, NodeFlags, NodeId, RscFlags, RscId, RuleTrace};

/// A node as a resource sees it.
#[derive(Clone, Debug)]
pub struct Choice<'a> {
    /// The node.
    pub node: NodeId,
    /// The score at the end; `None` if the node is not open to the resource.
    pub score: Option<Score>,
    /// What the score is made of.
    pub contributions: Vec<Contribution>,
    /// What keeps the node from being used by anything, by the names of its conditions.
    pub unusable: Vec<&'static str>,
    /// Rules of location constraints that were evaluated for this.
    pub rules: Vec<&'a RuleTrace>,
    /// Failures of the resource there.
    pub failures: Option<Failures>,
}

/// Failures of a resource on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    /// How many are recorded, expired or not.
    pub recorded: i64,
    /// How many count now.
    pub count: i64,
    /// `migration-threshold`, zero for none.
    pub threshold: Score,
    /// `failure-timeout` in seconds, zero for none.
    pub timeout: u32,
    /// When the last was, epoch seconds; zero if that is not recorded.
    pub last: i64,
    /// When they expire, if they do.
    pub expire_at: Option<i64>,
    /// `on-fail=ignore`: they have no consequence.
    pub ignored: bool,
}

impl Explained {
    /// All nodes as a resource sees them, in the order of displays.
    pub fn choices(&self, rsc: RscId) -> Vec<Choice<'_>> {
        let nodes = self.model.node_order.iter();
        nodes.map(|&node| self.choice(rsc, node)).collect()
    }

    /// One node as a resource sees it.
    pub fn choice(&self, rsc: RscId, node: NodeId) -> Choice<'_> {
        Choice {
            node,
            score: self.plan.scores.get(rsc, node),
            contributions: self.final_contributions(rsc, node),
            unusable: self.unusable(node),
            rules: self.rules(rsc, node),
            failures: self.failures(rsc, node),
        }
    }

    fn unusable(&self, node: NodeId) -> Vec<&'static str> {
        let state = &self.plan.nodes[node];
        let mut found = Vec::new();
        if !state.is(NodeFlags::ONLINE) {
            found.push("offline");
        }
        let conditions = [
            (NodeFlags::UNCLEAN, "unclean"),
            (NodeFlags::PENDING, "pending"),
            (NodeFlags::SHUTDOWN, "shutdown"),
            (NodeFlags::FAIL_STANDBY, "standby-on-fail"),
            (NodeFlags::STANDBY, "standby"),
            (NodeFlags::MAINTENANCE, "maintenance"),
        ];
        for (flag, word) in conditions {
            let told = flag == NodeFlags::STANDBY && state.is(NodeFlags::FAIL_STANDBY);
            if state.is(flag) && !told {
                found.push(word);
            }
        }
        found
    }

    /// Rules for a resource and the collectives above it.
    fn rules(&self, rsc: RscId, node: NodeId) -> Vec<&RuleTrace> {
        let all = self.model.rules.iter().flatten();
        let concerns = |of: RscId| of == rsc || self.model.is_ancestor(of, rsc);
        all.filter(|rule| rule.node == node && concerns(rule.rsc))
            .collect()
    }

    fn failures(&self, rsc: RscId, node: NodeId) -> Option<Failures> {
        let counting = |effective| FailCounting {
            effective,
            launched: true,
        };
        let count = |effective| self.model.fail_count(rsc, node, counting(effective), None);
        let recorded: FailCount = count(false);
        if recorded.count <= 0 {
            return None;
        }
        let resource = &self.model.resources[rsc];
        let timeout = i64::from(resource.failure_timeout);
        let expires = timeout > 0 && recorded.last_failure > 0;
        Some(Failures {
            recorded: recorded.count,
            count: count(true).count,
            threshold: resource.threshold,
            timeout: resource.failure_timeout,
            last: recorded.last_failure,
            expire_at: expires.then(|| recorded.last_failure.saturating_add(timeout)),
            ignored: self.plan.rscs[rsc].is(RscFlags::IGNORE_FAILURE),
        })
    }
}
