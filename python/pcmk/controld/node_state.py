"""What the DC writes about nodes: entries of the `nodes` section and `node_state` elements."""

from collections.abc import Iterable

from pcmk._core import Cib, Element
from pcmk.controld.events import Settings
from pcmk.controld.roster import Peer, Roster
from pcmk.controld.writer import delete, modify
from pcmk.kernel.markup import quoted, tag
from pcmk.kernel.messages.cib import CibOperation

_ORIGIN = "controld"


def node_state(peer: Peer, **attributes: str | int) -> CibOperation:
    """Merge attributes into the state of a node."""
    given = {"id": peer.id, "uname": peer.name, **attributes, "crm-debug-origin": _ORIGIN}
    return modify("status", tag("node_state", given))


def preparing(cib: Cib, peers: Iterable[Peer]) -> tuple[CibOperation, ...]:
    """Nodes that have accepted: their entries, and of fresh ones a state in which nothing is known.

    The others may run something that this CIB does not know of. They are expected to be members from now on, so that
    one which does not finish joining is fenced before anything is started in its place.
    """
    operations: list[CibOperation] = []
    for peer in peers:
        operations += _stale_entries(cib, peer)
        operations.append(modify("nodes", tag("node", {"id": peer.id, "uname": peer.name})))
        if peer.fresh:
            operations.append(node_state(peer, in_ccm=peer.member_since, crmd=0, join="down", expected="down"))
            operations += erased(peer.id)
        else:
            operations.append(node_state(peer, in_ccm=peer.member_since, expected="member"))
    return tuple(operations)


def standby(cib: Cib, peer: Peer, *, on: bool) -> CibOperation:
    """Have a node in standby, or not, until somebody changes that: its permanent attribute, where it has one already or
    where `crm_standby` puts it."""
    attributes = f"/cib/configuration/nodes/node[@id={quoted(peer.id)}]/instance_attributes"
    found = cib.find(f"{attributes}[nvpair/@name='standby']") or cib.find(attributes)
    own = found[0] if found else None
    block = own.get("id", "") if own is not None else f"nodes-{peer.id}"
    pairs = [] if own is None else own.find("//nvpair[@name='standby']")
    id = pairs[0].get("id", "") if pairs else f"{block}-standby"
    pair = tag("nvpair", {"id": id, "name": "standby", "value": "on" if on else "off"})
    inner = tag("instance_attributes", {"id": block}, pair)
    return modify("nodes", tag("node", {"id": peer.id, "uname": peer.name}, inner))


def joined(peers: Iterable[Peer]) -> tuple[CibOperation, ...]:
    """Nodes that have joined."""
    return tuple(
        node_state(peer, in_ccm=peer.member_since, crmd=peer.online_since, join="member", expected="member")
        for peer in peers
    )


def lost(cib: Cib | None, peer: Peer, *, clean: bool) -> tuple[CibOperation, ...]:
    """A node that is no member any more, as announced or not.

    One that came and went and never joined a DC whose CIB this is may have run anything before it came, in another
    partition. Without `expected` the scheduler would take it for one that is down and clean. If nothing else is known
    of it, it is as it was before: never seen, which startup fencing deals with.

    What is known of it is decided by the CIB that takes the change: that may be another one than `cib`, which knows
    more of this node, as partitions merge. But of one that had joined this DC it is known to be `unclean`, whatever
    others may have written of it.
    """
    if clean:
        return (node_state(peer, in_ccm=0, crmd=0, join="down", expected="down"),)
    state = _state(cib, peer)
    unclear = state is not None and state.get("expected") is None and bool(state.children)
    expected: dict[str, str | int] = {"expected": "member"} if unclear or peer.unclean else {}
    unseen = f"/cib/status/node_state[@id={quoted(peer.id)}][not(@expected)][not(*)]"
    return (node_state(peer, in_ccm=0, crmd=0, **expected), delete(unseen))


