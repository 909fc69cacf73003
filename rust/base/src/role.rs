//! Roles a resource instance can have.

use std::fmt;

/// The role of a resource instance, in rising order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// No opinion, or not known.
    #[default]
    Unknown,
    /// Not running.
    Stopped,
    /// Running, without distinction of promotion.
    Started,
    /// Running as an unpromoted instance of a promotable clone.
    Unpromoted,
    /// Running as a promoted instance of a promotable clone.
    Promoted,
}

impl Role {
    /// Reads a role name, ignoring case; the old names `Slave` and `Master` are understood.
    pub fn parse(text: &str) -> Option<Role> {
        const NAMES: [(&str, Role); 7] = [
            ("Unknown", Role::Unknown),
            ("Stopped", Role::Stopped),
            ("Started", Role::Started),
            ("Unpromoted", Role::Unpromoted),
            ("Slave", Role::Unpromoted),
            ("Promoted", Role::Promoted),
            ("Master", Role::Promoted),
        ];
        NAMES
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text))
            .map(|(_, role)| *role)
    }

    /// Whether a text is a name of a role that is deprecated.
    pub fn is_old_name(text: &str) -> bool {
        Role::parse(text).is_some_and(|role| !role.name().eq_ignore_ascii_case(text))
    }

    /// The name of the role as configuration and displays spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Unknown => "Unknown",
            Role::Stopped => "Stopped",
            Role::Started => "Started",
            Role::Unpromoted => "Unpromoted",
            Role::Promoted => "Promoted",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_rise_towards_promoted() {
        assert!(Role::Unknown < Role::Stopped && Role::Stopped < Role::Started);
        assert!(Role::Started < Role::Unpromoted && Role::Unpromoted < Role::Promoted);
    }

    #[test]
    fn old_names_are_understood() {
        assert_eq!(Role::parse("master"), Some(Role::Promoted));
        assert_eq!(Role::parse("SLAVE"), Some(Role::Unpromoted));
        assert_eq!(Role::parse("default"), None);
    }
}
