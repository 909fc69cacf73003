"""Texts for numbers of the history format."""

EXECUTION_STATUS = {
    -1: "Pending",
    0: "Done",
    1: "Cancelled",
    2: "Timed out",
    3: "Unsupported",
    4: "Error",
    5: "Hard error",
    6: "Fatal error",
    7: "Not installed",
    8: "Internal communication failure",
    9: "Cannot execute now",
    10: "No fence device",
    11: "CIB secrets unavailable",
}
"""What became of an operation, by the number that its record has."""

UNKNOWN_STATUS = "Unrecognized status (bug?)"
