"""Dates, durations and periods on the command line."""

import pytest

from pcmk.kernel.exitcodes import ExitCode
from tests.unit.compat.conftest import Shell


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["-d", "2006-W01-7 00Z", "-W"], "Date: 2006-W01-7 00:00:00Z\n"),
        (["-d", "2019-04-25T21:42:54+0420", "-S"], "Date: 1556212974\n"),
        (["-p", "2005-040/2005-043"], "Period: 2005-02-09 00:00:00Z to 2005-02-12 00:00:00Z\n"),
        (
            ["-d", "2009-03-31 01:00:00 +01:00", "-D", "P-1M", "-E", "2009-02-28 00:00:00Z"],
            "Date: 2009-03-31 00:00:00Z\nDuration: -1 months \nDuration ends at: 2009-02-28 01:00:00 +01:00\n",
        ),
    ],
)
def test_what_can_be_read_is_shown(shell: Shell, arguments: list[str], shown: str):
    result = shell.run("iso8601", *arguments)
    assert (result.code, result.stdout) == (ExitCode.OK, shown)


@pytest.mark.parametrize("arguments", [["-d", "2019-13-01"], ["-D", "P"], ["-p", "P1D/P1D"], ["-p", "2019-01-01"]])
def test_what_cannot_be_read_is_an_error_that_says_why(shell: Shell, arguments: list[str]):
    result = shell.run("iso8601", *arguments)
    assert (result.code, result.stdout) == (ExitCode.INVALID_PARAM, "")
    assert arguments[1] in result.stderr


def test_something_else_than_expected_fails(shell: Shell):
    assert shell.run("iso8601 -d 2019-01-01Z -E", "2019-01-02 00:00:00Z").code == ExitCode.ERROR
