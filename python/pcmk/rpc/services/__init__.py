"""Which daemon understands which requests, how they are answered, and what it publishes.

One file a daemon, so that a tool loads the messages of the daemon that it talks to and no others.
"""

import importlib
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages import Message


def _as_it_is(notice: Message) -> Message | None:
    return notice


class Stream(Struct, frozen=True):
    """A request that is repeated for as long as somebody listens; it is one of the service's methods, too.

    `opening` makes the first one of what the client sends, `next` each one after an answer. That one may be answered
    late; what `now` makes of it is asked instead when it is time for a sign of life, and answered at once.
    """

    name: str
    request: type[Message]
    answer: type[Message]
    opening: Callable[[Any], Message]
    next: Callable[[Any, Any], Message]
    now: Callable[[Any], Message]


class Service(Struct, frozen=True):
    """A daemon's local API. `name` is the gRPC service (`pcmk.v1.NAME`), described in `protos/pcmk/v1/FILE.proto`.

    `methods` are pairs of a request and its answer; the method is called like the request. Any request may be answered
    by `Failure` instead. The requests `privileged` are refused to clients that are not (`Client.privileged`), and what
    those are told in the place of a notice, if anything, is what `public` makes of it. Notices that `can_wait` may come
    many in a row; then they reach the daemons of the node several at once (`Link`).
    """

    name: str
    file: str
    methods: tuple[tuple[type[Message], type[Message]], ...]
    notices: tuple[type[Message], ...] = ()
    streams: tuple[Stream, ...] = ()
    privileged: frozenset[type[Message]] = frozenset()
    public: Callable[[Message], Message | None] = _as_it_is
    can_wait: frozenset[type[Message]] = frozenset()


def service_of(daemon: Daemon) -> Service:
    """The API of a daemon."""
    module = importlib.import_module(f"{__name__}.{daemon.value.removeprefix('pacemaker-')}")
    service: Service = module.SERVICE
    return service


def notice_class(service: Service) -> Any:
    """The generated class of the messages of a service's stream `Watch`."""
    return getattr(importlib.import_module(f"pcmk.rpc.v1.{service.file}_pb2"), f"{service.name}Notice")
