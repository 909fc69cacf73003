"""The token of an invitation: one word that a person carries from a member to the host that joins.

It says where the member listens, by which certificate it is known, for which node the invitation is, and a secret. Who
has it can become that node, once, while the invitation stands.
"""

import base64
import binascii
import secrets
import zlib

from msgspec import Struct

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

SECRET_BYTES = 24

_PREFIX = "pcmk1-"
_FINGERPRINT_BYTES = 32
_CHECK_BYTES = 4
_PORT_BYTES = 2


class Token(Struct, frozen=True):
    """`fingerprint` is the SHA-256 of the certificate that the member shows, in hexadecimal."""

    host: str
    port: int
    fingerprint: str
    node: str
    secret: bytes

    def __str__(self) -> str:
        body = b"".join(
            (
                bytes.fromhex(self.fingerprint),
                self.secret,
                self.port.to_bytes(_PORT_BYTES),
                self.host.encode(),
                b"\0",
                self.node.encode(),
            )
        )
        return _PREFIX + base64.urlsafe_b64encode(body + zlib.crc32(body).to_bytes(_CHECK_BYTES)).decode().rstrip("=")


def new_secret() -> bytes:
    """A secret that nobody can guess."""
    return secrets.token_bytes(SECRET_BYTES)


def read_token(text: str) -> Token:
    """The token that was written down; raises `PcmkError` (DATAERR) if it was not copied as a whole."""
    refusal = PcmkError(ExitCode.DATAERR, "That is no token of `pcmk cluster invite`, or not all of it")
    word = text.strip()
    try:
        raw = base64.urlsafe_b64decode(word.removeprefix(_PREFIX) + "=" * (-len(word.removeprefix(_PREFIX)) % 4))
        body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
        if not word.startswith(_PREFIX) or zlib.crc32(body).to_bytes(_CHECK_BYTES) != check:
            raise refusal
        names = body[_FINGERPRINT_BYTES + SECRET_BYTES + _PORT_BYTES :]
        host, node = names.decode().split("\0")
    except (binascii.Error, ValueError) as error:
        raise refusal from error
    secret = body[_FINGERPRINT_BYTES : _FINGERPRINT_BYTES + SECRET_BYTES]
    port = int.from_bytes(body[_FINGERPRINT_BYTES + SECRET_BYTES :][:_PORT_BYTES])
    return Token(host, port, body[:_FINGERPRINT_BYTES].hex(), node, secret)
