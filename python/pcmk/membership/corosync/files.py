"""Where Corosync reads its configuration and its key (corosync(8))."""

import os
from collections.abc import Mapping
from pathlib import Path


def configuration_file(environment: Mapping[str, str] = os.environ) -> Path:
    """`corosync.conf` of this host."""
    return Path(environment.get("COROSYNC_MAIN_CONFIG_FILE", "") or "/etc/corosync/corosync.conf")


def key_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The key of the ring's links."""
    return Path(environment.get("COROSYNC_TOTEM_AUTHKEY_FILE", "") or "/etc/corosync/authkey")
