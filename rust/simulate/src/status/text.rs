//! Words that displays use for numbers.

use pcmk_model::ExecStatus;

/// What an agent's result or a command's exit status is called.
pub fn exit_text(code: i64) -> &'static str {
    match code {
        0 => "OK",
        1 | 255 => "Error occurred",
        2 => "Invalid parameter",
        3 => "Unimplemented",
        4 | 77 => "Insufficient privileges",
        5 => "Not installed",
        6 => "Not configured",
        7 => "Not running",
        8 => "Promoted",
        9 => "Failed in promoted role",
        64 => "Incorrect usage",
        65 => "Invalid data given",
        66 => "Input file not available",
        67 => "User does not exist",
        68 => "Host does not exist",
        69 => "Necessary service unavailable",
        70 => "Internal software bug",
        71 => "Operating system error occurred",
        72 => "System file not available",
        73 => "Cannot create output file",
        74 => "I/O error occurred",
        75 => "Temporary failure, try again",
        76 => "Protocol violated",
        78 => "Invalid configuration",
        100 => "Fatal error occurred, will not respawn",
        101 => "System panic required",
        102 => "Not connected",
        103 => "Update was older than existing configuration",
        104 => "Digest mismatch",
        105 => "No such object",
        106 => "Quorum required",
        107 => "Operation not safe",
        108 => "Requested item already exists",
        109 => "Multiple items match request",
        110 => "Requested item has expired",
        111 => "Requested item is not yet in effect",
        112 => "Could not determine status",
        113 => "Not applicable under current conditions",
        114 => "DC is not yet elected",
        124 => "Timeout occurred",
        190 => "Service is active but might fail soon",
        191 => "Service is promoted but might fail soon",
        193 => "No exit status available",
        129..255 => "Interrupted by signal",
        _ => "Unknown exit status",
    }
}

/// What an execution status is called.
pub fn status_text(status: ExecStatus) -> &'static str {
    match status {
        ExecStatus::Pending => "Pending",
        ExecStatus::Done => "Done",
        ExecStatus::Cancelled => "Cancelled",
        ExecStatus::Timeout => "Timed out",
        ExecStatus::NotSupported => "Unsupported",
        ExecStatus::Error => "Error",
        ExecStatus::ErrorHard => "Hard error",
        ExecStatus::ErrorFatal => "Fatal error",
        ExecStatus::NotInstalled => "Not installed",
        ExecStatus::NotConnected => "Internal communication failure",
        ExecStatus::Invalid => "Cannot execute now",
        ExecStatus::NoFenceDevice => "No fence device",
        ExecStatus::NoSecrets => "CIB secrets unavailable",
    }
}

/// `[ n1 n2 ]`
pub fn bracketed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    format!("[ {} ]", names.join(" "))
}

/// ` (a, b)`, or nothing without words.
pub fn in_parentheses(words: &[String]) -> String {
    if words.is_empty() {
        String::new()
    } else {
        format!(" ({})", words.join(", "))
    }
}
