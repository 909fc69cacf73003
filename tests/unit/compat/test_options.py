import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcmk.compat.options import option, parse
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

OPTIONS = (
    option("-1 --one-shot"),
    option("-r --inactive"),
    option("-N --node -U --uname", "NODE"),
    option("-v --update", "VALUE"),
    option("-L --bans", "[PREFIX]"),
)


def read(*arguments: str) -> tuple[tuple[str, str], ...]:
    return parse(OPTIONS, arguments).options


def test_flags_can_be_joined():
    assert read("-1r") == (("one-shot", ""), ("inactive", ""))


@pytest.mark.parametrize("words", [("-N", "a"), ("-Na",), ("-U", "a"), ("--node", "a"), ("--node=a",), ("--uname=a",)])
def test_values_come_in_the_same_word_or_the_next(words: tuple[str, ...]):
    assert read(*words) == (("node", "a"),)


def test_values_may_begin_with_a_dash():
    assert read("-v", "-INFINITY") == (("update", "-INFINITY"),)


def test_optional_values_are_not_taken_from_options():
    assert read("-L", "cli-", "-1") == (("bans", "cli-"), ("one-shot", ""))
    assert read("-L", "-1") == (("bans", ""), ("one-shot", ""))
    assert read("-1Lr") == (("one-shot", ""), ("bans", ""), ("inactive", ""))
    assert read("--bans=cli-") == (("bans", "cli-"),)


@pytest.mark.parametrize("words", [("--nosuch",), ("-1x",), ("-1N",), ("--node",), ("--inactive=1",)])
def test_what_is_unknown_or_incomplete_is_a_usage_error(words: tuple[str, ...]):
    with pytest.raises(PcmkError) as error:
        read(*words)
    assert error.value.code == ExitCode.USAGE


def test_words_after_two_dashes_are_no_options():
    given = parse(OPTIONS, ["a", "--", "-1"])
    assert (given.options, given.words) == ((), ("a", "-1"))


@given(st.lists(st.sampled_from(["-1", "-r", "--one-shot", "--node=x", "-Nx", "--update=-5", "-L"])))
def test_every_option_is_read_in_order(words: list[str]):
    assert parse(OPTIONS, words).options == tuple(each for word in words for each in read(word))
