"""`pcmk cluster`: which hosts are its nodes, and how they know each other."""

import click

from pcmk.cli.look import json_option, say, say_json, say_json_line, yes_option
from pcmk.kernel.exitcodes import ExitCode

PROGRAM = "pcmk-cluster"
INVITATION_MINUTES = 15

days_option = click.option(
    "--days", type=click.IntRange(min=1), default=3650, show_default=True, help="How long the certificate is good for."
)


@click.group(name="cluster")
def command() -> None:
    """Make hosts the nodes of a cluster: its certificates, and the configuration and key of Corosync."""


@command.command()
@click.argument("name")
@click.argument("nodes", nargs=-1, required=True, metavar="NODE=ADDRESS[,ADDRESS...]...")
@click.option(
    "--set", "settings", multiple=True, metavar="SECTION.KEY=VALUE", help="More for corosync.conf, as totem.token=5000."
)
@click.option("--force", is_flag=True, help="Even if this host is in a cluster: it leaves that one.")
@days_option
@yes_option
@json_option
def init(
    name: str, nodes: tuple[str, ...], settings: tuple[str, ...], force: bool, days: int, yes: bool, as_json: bool
) -> int:
    """Make a new cluster NAME of nodes, of which this host is one; each with an address for each link.

    What would be written is shown first. With --json nothing is written without --yes.
    """
    from pcmk.cli.plans import decide
    from pcmk.hosts.founding import found
    from pcmk.hosts.naming import read_node, read_setting
    from pcmk.hosts.places import places

    listed = tuple(read_node(node, id) for id, node in enumerate(nodes, 1))
    own, plan = found(name, listed, dict(map(read_setting, settings)), places(), days, anew=force)
    others = [node.name for node in listed if node != own]
    then = (f"pcmk cluster invite {other}" for other in others)
    return decide(plan, yes=yes, as_json=as_json, then=[*then, *_start(own.name)], about={"node": own.name})


@command.command()
@click.argument("node", metavar="NODE[=ADDRESS[,ADDRESS...]]")
@click.option(
    "--minutes",
    type=click.IntRange(min=1),
    default=INVITATION_MINUTES,
    show_default=True,
    help="How long the invitation stands.",
)
@click.option("--listen", metavar="ADDRESS", help="Where to wait for the node, if not at this node's first address.")
@click.option("--port", type=click.IntRange(0, 65535), help="At which port, if not at the one after those of peers.")
@days_option
@yes_option
@json_option
def invite(node: str, minutes: int, listen: str | None, port: int | None, days: int, yes: bool, as_json: bool) -> int:
    """Invite a host to become NODE, and wait until it has joined. Run this on a member.

    A node that is not in corosync.conf yet needs its addresses. The token that is shown is for one host, once.
    """
    import time

    from pcmk.cli.plans import say_plan, say_then
    from pcmk.hosts.door import PORT_OFFSET, Door
    from pcmk.hosts.enrolment import Enrolment
    from pcmk.hosts.joining import invite as invite_node
    from pcmk.hosts.joining import read_member
    from pcmk.hosts.places import places
    from pcmk.hosts.spreading import settle
    from pcmk.hosts.token import Token, new_secret
    from pcmk.kernel.errors import PcmkError
    from pcmk.rpc.authority import describe
    from pcmk.rpc.tls import load_identity
    from pcmk.runtime.logs import open_log
    from pcmk.runtime.settings import from_environment

    where, node_settings = places(), from_environment()
    member = read_member(where)
    own = member.own.name
    invitation = invite_node(member, node)
    fingerprint = describe(load_identity(where.tls, own).certificate).fingerprint
    plan = invitation.plan(where)
    if not as_json:
        say_plan(plan)
        say(f"{invitation.node.name} gets a certificate of its own, and the keys that all members have.")
    if not yes and not as_json:
        click.confirm("Invite it?", abort=True)

    def settled() -> tuple[str, ...]:
        if not invitation.changed:
            return ()
        try:
            plan.carry_out()
        except PcmkError as error:
            return (error.message,)
        return settle(member.configuration.text, invitation.corosync, invitation.others, str(where.corosync))

    log = open_log(PROGRAM, own, node_settings.log_file).log
    secret = new_secret()
    ends = time.monotonic() + 60 * minutes
    enrolment = Enrolment(
        invitation.node.name, secret, ends, lambda request: invitation.welcome(request, days), time.monotonic, log
    )
    host = listen or member.own.hosts[0]
    chosen = node_settings.peer_port + PORT_OFFSET if port is None else port
    with Door(where.tls, host, chosen, enrolment, settled, log) as door:
        token = str(Token(host, door.port, fingerprint, invitation.node.name, secret))
        if as_json:
            say_json_line({"node": invitation.node.name, "token": token, "minutes": minutes})
        else:
            say(f"Within {minutes} minutes, on {invitation.node.name}:", bold=True)
            say(f"  pcmk cluster join {token}")
        outcome = door.wait(ends - time.monotonic())
    if outcome is None:
        raise PcmkError(ExitCode.TIMEOUT, f"{invitation.node.name} did not come within {minutes} minutes")
    if outcome.failure:
        text = f"{invitation.node.name} got a certificate, but is no member: {outcome.failure}. Invite it anew"
        raise PcmkError(ExitCode.ERROR, text)
    if as_json:
        say_json_line({"node": invitation.node.name, "joined": True, "then": list(outcome.then)})
    else:
        say(f"{invitation.node.name} has joined.", colour="green")
        say_then(outcome.then)
    return ExitCode.OK


