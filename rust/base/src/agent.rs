//! What kind of agent runs a resource.

use crate::Text;
use std::fmt;

/// A resource agent: `class:type`, or `class:provider:type` for classes that have providers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentSpec {
    /// Standard, such as `ocf`, `systemd`, `lsb`, `service`, `stonith`.
    pub class: Text,
    /// Vendor, only for `ocf`.
    pub provider: Option<Text>,
    /// Name of the agent.
    pub kind: Text,
}

impl AgentSpec {
    /// An agent from its parts; an empty provider counts as none.
    pub fn new(class: &str, provider: Option<&str>, kind: &str) -> AgentSpec {
        AgentSpec {
            class: class.into(),
            provider: provider.filter(|p| !p.is_empty()).map(Text::from),
            kind: kind.into(),
        }
    }

    /// Whether this is a fence device (class `stonith`, ignoring case).
    pub fn is_fence_device(&self) -> bool {
        self.class.eq_ignore_ascii_case("stonith")
    }

    /// Whether this is the connection to a Pacemaker Remote node, `ocf:pacemaker:remote`.
    pub fn is_remote_connection(&self) -> bool {
        self.class.eq_ignore_ascii_case("ocf")
            && self
                .provider
                .as_deref()
                .is_some_and(|p| p.eq_ignore_ascii_case("pacemaker"))
            && self.kind.eq_ignore_ascii_case("remote")
    }
}

impl fmt::Display for AgentSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.provider {
            Some(provider) => write!(f, "{}:{}:{}", self.class, provider, self.kind),
            None => write!(f, "{}:{}", self.class, self.kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_recognised_without_regard_to_case() {
        assert!(AgentSpec::new("OCF", Some("Pacemaker"), "Remote").is_remote_connection());
        assert!(!AgentSpec::new("ocf", Some("heartbeat"), "remote").is_remote_connection());
        assert!(AgentSpec::new("stonith", None, "fence_xvm").is_fence_device());
    }

    #[test]
    fn text_has_two_or_three_parts() {
        assert_eq!(
            AgentSpec::new("ocf", Some("pacemaker"), "Dummy").to_string(),
            "ocf:pacemaker:Dummy"
        );
        assert_eq!(
            AgentSpec::new("systemd", Some(""), "httpd").to_string(),
            "systemd:httpd"
        );
    }
}
