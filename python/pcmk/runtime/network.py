"""The sockets of one daemon, as its actor uses them."""

import asyncio

from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import View
from pcmk.rpc.links import PATIENCE, Link
from pcmk.rpc.local import LocalServer
from pcmk.rpc.peers import Peers, peer_messages
from pcmk.rpc.tls import IdentityFolder
from pcmk.runtime.actor import Actor


class Sockets:
    """The local server, the links to local daemons, and the streams to peers."""

    def __init__(
        self, daemon: Daemon, links: tuple[Daemon, ...], peers: bool, actor: Actor, patience: float = PATIENCE
    ) -> None:
        settings = actor.settings
        self._actor = actor
        self._server = LocalServer(daemon, settings.socket(daemon), actor, actor.log)
        self._links = {other: Link(daemon, other, settings.socket(other), actor.post, patience) for other in links}
        self._peers: Peers | None = None
        if peers:
            identity = IdentityFolder(settings.tls_dir, settings.node_name, actor.log)
            kinds = peer_messages(daemon)
            name = settings.node_name
            self._peers = Peers(daemon, name, actor.incarnation, identity, kinds, actor.post, actor.spawn, actor.log)

    def claim(self) -> None:
        """Make sure to be the node's only instance of the daemon; raises `PcmkError`."""
        self._server.claim()

    async def open(self) -> None:
        """Begin to listen and to connect."""
        await self._server.start()
        for other, link in self._links.items():
            self._actor.spawn(link.run(), f"link to {other}")

    async def close(self, grace: float) -> None:
        """Let out what is waiting, then close everything; at most `grace` seconds."""
        if self._peers is not None:
            await asyncio.gather(self._server.stop(grace), self._peers.close(grace))
        else:
            await self._server.stop(grace)

    def call(self, daemon: Daemon, id: int, body: Message, timeout: float) -> None:
        """Ask a daemon that a link was declared to."""
        self._links[daemon].call(id, body, timeout)

    def publish(self, body: Message) -> None:
        """Send a notice to all subscribers."""
        self._server.publish(body)

    def send(self, node: str, term: int, body: Message) -> None:
        """Send to the same daemon of another node."""
        if self._peers is None:
            raise TypeError("this daemon has no peers")
        self._peers.send(node, term, body)

    def view_changed(self, view: View) -> None:
        """Close what leads to nodes that are no members any more; open what leads to new ones."""
        if self._peers is not None:
            self._peers.view_changed(view)