@command.command()
@click.argument("token")
@click.option("--force", is_flag=True, help="Even if this host is in a cluster: it leaves that one, or gets all anew.")
@yes_option
@json_option
def join(token: str, force: bool, yes: bool, as_json: bool) -> int:
    """Make this host a node, with the TOKEN that `pcmk cluster invite` shows on a member (`-` to be asked for it).

    The key of the node is made here and stays here; what else makes a member comes from that member.
    """
    from pcmk.cli.plans import say_plan, say_then
    from pcmk.hosts.door import ask_in
    from pcmk.hosts.enrolment import Welcome
    from pcmk.hosts.founding import refuse_member
    from pcmk.hosts.joining import files_of
    from pcmk.hosts.places import places
    from pcmk.hosts.token import read_token
    from pcmk.rpc.authority import new_key, request

    where = places()
    given = read_token(click.prompt("Token", hide_input=True) if token == "-" else token)
    refuse_member(where, anew=force)
    paths = [str(path) for path in (where.tls, where.authkey, where.corosync)]
    if as_json and not yes:
        say_json({"node": given.node, "member": given.host, "writes": paths, "done": False})
        return ExitCode.OK
    if not yes:
        say(f"This host becomes {given.node} of the cluster of {given.host}. That is written:", bold=True)
        for path in paths:
            say(f"  {path}")
        click.confirm("Join?", abort=True)
    key = new_key()

    def store(welcome: Welcome) -> None:
        plan = files_of(welcome, given.node, key, where)
        if not as_json:
            say_plan(plan)
        plan.carry_out()

    then = [*ask_in(given, request(key, given.node), store), *_start(given.node)]
    if as_json:
        say_json({"node": given.node, "member": given.host, "writes": paths, "done": True, "then": then})
    else:
        say(f"This host is {given.node} now.", colour="green")
        say_then(then)
    return ExitCode.OK


