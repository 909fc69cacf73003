"""Names and texts of the numbers that the field's functions return, for those who find one in a log.

Standard return codes are 0, system error numbers above it, and the cluster's own from -1001 downwards; the older
numbers from 201 to 217 stand for some of them (specification, part 10.18).
"""

import errno
import os

FIRST = -1001
STANDARD = (
    ("error", "Error"),
    ("unknown_format", "Unknown output format"),
    ("bad_nvpair", "Bad name/value pair given"),
    ("already", "Already in requested state"),
    ("node_unknown", "Node not found"),
    ("multiple", "Resource active on multiple nodes"),
    ("cib_corrupt", "Could not parse on-disk configuration"),
    ("cib_save", "Could not save new configuration to disk"),
    ("cib_backup", "Could not archive previous configuration"),
    ("cib_modified", "On-disk configuration was manually modified"),
    ("diff_resync", "Application of update diff failed, requesting full refresh"),
    ("diff_failed", "Application of update diff failed"),
    ("old_data", "Update was older than existing configuration"),
    ("transform_failed", "Schema transform failed"),
    ("schema_unchanged", "Schema is already the latest available"),
    ("schema_validation", "Update does not conform to the configured schema"),
    ("no_quorum", "Operation requires quorum"),
    ("ipc_unauthorized", "IPC server is blocked by unauthorized process"),
    ("ipc_unresponsive", "IPC server is unresponsive"),
    ("ipc_pid_only", "IPC server process is active but not accepting connections"),
    ("op_unsatisfied", "Not applicable under current conditions"),
    ("undetermined", "Result undetermined"),
    ("before_range", "Result occurs before given range"),
    ("within_range", "Result occurs within given range"),
    ("after_range", "Result occurs after given range"),
    ("no_output", "Output message produced no output"),
    ("no_input", "Input file not available"),
    ("underflow", "Value too small to be stored in data type"),
    ("dot_error", "Error writing dot(1) file"),
    ("graph_error", "Error writing graph file"),
    ("invalid_transition", "Cluster simulation produced invalid transition"),
    ("unpack_error", "Unable to parse CIB XML"),
    ("duplicate_id", "Two or more XML elements have the same ID"),
    ("disabled", "Disabled"),
    ("bad_input", "Bad input value provided"),
    ("bad_xml_patch", "Bad XML patch format"),
    ("no_transaction", "No active transaction found"),
    ("ns_resolution", "Nameserver resolution error"),
    ("compression", "Compression/decompression error"),
    ("no_dc", "DC is not yet elected"),
    ("ipc_more", "More IPC message fragments to send"),
    ("cs_internal", "Internal corosync error"),
    ("digest_mismatch", "Digest does not match expected value"),
)
"""The cluster's own codes by name and text, from `FIRST` downwards."""

LEGACY = (
    "error", "no_quorum", "schema_validation", "transform_failed", "old_data", "diff_failed", "diff_resync",
    "cib_modified", "cib_backup", "cib_save", "schema_unchanged", "cib_corrupt", "multiple", "node_unknown", "already",
    "bad_nvpair", "unknown_format",
)  # fmt: skip
"""The standard codes that the older numbers from `FIRST_LEGACY` upwards stand for."""

FIRST_LEGACY = 201
LAST = 256
"""Where a listing ends; no system has error numbers above it."""

UNKNOWN = "Unknown"
_CODES = {name: FIRST - place for place, (name, _) in enumerate(STANDARD)}


def standard(code: int) -> tuple[str, str]:
    """Name and text of a standard return code."""
    if code == 0:
        return "pcmk_rc_ok", "OK"
    if code > 0:
        return errno.errorcode.get(code, UNKNOWN), os.strerror(code)
    place = FIRST - code
    if 0 <= place < len(STANDARD):
        name, text = STANDARD[place]
        return f"pcmk_rc_{name}", text
    return UNKNOWN, "Error"


def legacy(code: int) -> tuple[str, str]:
    """Name and text of an older return code; its sign does not count."""
    place = abs(code) - FIRST_LEGACY
    if not 0 <= place < len(LEGACY):
        return standard(abs(code))
    name = LEGACY[place]
    return f"pcmk_err_{'generic' if name == 'error' else name}", standard(_CODES[name])[1]


def known_standard() -> list[int]:
    """All standard codes, in the order of their numbers."""
    own = range(FIRST - len(STANDARD) + 1, FIRST + 1)
    return [code for code in (*own, *range(LAST + 1)) if standard(code)[0] != UNKNOWN]


def known_legacy() -> list[int]:
    """All older codes, in the order of their numbers."""
    return [code for code in range(LAST + 1) if legacy(code)[0] != UNKNOWN]
