"""Where the files of a host are."""

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from pcmk.membership.corosync.files import configuration_file, key_file
from pcmk.runtime.settings import from_environment


class Places(Struct, frozen=True):
    """`tls` is the folder of `pcmk.rpc.tls`; `corosync` is Corosync's configuration, `authkey` the key of its ring."""

    tls: Path
    corosync: Path
    authkey: Path


def places(environment: Mapping[str, str] = os.environ) -> Places:
    """Where pcmk and Corosync look on this host; both heed their environment (`docs/environment.md`, corosync(8))."""
    return Places(
        tls=from_environment(environment).tls_dir,
        corosync=configuration_file(environment),
        authkey=key_file(environment),
    )
