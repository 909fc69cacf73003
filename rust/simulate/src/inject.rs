//! What can be injected into a CIB before a simulation.

use pcmk_base::{OpKey, ParseOpKeyError};

/// One injection. They are carried out by kind, in the order of these variants, whatever order they came in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Injection {
    /// Set `have-quorum` to this text.
    Quorum(String),
    /// Set the option `have-watchdog` to this text.
    Watchdog(String),
    /// Bring a node online.
    NodeUp(String),
    /// Take a node offline and forget what ran there.
    NodeDown(String),
    /// Let a node leave the membership without leaving properly.
    NodeFail(String),
    /// Grant a ticket.
    TicketGrant(String),
    /// Revoke a ticket.
    TicketRevoke(String),
    /// Make a ticket standby.
    TicketStandby(String),
    /// Activate a ticket.
    TicketActivate(String),
    /// Record the result of an operation.
    Operation(OpSpec),
}

/// The result of an operation on a node: `RSC_TASK_INTERVAL@NODE=RC`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpSpec {
    /// Which operation.
    pub op: OpKey,
    /// Where.
    pub node: String,
    /// What the agent returned.
    pub rc: i32,
}

/// Why a text is not an operation result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseOpSpecError {
    /// Parts are missing; this many were found.
    #[error("only {0} of 3 fields found")]
    Fields(usize),
    /// The first part is not an operation key.
    #[error(transparent)]
    Key(#[from] ParseOpKeyError),
}

impl OpSpec {
    /// Reads `RSC_TASK_INTERVAL@NODE=RC`.
    ///
    /// # Errors
    /// Missing parts, a result that is no integer, or a first part that is no operation key.
    pub fn parse(text: &str) -> Result<OpSpec, ParseOpSpecError> {
        let (key, rest) = text.split_once('@').ok_or(ParseOpSpecError::Fields(1))?;
        let (node, rc) = rest.split_once('=').ok_or(ParseOpSpecError::Fields(2))?;
        let rc = rc.parse().map_err(|_| ParseOpSpecError::Fields(2))?;
        Ok(OpSpec {
            op: OpKey::parse(key)?,
            node: node.to_owned(),
            rc,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_have_three_parts() {
        let spec = OpSpec::parse("db_monitor_10000@n1=7").unwrap();
        assert_eq!(
            (spec.op.task.as_str(), spec.node.as_str(), spec.rc),
            ("monitor", "n1", 7)
        );
        assert_eq!(
            OpSpec::parse("db_monitor_10000@n1"),
            Err(ParseOpSpecError::Fields(2))
        );
        assert_eq!(
            OpSpec::parse("db@n1=7"),
            Err(ParseOpSpecError::Key(ParseOpKeyError))
        );
    }
}
