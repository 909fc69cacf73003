//! Why the rules of location constraints passed or did not.

use crate::{NodeId, RscId};
use pcmk_base::Text;
use pcmk_rules::Tested;

/// The evaluation of a rule for a resource and a node.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleTrace {
    /// Id of the constraint.
    pub constraint: Text,
    /// Id of the rule.
    pub rule: Text,
    /// For whom.
    pub rsc: RscId,
    /// For which node.
    pub node: NodeId,
    /// Whether it passed.
    pub passes: bool,
    /// The conditions that were looked at, in document order.
    pub tests: Vec<Tested>,
}
