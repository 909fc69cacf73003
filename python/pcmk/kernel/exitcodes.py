"""Exit codes of commands and daemons, as every tool of the field knows them."""

from enum import IntEnum


class ExitCode(IntEnum):
    """0 to 9 are OCF agent results, 64 to 78 come from sysexits.h, the rest are the cluster's own."""

    OK = 0
    ERROR = 1
    INVALID_PARAM = 2
    UNIMPLEMENT_FEATURE = 3
    INSUFFICIENT_PRIV = 4
    NOT_INSTALLED = 5
    NOT_CONFIGURED = 6
    NOT_RUNNING = 7
    PROMOTED = 8
    FAILED_PROMOTED = 9
    USAGE = 64
    DATAERR = 65
    NOINPUT = 66
    NOUSER = 67
    NOHOST = 68
    UNAVAILABLE = 69
    SOFTWARE = 70
    OSERR = 71
    OSFILE = 72
    CANTCREAT = 73
    IOERR = 74
    TEMPFAIL = 75
    PROTOCOL = 76
    NOPERM = 77
    CONFIG = 78
    FATAL = 100
    PANIC = 101
    DISCONNECT = 102
    OLD = 103
    DIGEST = 104
    NOSUCH = 105
    QUORUM = 106
    UNSAFE = 107
    EXISTS = 108
    MULTIPLE = 109
    EXPIRED = 110
    NOT_YET_IN_EFFECT = 111
    INDETERMINATE = 112
    UNSATISFIED = 113
    NO_DC = 114
    TIMEOUT = 124
    DEGRADED = 190
    DEGRADED_PROMOTED = 191
    NONE = 193
    MAX = 255


DESCRIPTIONS: dict[ExitCode, str] = {
    ExitCode.OK: "OK",
    ExitCode.ERROR: "Error occurred",
    ExitCode.INVALID_PARAM: "Invalid parameter",
    ExitCode.UNIMPLEMENT_FEATURE: "Unimplemented",
    ExitCode.INSUFFICIENT_PRIV: "Insufficient privileges",
    ExitCode.NOT_INSTALLED: "Not installed",
    ExitCode.NOT_CONFIGURED: "Not configured",
    ExitCode.NOT_RUNNING: "Not running",
    ExitCode.PROMOTED: "Promoted",
    ExitCode.FAILED_PROMOTED: "Failed in promoted role",
    ExitCode.USAGE: "Incorrect usage",
    ExitCode.DATAERR: "Invalid data given",
    ExitCode.NOINPUT: "Input file not available",
    ExitCode.NOUSER: "User does not exist",
    ExitCode.NOHOST: "Host does not exist",
    ExitCode.UNAVAILABLE: "Necessary service unavailable",
    ExitCode.SOFTWARE: "Internal software bug",
    ExitCode.OSERR: "Operating system error occurred",
    ExitCode.OSFILE: "System file not available",
    ExitCode.CANTCREAT: "Cannot create output file",
    ExitCode.IOERR: "I/O error occurred",
    ExitCode.TEMPFAIL: "Temporary failure, try again",
    ExitCode.PROTOCOL: "Protocol violated",
    ExitCode.NOPERM: "Insufficient privileges",
    ExitCode.CONFIG: "Invalid configuration",
    ExitCode.FATAL: "Fatal error occurred, will not respawn",
    ExitCode.PANIC: "System panic required",
    ExitCode.DISCONNECT: "Not connected",
    ExitCode.OLD: "Update was older than existing configuration",
    ExitCode.DIGEST: "Digest mismatch",
    ExitCode.NOSUCH: "No such object",
    ExitCode.QUORUM: "Quorum required",
    ExitCode.UNSAFE: "Operation not safe",
    ExitCode.EXISTS: "Requested item already exists",
    ExitCode.MULTIPLE: "Multiple items match request",
    ExitCode.EXPIRED: "Requested item has expired",
    ExitCode.NOT_YET_IN_EFFECT: "Requested item is not yet in effect",
    ExitCode.INDETERMINATE: "Could not determine status",
    ExitCode.UNSATISFIED: "Not applicable under current conditions",
    ExitCode.NO_DC: "DC is not yet elected",
    ExitCode.TIMEOUT: "Timeout occurred",
    ExitCode.DEGRADED: "Service is active but might fail soon",
    ExitCode.DEGRADED_PROMOTED: "Service is promoted but might fail soon",
    ExitCode.NONE: "No exit status available",
    ExitCode.MAX: "Error occurred",
}
"""What each code says to people (specification, part 10.18)."""

_INTERRUPTED = range(129, 255)


def description(code: int) -> str:
    """The text of any exit code, known or not."""
    if code in DESCRIPTIONS:
        return DESCRIPTIONS[ExitCode(code)]
    return "Interrupted by signal" if code in _INTERRUPTED else "Unknown exit status"
