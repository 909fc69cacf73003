"""Rules in a file, checked by the command."""

import pytest

from pcmk._core import Element
from pcmk.kernel.exitcodes import ExitCode
from tests.unit.compat.conftest import Shell

RANGE = '<date_expression id="{0}-d" operation="in_range" start="2018-01-01" end="2019-01-01"/>'
YEARS = '<date_expression id="{0}-d" operation="date_spec"><date_spec id="{0}-s" years="2019"/></date_expression>'
MONTHS = '<date_expression id="{0}-d" operation="date_spec"><date_spec id="{0}-s" months="1"/></date_expression>'
NONE = '<expression id="{0}-e" attribute="#uname" operation="eq" value="alpha"/>'


@pytest.fixture
def rules(shell: Shell) -> Shell:
    for name, content in (("range", RANGE), ("years", YEARS), ("months", MONTHS), ("none", NONE)):
        rule = f'<rule id="{name}" score="INFINITY">{content.format(name)}</rule>'
        shell.run("cibadmin -C -o constraints -X", f'<rsc_location id="l-{name}" rsc="ip">{rule}</rsc_location>')
    return shell


@pytest.mark.parametrize(
    ("rule", "date", "code", "words"),
    [
        ("range", "20180201", ExitCode.OK, "Rule range is still in effect"),
        ("range", "20170101", ExitCode.NOT_YET_IN_EFFECT, "Rule range has not yet taken effect"),
        ("range", "20200101", ExitCode.EXPIRED, "Rule range is expired"),
        ("years", "20190201", ExitCode.OK, "Rule years satisfies conditions"),
        ("years", "20200201", ExitCode.EXPIRED, "Rule years is expired"),
    ],
)
def test_a_rule_is_in_effect_or_not(rules: Shell, rule: str, date: str, code: ExitCode, words: str):
    result = rules.run(f"crm_rule -c -r {rule} -d {date}")
    assert (result.code, result.stdout) == (code, f"{words}\n")


@pytest.mark.parametrize(
    ("rule", "code", "why"),
    [
        ("months", ExitCode.UNIMPLEMENT_FEATURE, "with years="),
        ("none", ExitCode.UNIMPLEMENT_FEATURE, "does not have a date expression"),
        ("nosuch", ExitCode.NOSUCH, "Rule not found"),
    ],
)
def test_what_cannot_be_checked_is_said_with_the_reason(rules: Shell, rule: str, code: ExitCode, why: str):
    result = rules.run(f"crm_rule -c -r {rule}")
    assert (result.code, result.stdout) == (code, "")
    assert result.stderr.startswith(f"Could not determine whether rule {rule} is in effect: ")
    assert why in result.stderr


def test_of_several_rules_the_last_that_is_not_in_effect_decides(rules: Shell):
    result = rules.run("crm_rule --output-as=xml -c -r range -r years -d 20180201")
    root = Element.parse(result.stdout)
    assert result.code == ExitCode.NOT_YET_IN_EFFECT
    assert [each.attrib for each in root.children[:2]] == [
        {"rule-id": "range", "rc": "0"},
        {"rule-id": "years", "rc": "111"},
    ]


def test_wrong_words_are_named(shell: Shell):
    for line, code, named in (
        ("crm_rule", ExitCode.USAGE, "No mode operation given"),
        ("crm_rule -c", ExitCode.USAGE, "--rule="),
        ("crm_rule -c -r x -d 2019-13-01", ExitCode.DATAERR, "'2019-13-01'"),
        ("crm_rule -c -r x -X invalid", ExitCode.DATAERR, "Couldn't parse input string: invalid"),
    ):
        result = shell.run(line)
        assert result.code == code, line
        assert named in result.stderr


def test_programs_are_told_what_could_not_be_read(shell: Shell):
    told = Element.parse(shell.run("crm_rule -c -r x -X invalid --output-as xml").stdout).find("//error")
    assert [each.text for each in told] == ["crm_rule: Couldn't parse input string: invalid"]
