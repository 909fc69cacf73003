"""A token is read as it was written, or not at all."""

import pytest

from pcmk.hosts.token import Token, new_secret, read_token
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

TOKEN = Token("fd00::1", 3126, "ab" * 32, "n2", new_secret())


def test_a_token_is_one_word_and_read_as_it_was_written() -> None:
    text = str(TOKEN)
    assert text.split() == [text]
    assert text.replace("-", "").replace("_", "").isalnum()
    assert read_token(f" {text}\n") == TOKEN


@pytest.mark.parametrize(
    "text",
    ["", "n2", str(TOKEN)[:-1], str(TOKEN)[1:], str(TOKEN)[:40] + str(TOKEN)[41:], str(TOKEN).lower(), "pcmk1-ä"],
)
def test_a_token_that_was_not_copied_as_a_whole_is_refused(text: str) -> None:
    with pytest.raises(PcmkError) as caught:
        read_token(text)
    assert caught.value.code == ExitCode.DATAERR


def test_secrets_differ() -> None:
    assert new_secret() != new_secret()
