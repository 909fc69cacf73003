"""A host that becomes a member: what a member gives it, and what it makes of that."""

import base64
import binascii
from pathlib import Path

from msgspec import Struct

from pcmk.hosts.corosync_conf import CorosyncConf
from pcmk.hosts.enrolment import Welcome
from pcmk.hosts.founding import member_files
from pcmk.hosts.naming import is_own_address, next_id, own_node, read_node
from pcmk.hosts.places import Places
from pcmk.hosts.plan import PUBLIC, Plan, PlannedFile
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.membership.corosync.nodelist import ConfiguredNode
from pcmk.rpc.authority import Authority, certify, check
from pcmk.runtime.certificates import load_authority
from pcmk.runtime.settings import Settings


class Member(Struct, frozen=True):
    """This host as a member that takes in others."""

    own: ConfiguredNode
    authority: Authority
    authkey: bytes
    configuration: CorosyncConf


class Invitation(Struct, frozen=True):
    """`corosync` is the configuration with the node in it; `changed` whether it was not in it before."""

    member: Member
    node: ConfiguredNode
    corosync: str
    changed: bool

    @property
    def others(self) -> tuple[str, ...]:
        """The members besides this one and the one that joins."""
        return tuple(
            node.name
            for node in self.member.configuration.nodes
            if node.name not in (self.member.own.name, self.node.name)
        )

    def welcome(self, request: bytes, days: int) -> Welcome:
        """What the node is given for its request; raises `PcmkError` as `certify` does."""
        authority = self.member.authority
        return Welcome(
            ca=authority.certificate.decode(),
            ca_key=authority.key.decode(),
            certificate=certify(authority, request, self.node.name, days).decode(),
            corosync=self.corosync,
            authkey=base64.b64encode(self.member.authkey).decode(),
        )

    def plan(self, places: Places) -> Plan:
        """What changes on this host when the node has joined."""
        if not self.changed:
            return Plan(())
        summary = f"Corosync's list of nodes, with {self.node.name}"
        return Plan((PlannedFile(places.corosync, self.corosync.encode(), PUBLIC, summary, keep=True),))


def read_member(places: Places) -> Member:
    """This host, as what it has makes it a member; raises `PcmkError` (CONFIG, NOHOST) if it is none."""
    configuration = read_configuration(places)
    return Member(own_node(configuration.nodes), load_authority(places.tls), _read(places.authkey), configuration)


def own_name(places: Places, settings: Settings) -> str:
    """The name of the node that this host is; raises `PcmkError` (CONFIG, NOHOST)."""
    if settings.membership != "corosync":
        return settings.node_name
    return own_node(read_configuration(places).nodes).name


def read_configuration(places: Places) -> CorosyncConf:
    """Corosync's configuration on this host; raises `PcmkError` (CONFIG)."""
    return CorosyncConf(_read(places.corosync).decode(errors="replace"))


def invite(member: Member, wanted: str) -> Invitation:
    """Invite a node by its name if it is in Corosync's list, or add it (`NAME=ADDRESS[,ADDRESS...]`); raises
    `PcmkError` (USAGE, NOHOST, EXISTS, CONFIG)."""
    name = wanted.partition("=")[0]
    if name == member.own.name:
        raise PcmkError(ExitCode.USAGE, f"{name} is this host")
    listed = member.configuration.node(name)
    if "=" not in wanted:
        if listed is None:
            text = f"corosync.conf has no node {name}; give its address too, as {name}=ADDRESS"
            raise PcmkError(ExitCode.NOHOST, text)
        return Invitation(member, listed, member.configuration.text, changed=False)
    node = read_node(wanted, next_id(member.configuration.nodes))
    if listed is not None and listed.hosts == node.hosts:
        return Invitation(member, listed, member.configuration.text, changed=False)
    larger = CorosyncConf(member.configuration.text)
    larger.add_node(node)
    return Invitation(member, node, larger.text, changed=True)


def files_of(welcome: Welcome, node: str, key: bytes, places: Places) -> Plan:
    """The files of a new member. Raises `PcmkError` if what it was given does not make it the node that it is."""
    certificate = welcome.certificate.encode()
    check(welcome.ca.encode(), certificate, key, node)
    configured = CorosyncConf(welcome.corosync).node(node)
    if configured is None or not is_own_address(configured.hosts[0]):
        where = "no address" if configured is None else configured.hosts[0]
        raise PcmkError(ExitCode.NOHOST, f"{node} has {where} in the cluster's corosync.conf; this host has not")
    try:
        authkey = base64.b64decode(welcome.authkey, validate=True)
    except binascii.Error as error:
        raise PcmkError(ExitCode.PROTOCOL, "the key of Corosync's links is damaged") from error
    authority = Authority(welcome.ca.encode(), welcome.ca_key.encode())
    return Plan(member_files(places, node, authority, key, certificate, authkey=authkey, corosync=welcome.corosync))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PcmkError(ExitCode.CONFIG, f"Cannot read {path}: {error.strerror}") from error
