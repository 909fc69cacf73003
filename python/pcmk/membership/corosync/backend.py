"""The `corosync` backend: follows the services of the Corosync of this machine."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeAlias, TypeVar

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.common import View
from pcmk.membership.corosync.cmap import Cmap
from pcmk.membership.corosync.group import Group
from pcmk.membership.corosync.library import CorosyncError, Service
from pcmk.membership.corosync.nodelist import PREFIX, ConfiguredNode, read_nodes
from pcmk.membership.corosync.proofs import Proofs
from pcmk.membership.corosync.quorum import Quorum
from pcmk.membership.corosync.totem import TOTEM, silence
from pcmk.membership.corosync.views import Views

# Corosync and the cluster may be started together, and Corosync be restarted under it.
CONNECT_PATIENCE = 60.0
RETRY_PAUSE = 0.2

Log: TypeAlias = Callable[[str, str], None]
# A view, why there will be no more, or nothing where nobody wants more.
News: TypeAlias = "View | PcmkError | None"
S = TypeVar("S", bound=Service)
T = TypeVar("T")


class CorosyncBackend:
    """Views of this node."""

    def __init__(self, node_name: str, port: int, log: Log) -> None:
        self._node_name = node_name
        self._port = port
        self._log = log
        self._closed = asyncio.Event()
        self._news: asyncio.Queue[News] = asyncio.Queue()
        self._services: _Services | None = None

    async def views(self) -> AsyncIterator[View]:
        """See `Backend.views`."""
        services = await _patiently(
            lambda: _Services(self._node_name, self._port, self._news, self._log), self._closed, self._log
        )
        if services is None:
            return
        self._services = services
        try:
            while (news := await self._news.get()) is not None:
                if isinstance(news, PcmkError):
                    raise news
                yield news
        finally:
            self._services = None
            services.close()

    async def prove(self) -> bool:
        """See `Backend.prove`."""
        return self._services is not None and await self._services.proofs.prove()

    async def close(self) -> None:
        """See `Backend.close`."""
        self._closed.set()
        self._news.put_nowait(None)


def own_node(cmap: Cmap) -> ConfiguredNode:
    """This node in Corosync's configuration; raises `PcmkError` (CONFIG) if it is not there or has no name."""
    own = read_nodes(cmap.read(PREFIX)).own
    if own is None:
        raise PcmkError(ExitCode.CONFIG, "corosync.conf has no entry with a name (`name: ...`) for this node")
    return own


async def learn_own_name(log: Log) -> str:
    """The name that Corosync's configuration gives this node, once it runs; `PcmkError` as `CorosyncBackend.views`."""
    return await _learn(lambda cmap: own_node(cmap).name, log)


async def learn_silence(log: Log) -> float:
    """Seconds for which Corosync lets nobody speak when a node is lost, once it runs; `PcmkError` as
    `CorosyncBackend.views`."""
    return await _learn(lambda cmap: silence(cmap.read(TOTEM)), log)


async def _learn(question: Callable[[Cmap], T], log: Log) -> T:
    def ask() -> T:
        cmap = Cmap(lambda: None)
        try:
            return question(cmap)
        finally:
            cmap.close()

    answer = await _patiently(ask, asyncio.Event(), log)
    assert answer is not None
    return answer


async def _patiently(attempt: Callable[[], T], closed: asyncio.Event, log: Log) -> T | None:
    """What an attempt returns once Corosync runs; None if `closed` comes first."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + CONNECT_PATIENCE
    told = False
    while not closed.is_set():
        try:
            return attempt()
        except CorosyncError as error:
            if loop.time() >= deadline:
                raise
            if not told:
                log("warning", f"{error.message}; waiting for it")
                told = True
        await asyncio.sleep(RETRY_PAUSE)
    return None


class _Services:
    """The connections; what they tell becomes news."""

    def __init__(self, node_name: str, port: int, news: "asyncio.Queue[News]", log: Log) -> None:
        self._log = log
        self._news = news
        self._unnamed: frozenset[int] = frozenset()
        self._open: list[tuple[Service, int]] = []
        try:
            self._cmap = self._opened(Cmap(self._read_nodes))
            own = own_node(self._cmap)
            if own.name != node_name:
                raise PcmkError(ExitCode.CONFIG, f"This node is {own.name} in corosync.conf, but {node_name} is wanted")
            self._views = Views(own.id, port)
            self._read_nodes()
            group = self._opened(
                Group(
                    self._members, lambda ring: self._tell(self._views.ring(ring)), lambda text: self.proofs.heard(text)
                )
            )
            self.proofs = Proofs(group.say, lambda: self._views.settled)
            self._opened(Quorum(lambda ring, quorate: self._tell(self._views.quorum(ring, quorate))))
        except PcmkError:
            self.close()
            raise

    def close(self) -> None:
        """Give up all connections; this node's daemon leaves the group."""
        loop = asyncio.get_running_loop()
        for service, descriptor in self._open:
            loop.remove_reader(descriptor)
            service.close()
        self._open = []

    def _opened(self, service: S) -> S:
        descriptor = service.descriptor
        self._open.append((service, descriptor))
        asyncio.get_running_loop().add_reader(descriptor, self._dispatch, service)
        return service

    def _dispatch(self, service: Service) -> None:
        try:
            service.dispatch()
        except PcmkError as error:
            # A broken connection goes on to be readable.
            self.close()
            self._news.put_nowait(error)

    def _members(self, running: frozenset[int], by_ring: bool) -> None:
        self._tell(self._views.members(running, by_ring))
        if self._views.unnamed - self._unnamed:
            # A node that was added to the configuration a moment ago.
            self._read_nodes()
            self._unnamed = self._views.unnamed
            for id in sorted(self._unnamed):
                self._log("error", f"Node {id} runs daemons of the cluster, but has no name in corosync.conf; left out")

    def _read_nodes(self) -> None:
        self._tell(self._views.nodes(read_nodes(self._cmap.read(PREFIX)).nodes))

    def _tell(self, view: View | None) -> None:
        if view is not None:
            self._news.put_nowait(view)