@command.command()
@click.argument("node")
@yes_option
@json_option
def remove(node: str, yes: bool, as_json: bool) -> int:
    """Take NODE, which has been stopped for good, off the cluster. Run this on a node that stays."""
    from pcmk.cli.plans import decide
    from pcmk.compat.daemons import ask
    from pcmk.hosts.joining import read_configuration
    from pcmk.hosts.naming import own_node
    from pcmk.hosts.places import places
    from pcmk.hosts.removal import refuse_running, without
    from pcmk.hosts.spreading import settle
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.errors import PcmkError
    from pcmk.kernel.messages.common import Done
    from pcmk.kernel.messages.controller import KnownNodes, NodesQuery, RemoveNode

    where = places()
    configuration = read_configuration(where)
    others, plan = without(configuration, own_node(configuration.nodes).name, node, where)
    refuse_running(node, ask(PROGRAM, Daemon.CONTROLD, NodesQuery(), KnownNodes).nodes)
    left = (f"{node} still has the cluster's keys. If it is not trusted, make new ones: docs/security.md",)

    def finish() -> tuple[str, ...]:
        then = settle(configuration.text, plan.files[0].content.decode(), others, str(where.corosync))
        try:
            ask(PROGRAM, Daemon.CONTROLD, RemoveNode(node), Done)
        except PcmkError as error:
            return (*then, f"The cluster does not forget {node}: {error.message}", f"crm_node --force -R {node}")
        return then

    return decide(plan, yes=yes, as_json=as_json, then=left, finish=finish, about={"node": node})


@command.group()
def certs() -> None:
    """The certificates that the nodes know each other by."""


@certs.command(name="show")
@json_option
def show_certs(as_json: bool) -> int:
    """Show this host's certificates. The exit code is 78 if one ends within 30 days."""
    from pcmk.hosts.joining import own_name
    from pcmk.hosts.places import places
    from pcmk.hosts.renewal import SOON_DAYS, held
    from pcmk.runtime.settings import from_environment

    where = places()
    found = held(where, own_name(where, from_environment()))
    if as_json:
        say_json(
            [
                {
                    "file": str(each.path),
                    "names": list(each.described.names),
                    "issuer": each.described.issuer,
                    "serial": f"{each.described.serial:x}",
                    "starts": each.described.starts.isoformat(),
                    "ends": each.described.ends.isoformat(),
                    "days_left": each.days_left(),
                    "sha256": each.described.fingerprint,
                }
                for each in found
            ]
        )
    else:
        for each in found:
            days = each.days_left()
            say(f"The certificate {each.what}: {each.path}", bold=True)
            ends = f"{each.described.ends:%Y-%m-%d %H:%M} UTC"
            say(
                f"  until {ends}: {f'{days} more days' if days >= 0 else 'it has expired'}",
                colour="" if days >= SOON_DAYS else "red",
            )
            say(f"  SHA-256 {each.described.fingerprint}")
    return ExitCode.OK if all(each.days_left() >= SOON_DAYS for each in found) else ExitCode.CONFIG


@certs.command(name="renew")
@click.option(
    "--within", type=click.IntRange(min=1), metavar="DAYS", help="Only if it ends within so many days; for timers."
)
@days_option
@yes_option
@json_option
def renew_certs(within: int | None, days: int, yes: bool, as_json: bool) -> int:
    """Make this node a new certificate. The daemons take it for new connections; nothing has to be started anew."""
    from pcmk.cli.plans import decide
    from pcmk.hosts.joining import own_name
    from pcmk.hosts.places import places
    from pcmk.hosts.renewal import held, renew
    from pcmk.runtime.logs import open_log
    from pcmk.runtime.settings import from_environment

    where, settings = places(), from_environment()
    name = own_name(where, settings)
    left = held(where, name)[0].days_left()
    if within is not None and left > within:
        if as_json:
            say_json({"node": name, "days_left": left, "done": False})
        else:
            say(f"The certificate of {name} is good for {left} more days.")
        return ExitCode.OK

    def finish() -> tuple[str, ...]:
        open_log(PROGRAM, name, settings.log_file).log("notice", f"The certificate of {name} was renewed")
        return ()

    return decide(renew(where, name, days), yes=yes, as_json=as_json, finish=finish, about={"node": name})


def _start(node: str) -> tuple[str, ...]:
    return (f"on {node}, if it has no units yet: pcmk install-units", "systemctl enable --now corosync pcmk")
