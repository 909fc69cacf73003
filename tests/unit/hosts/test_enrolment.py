"""Who is let in, and who is not: what a member that has invited a node says to those who knock."""

from dataclasses import dataclass, field

import pytest

from pcmk.hosts.enrolment import Enrolment, Welcome
from pcmk.hosts.token import new_secret
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.rpc.authority import certify, new_authority, new_key, request

AUTHORITY = new_authority()
SECRET = new_secret()
ENDS = 100.0


@dataclass
class Member:
    """A member with an invitation for n2."""

    now: float = 0.0
    logged: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def __post_init__(self) -> None:
        self.enrolment = Enrolment(
            "n2", SECRET, ENDS, self._issue, lambda: self.now, lambda level, text: self.logged.append((level, text))
        )

    def _issue(self, wanted: bytes) -> Welcome:
        return Welcome("ca", "key", certify(AUTHORITY, wanted, "n2").decode(), "", "")

    def asked(self, host: str = "10.0.0.2", **changed: str) -> Welcome:
        own = {"secret": SECRET.hex(), "node": "n2", "request": request(new_key(), "n2").decode()}
        return self.enrolment.answer({**own, **changed}, host)

    def refuses(self, host: str = "10.0.0.2", **changed: str) -> str:
        with pytest.raises(PcmkError) as caught:
            self.asked(host, **changed)
        assert caught.value.code == ExitCode.NOPERM
        level, text = self.logged[-1]
        assert level == "warning"
        assert text.startswith(f"Refused to let {host} join as ")
        assert text.endswith(caught.value.message)
        return caught.value.message


def test_the_node_that_is_invited_gets_a_certificate_and_that_is_logged() -> None:
    member = Member()
    assert "BEGIN CERTIFICATE" in member.asked().certificate
    assert member.logged == [("notice", "Gave 10.0.0.2 a certificate as n2")]


def test_a_token_used_twice_is_refused() -> None:
    member = Member()
    member.asked()
    assert member.refuses("10.0.0.9") == "the token was used already, by 10.0.0.2"


def test_a_refusal_does_not_use_up_the_token() -> None:
    member = Member()
    member.refuses(secret="00" * 24)
    member.refuses(node="n3")
    assert not member.enrolment.is_used
    member.asked()
    assert member.enrolment.is_used


@pytest.mark.parametrize(
    "secret",
    ["", "00" * 24, SECRET.hex()[:-2], SECRET.hex() + "00", "ä"],
    ids=["none", "another", "shorter", "longer", "no hexadecimal"],
)
def test_a_wrong_token_is_refused_and_learns_nothing_else(secret: str) -> None:
    # The invitation has expired and is for another node, too.
    member = Member(now=ENDS)
    assert member.refuses(secret=secret, node="n3") == "the token is not that of this invitation"


def test_an_expired_token_is_refused() -> None:
    member = Member(now=ENDS)
    assert member.refuses() == "the token has expired"


def test_a_node_that_claims_another_name_is_refused() -> None:
    assert Member().refuses(node="n3") == "the invitation is for n2"


def test_a_request_for_another_name_is_refused() -> None:
    message = Member().refuses(request=request(new_key(), "n1").decode())
    assert message == "the request for a certificate is for pcmk-node-n1, not for pcmk-node-n2"


def test_a_request_that_is_none_is_refused() -> None:
    assert "is none" in Member().refuses(request="please")
