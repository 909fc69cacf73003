//! Why something was refused, with the exit code that commands report for it.

use std::fmt;

/// The kinds of refusal that callers and users tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request makes no sense: no input, an unknown section, the root addressed for deletion.
    Invalid,
    /// No element is where the request says.
    NotFound,
    /// The element to create is there already.
    Exists,
    /// The input is older than what is there.
    OldData,
    /// The patch does not fit the tree, or its result is not the one it names.
    DiffFailed,
    /// The input does not have the digest it was sent with.
    DigestMismatch,
    /// The result would break the schema (an id in use twice).
    Schema,
    /// The input was written by a newer version than the reader's.
    FeatureSet,
    /// The input is no document, or no CIB.
    Corrupt,
    /// ACLs do not allow it.
    Denied,
}

impl Kind {
    /// The exit code of a command that fails with this, as Pacemaker's commands have it.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Invalid => 70,
            Kind::NotFound => 105,
            Kind::Exists => 108,
            Kind::OldData => 103,
            Kind::DiffFailed => 1,
            Kind::DigestMismatch => 104,
            Kind::Schema | Kind::Corrupt => 78,
            Kind::FeatureSet => 76,
            Kind::Denied => 4,
        }
    }

    /// The text that Pacemaker's commands show for it.
    pub fn text(self) -> &'static str {
        match self {
            Kind::Invalid => "Invalid argument",
            Kind::NotFound => "No such device or address",
            Kind::Exists => "File exists",
            Kind::OldData => "Update was older than existing configuration",
            Kind::DiffFailed => "Application of update diff failed",
            Kind::DigestMismatch => "Digest mismatch",
            Kind::Schema => "Update does not conform to the configured schema",
            Kind::FeatureSet => "Protocol not supported",
            Kind::Corrupt => "Unable to parse CIB XML",
            Kind::Denied => "Permission denied",
        }
    }
}

/// A refusal: nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What kind of refusal it is.
    pub kind: Kind,
    /// What exactly was refused; empty where that must not be told.
    pub detail: String,
}

impl Error {
    /// A refusal of which nothing more may be told.
    pub fn of(kind: Kind) -> Self {
        Self::new(kind, "")
    }

    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.detail.as_str() {
            "" => f.write_str(self.kind.text()),
            detail => write!(f, "{}: {detail}", self.kind.text()),
        }
    }
}

impl std::error::Error for Error {}
