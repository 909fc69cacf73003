"""A new cluster, on its first host."""

import re
import secrets
from collections.abc import Mapping, Sequence

from pcmk.hosts.corosync_conf import new_configuration
from pcmk.hosts.naming import own_node
from pcmk.hosts.places import Places
from pcmk.hosts.plan import PUBLIC, SECRET, Plan, PlannedFile
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.membership.corosync.nodelist import ConfiguredNode
from pcmk.rpc.authority import Authority, certify, describe, new_authority, new_key, request
from pcmk.rpc.tls import CA_CERTIFICATE, CA_KEY, NODE_CERTIFICATE, NODE_KEY
from pcmk.runtime.certificates import CERTIFICATE_MODE, FOLDER_MODE, KEY_MODE

AUTHKEY_BYTES = 256
"""As corosync-keygen makes it."""

_CLUSTER = re.compile(r"[A-Za-z0-9._-]{1,64}")


def found(
    cluster: str,
    nodes: Sequence[ConfiguredNode],
    settings: Mapping[tuple[str, str], str],
    places: Places,
    days: int,
    *,
    anew: bool,
) -> tuple[ConfiguredNode, Plan]:
    """Make a cluster of these nodes, of which this host is one; which one, and the files.

    Raises `PcmkError`: USAGE for a name that is none, NOHOST if this host is none of the nodes, EXISTS if it is in a
    cluster and `anew` is not set.
    """
    if not _CLUSTER.fullmatch(cluster):
        raise PcmkError(ExitCode.USAGE, f"{cluster!r} is no name for a cluster: letters, digits, dots, dashes")
    refuse_member(places, anew)
    configuration = new_configuration(cluster, nodes, settings)
    own = own_node(nodes)
    authority, key = new_authority(cluster), new_key()
    certificate = certify(authority, request(key, own.name), own.name, days)
    files = member_files(
        places,
        own.name,
        authority,
        key,
        certificate,
        authkey=secrets.token_bytes(AUTHKEY_BYTES),
        corosync=configuration.text,
    )
    return own, Plan(files)


def refuse_member(places: Places, anew: bool) -> None:
    """Raises `PcmkError` (EXISTS) if this host is in a cluster, unless it is to be made a member anew."""
    certificate = places.tls / NODE_CERTIFICATE
    if certificate.exists() and not anew:
        raise PcmkError(ExitCode.EXISTS, f"This host is in a cluster already ({certificate}); --force leaves that one")


def member_files(
    places: Places,
    node: str,
    authority: Authority,
    key: bytes,
    certificate: bytes,
    *,
    authkey: bytes,
    corosync: str,
) -> tuple[PlannedFile, ...]:
    """What makes a host a member. The certificate is last: where it is, all is there (`refuse_member`)."""
    of_authority, of_node = describe(authority.certificate), describe(certificate)

    def tls(name: str, content: bytes, mode: int, summary: str) -> PlannedFile:
        return PlannedFile(places.tls / name, content, mode, summary, folder_mode=FOLDER_MODE)

    return (
        tls(CA_KEY, authority.key, KEY_MODE, "the key of the cluster's authority, which signs certificates"),
        tls(
            CA_CERTIFICATE,
            authority.certificate,
            CERTIFICATE_MODE,
            f"the certificate of the authority {of_authority.issuer}, good until {of_authority.ends:%Y-%m-%d}",
        ),
        PlannedFile(places.authkey, authkey, SECRET, "the key of Corosync's links, the same on all nodes", keep=True),
        PlannedFile(places.corosync, corosync.encode(), PUBLIC, "Corosync's links, nodes and quorum", keep=True),
        tls(NODE_KEY, key, KEY_MODE, f"the key of {node}, which never leaves this host"),
        tls(
            NODE_CERTIFICATE,
            certificate,
            CERTIFICATE_MODE,
            f"the certificate of {node}, good until {of_node.ends:%Y-%m-%d}",
        ),
    )