def without_controller(peer: Peer, *, clean: bool) -> CibOperation:
    """A member without a controller: it left as announced, or has failed."""
    if clean:
        return node_state(peer, crmd=0, join="down", expected="down")
    # A member since "1" long ago is not waited for as one that comes up.
    return node_state(peer, in_ccm=1, crmd=0)


def fenced(cib: Cib | None, peer: Peer) -> tuple[CibOperation, ...]:
    """A node that was fenced: down, and nothing runs on it. Membership is left to membership, unless it never was."""
    known = _state(cib, peer) is not None
    gone: dict[str, str | int] = {} if peer.member or known else {"in_ccm": 0, "crmd": 0}
    return (node_state(peer, join="down", expected="down", **gone), *erased(peer.id))


def is_down(cib: Cib | None, peer: Peer) -> bool:
    """Whether the CIB says that a node left as announced, or was fenced."""
    state = _state(cib, peer)
    return state is not None and (state.get("expected"), state.get("join")) == ("down", "down")


def erased(id: str) -> tuple[CibOperation, ...]:
    """Forget the history and the transient attributes of a node."""
    state = f"/cib/status/node_state[@id={quoted(id)}]"
    return (delete(f"{state}/lrm"), delete(f"{state}/transient_attributes"))


def absent(cib: Cib, roster: Roster) -> tuple[CibOperation, ...]:
    """States that still show nodes as members which aren't, or don't say what such a node is expected to be."""
    operations: list[CibOperation] = []
    for state in cib.find("/cib/status/node_state"):
        peer = roster.get(state.get("uname", ""))
        remote = state.get("remote_node") is not None
        told = (state.get("in_ccm"), state.get("crmd")) == ("0", "0") and state.get("expected") is not None
        if remote or (peer is not None and peer.member) or told:
            continue
        known = Peer(state.get("uname", ""), state.get("id", ""))
        operations += lost(cib, known, clean=False)
    return tuple(operations)


def root(roster: Roster, dc_id: str, feature_set: str) -> CibOperation:
    """What the root element says of the DC and its quorum."""
    attributes = {"crm_feature_set": feature_set, "have-quorum": int(roster.quorate), "dc-uuid": dc_id}
    return CibOperation("modify", input_xml=tag("cib", attributes))


def cluster_properties(cib: Cib, settings: Settings) -> tuple[CibOperation, ...]:
    """Properties that tell what runs the cluster."""
    wanted = {
        "have-watchdog": str(bool(settings.watchdog)).lower(),
        "dc-version": settings.version,
        "cluster-infrastructure": settings.stack,
    }
    pairs = cib.find("/cib/configuration/crm_config/cluster_property_set/nvpair")
    values = {pair.get("name", ""): pair.get("value", "") for pair in pairs}
    if settings.cluster_name and "cluster-name" not in values:
        wanted["cluster-name"] = settings.cluster_name
    wanted = {key: value for key, value in wanted.items() if values.get(key) != value}
    if not wanted:
        return ()
    prefix = "cib-bootstrap-options"
    children = [tag("nvpair", {"id": f"{prefix}-{key}", "name": key, "value": value}) for key, value in wanted.items()]
    return (modify("crm_config", tag("cluster_property_set", {"id": prefix}, *children)),)


def _state(cib: Cib | None, peer: Peer) -> Element | None:
    found = [] if cib is None else cib.find(f"/cib/status/node_state[@id={quoted(peer.id)}]")
    return found[0] if found else None


def _stale_entries(cib: Cib, peer: Peer) -> list[CibOperation]:
    """Entries of the same name with another id: a node that was set up anew."""
    name, id = quoted(peer.name), quoted(peer.id)
    stale = cib.find(f"/cib/configuration/nodes/node[@uname={name}][@id!={id}]")
    if not stale:
        return []
    return [
        delete(f"/cib/configuration/nodes/node[@uname={name}][@id!={id}]"),
        delete(f"/cib/status/node_state[@uname={name}][@id!={id}]"),
    ]
