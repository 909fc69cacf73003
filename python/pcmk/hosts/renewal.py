"""The certificates of a host: what they say, and a new one before the old one ends."""

from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from pcmk.hosts.places import Places
from pcmk.hosts.plan import Plan, PlannedFile
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc.authority import Described, certify, check, describe, request
from pcmk.rpc.tls import CA_CERTIFICATE, NODE_CERTIFICATE, load_identity
from pcmk.runtime.certificates import CERTIFICATE_MODE, FOLDER_MODE, load_authority

SOON_DAYS = 30
"""From when on people are told that a certificate is going to end."""


class HeldCertificate(Struct, frozen=True):
    """A certificate of this host, and what it is for."""

    path: Path
    what: str
    described: Described

    def days_left(self, now: datetime | None = None) -> int:
        """How many whole days it is good for; negative when it is not any more."""
        return (self.described.ends - (now or datetime.now(UTC))).days


def held(places: Places, node: str) -> tuple[HeldCertificate, ...]:
    """The certificates that this host uses, as the node of that name; raises `PcmkError` (CONFIG, NOPERM) if they are
    no good."""
    identity = load_identity(places.tls, node)
    check(identity.ca, identity.certificate, identity.key, node)
    return (
        HeldCertificate(places.tls / NODE_CERTIFICATE, f"of {node}", describe(identity.certificate)),
        HeldCertificate(places.tls / CA_CERTIFICATE, "of the authority", describe(identity.ca)),
    )


def renew(places: Places, node: str, days: int) -> Plan:
    """A new certificate for the key that there is, so that one file is exchanged and there is no moment in between.
    Raises `PcmkError`, CONFIG if this host has no certificates or not the authority's key."""
    identity = load_identity(places.tls, node)
    authority = load_authority(places.tls)
    if authority.certificate != identity.ca:
        raise PcmkError(ExitCode.CONFIG, f"{places.tls / CA_CERTIFICATE} was changed meanwhile")
    certificate = certify(authority, request(identity.key, node), node, days)
    # The authority's key may be another one's.
    check(identity.ca, certificate, identity.key, node)
    summary = f"the certificate of {node}, good until {describe(certificate).ends:%Y-%m-%d}"
    path = places.tls / NODE_CERTIFICATE
    return Plan((PlannedFile(path, certificate, CERTIFICATE_MODE, summary, keep=True, folder_mode=FOLDER_MODE),))
