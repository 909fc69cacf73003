"""The connection between who invites and who joins: who is on the other end is proven before anything is said."""

import queue
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

from pcmk.hosts.door import Door, ask_in
from pcmk.hosts.enrolment import Enrolment, Outcome, Welcome
from pcmk.hosts.token import Token, new_secret
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc.authority import describe, new_key, request
from pcmk.runtime.certificates import make_ca, make_node

SECONDS = 20.0
REQUEST = request(new_key(), "n2")
WELCOME = Welcome("ca", "ca key", "certificate", "totem {\n}\n", "a2V5")


@dataclass
class Invited:
    """A member that waits for n2."""

    door: Door
    token: Token
    logged: "queue.Queue[str]"
    outcome: "Future[Outcome | None]"

    def ends(self) -> Outcome | None:
        return self.outcome.result(SECONDS)

    def hears(self, words: str) -> None:
        """Waits until a line with these words is logged."""
        while words not in self.logged.get(timeout=SECONDS):
            pass


@pytest.fixture
def invited(tmp_path: Path) -> Iterator[Invited]:
    make_ca(tmp_path / "ca")
    make_node(tmp_path / "ca", tmp_path / "n1", "n1")
    logged: queue.Queue[str] = queue.Queue()
    secret = new_secret()

    def log(_level: str, text: str) -> None:
        logged.put(text)

    ends = time.monotonic() + SECONDS
    enrolment = Enrolment("n2", secret, ends, lambda _request: WELCOME, time.monotonic, log)
    fingerprint = describe((tmp_path / "n1" / "node.crt").read_bytes()).fingerprint
    door = Door(tmp_path / "n1", "127.0.0.1", 0, enrolment, lambda: ("run this",), log)
    with door, ThreadPoolExecutor(1) as pool:
        token = Token("127.0.0.1", door.port, fingerprint, "n2", secret)
        yield Invited(door, token, logged, pool.submit(door.wait, SECONDS))
        if not enrolment.is_used:
            ask_in(token, REQUEST, lambda _welcome: None)


def refused(act: Callable[[], object], code: ExitCode) -> str:
    with pytest.raises(PcmkError) as caught:
        act()
    assert caught.value.code == code
    return caught.value.message


def test_what_the_member_gives_is_stored_before_it_says_what_is_left(invited: Invited) -> None:
    stored: list[Welcome] = []
    assert ask_in(invited.token, REQUEST, stored.append) == ("run this",)
    assert stored == [WELCOME]
    assert invited.ends() == Outcome("127.0.0.1", then=("run this",))


def test_a_wrong_secret_is_refused_and_logged(invited: Invited) -> None:
    wrong = replace(invited.token, secret=new_secret())
    text = refused(lambda: ask_in(wrong, REQUEST, pytest.fail), ExitCode.NOPERM)
    assert text == "The member refuses: the token is not that of this invitation"
    invited.hears("Refused to let 127.0.0.1 join")


def test_who_is_not_the_member_that_made_the_token_is_told_nothing(invited: Invited) -> None:
    """The secret would be good: it must not be said to somebody else."""
    wrong = replace(invited.token, fingerprint="00" * 32)
    text = refused(lambda: ask_in(wrong, REQUEST, pytest.fail), ExitCode.NOPERM)
    assert text.endswith("is not the member that made this token")
    invited.hears("came to nothing")
    assert invited.logged.empty()


def test_a_second_use_is_refused_while_the_first_is_under_way(invited: Invited) -> None:
    seen: list[str] = []

    def store(_welcome: Welcome) -> None:
        seen.append(refused(lambda: ask_in(invited.token, REQUEST, pytest.fail), ExitCode.NOPERM))

    ask_in(invited.token, REQUEST, store)
    assert seen == ["The member refuses: the token was used already, by 127.0.0.1"]


def test_after_it_was_used_nobody_answers(invited: Invited) -> None:
    ask_in(invited.token, REQUEST, lambda _welcome: None)
    invited.ends()
    invited.door.__exit__()
    text = refused(lambda: ask_in(invited.token, REQUEST, pytest.fail), ExitCode.DISCONNECT)
    assert "the invitation was used, has expired, or was ended" in text


def test_a_host_that_can_not_store_it_says_so(invited: Invited) -> None:
    def store(_welcome: Welcome) -> None:
        raise PcmkError(ExitCode.CANTCREAT, "no space")

    assert refused(lambda: ask_in(invited.token, REQUEST, store), ExitCode.CANTCREAT) == "no space"
    assert invited.ends() == Outcome("127.0.0.1", "no space")


def until_it_hangs_up(connection: socket.socket) -> None:
    with suppress(OSError):
        while connection.recv(1024):
            pass


def test_strangers_come_to_nothing_and_are_logged(invited: Invited) -> None:
    with socket.create_connection((invited.token.host, invited.token.port), SECONDS) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
        until_it_hangs_up(plain)
    invited.hears("came to nothing")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((invited.token.host, invited.token.port), SECONDS) as connection,
        context.wrap_socket(connection) as stream,
    ):
        stream.sendall(b"[]\n")
        until_it_hangs_up(stream)
    invited.hears("came to nothing")
    assert ask_in(invited.token, REQUEST, lambda _welcome: None) == ("run this",)


def test_an_invitation_that_nobody_takes_ends(tmp_path: Path) -> None:
    make_ca(tmp_path / "ca")
    make_node(tmp_path / "ca", tmp_path / "n1", "n1")
    enrolment = Enrolment("n2", new_secret(), 0.0, lambda _request: WELCOME, time.monotonic, lambda _level, _text: None)
    with Door(tmp_path / "n1", "127.0.0.1", 0, enrolment, tuple, lambda _level, _text: None) as door:
        assert door.wait(0.0) is None
