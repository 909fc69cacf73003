"""The connection between a member that invites and the host that joins: TLS, then two lines each way.

The member proves itself with its node's certificate, which the token names by its fingerprint. The joining host has
nothing to prove itself with yet but the token's secret, so it says that only to the right one.
"""

import hashlib
import hmac
import json
import queue
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, cast

from msgspec.structs import asdict

from pcmk.hosts.enrolment import Enrolment, Log, Outcome, Welcome
from pcmk.hosts.token import Token
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc.tls import NODE_CERTIFICATE, NODE_KEY

PORT_OFFSET = 4
"""From the first of the ports that members talk at (`PCMK_PEER_PORT`) to the one where an invitation waits."""

_PATIENCE = 20.0
# Other members are told of the node meanwhile, each of which may be hung.
_SETTLING = 600.0
_LONGEST_LINE = 2**20

Settle: TypeAlias = Callable[[], tuple[str, ...]]
Store: TypeAlias = Callable[[Welcome], None]


class Door:
    """Listens for the host that joins; a context manager."""

    def __init__(self, folder: Path, host: str, port: int, enrolment: Enrolment, settle: Settle, log: Log) -> None:
        """`folder` has this node's certificate and key. `settle` is called when the node has stored everything, and
        returns what is left to be done; the node is told that too. Raises `PcmkError` (UNAVAILABLE) if nobody can
        listen there."""
        self._enrolment = enrolment
        self._settle = settle
        self._log = log
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_3
        self._context.load_cert_chain(folder / NODE_CERTIFICATE, folder / NODE_KEY)
        self._outcomes: queue.Queue[Outcome] = queue.Queue()
        try:
            self._server = _server(host, port, self._meet)
        except OSError as error:
            raise PcmkError(ExitCode.UNAVAILABLE, f"Cannot listen on {host} port {port}: {error.strerror}") from error
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> "Door":
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.server_close()

    def wait(self, seconds: float) -> Outcome | None:
        """Let whoever comes knock; how it ended, or None if nobody was let in for so long."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            return self._outcomes.get(timeout=seconds)
        except queue.Empty:
            # One who was let in at the last moment is not sent away.
            return self._outcomes.get() if self._enrolment.is_used else None
        finally:
            self._server.shutdown()
            thread.join()

    def _meet(self, connection: socket.socket, host: str) -> None:
        """In a thread of its own."""
        try:
            connection.settimeout(_PATIENCE)
            with self._context.wrap_socket(connection, server_side=True) as stream, stream.makefile("rwb") as lines:
                both = cast(BinaryIO, lines)
                asked = _read(both)
                try:
                    welcome = self._enrolment.answer(asked, host)
                except PcmkError as error:
                    _write(both, {"refused": error.message})
                    return
                self._take_in(both, welcome, host)
        except (OSError, ValueError) as error:
            self._log("warning", f"A connection from {host} came to nothing: {error}")

    def _take_in(self, lines: BinaryIO, welcome: Welcome, host: str) -> None:
        outcome = Outcome(host, "the invitation broke off")
        try:
            _write(lines, asdict(welcome))
            told = _read(lines)
            if told.get("stored") is not True:
                outcome = Outcome(host, str(told.get("failed", "it does not say why")))
                return
            outcome = Outcome(host, then=self._settle())
            _write(lines, {"then": outcome.then})
        finally:
            self._outcomes.put(outcome)


def ask_in(token: Token, request: bytes, store: Store) -> tuple[str, ...]:
    """Ask the member that a token names for what makes a member, and `store` it; what is left to be done then.

    Raises `PcmkError`: DISCONNECT when nobody answers there, NOPERM when it is not the member that made the token, or
    the member refuses; and what `store` raises, which the member is told.
    """
    where = f"{token.host} port {token.port}"
    try:
        connection = socket.create_connection((token.host, token.port), _PATIENCE)
    except ConnectionRefusedError as error:
        text = f"Nobody answers at {where}: the invitation was used, has expired, or was ended"
        raise PcmkError(ExitCode.DISCONNECT, text) from error
    except OSError as error:
        raise PcmkError(ExitCode.DISCONNECT, f"{where} can't be reached: {error}") from error
    try:
        with connection, _client_context().wrap_socket(connection) as stream, stream.makefile("rwb") as lines:
            _refuse_others(stream, token)
            return _converse(stream, cast(BinaryIO, lines), token, request, store)
    except (OSError, ValueError) as error:
        raise PcmkError(ExitCode.DISCONNECT, f"The member at {where} can't be talked to: {error}") from error


def _client_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # The certificate is known by its fingerprint; by whom it is signed can't be known before the authority is.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _converse(stream: ssl.SSLSocket, lines: BinaryIO, token: Token, request: bytes, store: Store) -> tuple[str, ...]:
    _write(lines, {"secret": token.secret.hex(), "node": token.node, "request": request.decode()})
    welcome = _welcome(_read(lines))
    try:
        store(welcome)
    except PcmkError as error:
        _write(lines, {"failed": error.message})
        raise
    _write(lines, {"stored": True})
    stream.settimeout(_SETTLING)
    then = _read(lines).get("then")
    return tuple(str(line) for line in cast(list[object], then)) if isinstance(then, list) else ()


def _refuse_others(stream: ssl.SSLSocket, token: Token) -> None:
    shown = hashlib.sha256(stream.getpeercert(binary_form=True) or b"").hexdigest()
    if not hmac.compare_digest(shown, token.fingerprint):
        text = f"Who answers at {token.host} port {token.port} is not the member that made this token"
        raise PcmkError(ExitCode.NOPERM, text)


def _welcome(answer: Mapping[str, object]) -> Welcome:
    if "refused" in answer:
        raise PcmkError(ExitCode.NOPERM, f"The member refuses: {answer['refused']}")
    try:
        return Welcome(**{name: str(answer[name]) for name in Welcome.__struct_fields__})
    except KeyError as error:
        raise ValueError(f"its answer has no {error.args[0]}") from error


def _read(lines: BinaryIO) -> Mapping[str, object]:
    """A line; raises ValueError if there is none or it is something else."""
    line = lines.readline(_LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise ValueError("it hung up" if not line else "a line that is too long or was cut off")
    value: Any = json.loads(line)
    if not isinstance(value, dict):
        raise ValueError("a line that is no object")
    return cast(Mapping[str, object], value)


def _write(lines: BinaryIO, value: Mapping[str, object]) -> None:
    lines.write(json.dumps(value).encode() + b"\n")
    lines.flush()


def _server(host: str, port: int, meet: Callable[[socket.socket, str], None]) -> socketserver.ThreadingTCPServer:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            meet(self.request, str(self.client_address[0]))

    class Server(socketserver.ThreadingTCPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        allow_reuse_address = True
        daemon_threads = True
        block_on_close = False

    return Server((host, port), Handler)
