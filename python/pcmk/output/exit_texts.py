"""Texts for numbers of the history format."""

EXECUTION_STATUS = {
    -2: "unknown",
    -1: "pending",
    0: "Done",
    1: "Cancelled",
    2: "Timed Out",
    3: "NOT SUPPORTED",
    4: "Error",
    5: "Hard error",
    6: "Fatal error",
    7: "Not installed",
    8: "Not connected",
    9: "Invalid",
    10: "No fence device",
    11: "No secrets",
}
"""What became of an operation, by the number that its record has."""
